"""The performance that the window's scores lead one to expect, before any truth is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.monitoring.estimate import ESTIMATED, Calibrator, estimated, estimated_of_classes
from workbench.monitoring.finding import ESTIMATE, Check
from workbench.monitoring.outcomes import threshold_of
from workbench.monitoring.performance import finite, held_to
from workbench.monitoring.window import Window, scores_of
from workbench.registry.bootstrap import Bounds
from workbench.registry.gate import Unmeasurable
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.monitoring.reference import References
    from workbench.project import ModelConfig

    Floats = NDArray[np.float64]

METHOD = "confidence-based estimate"


def estimates(window: Window, references: References, config: ModelConfig) -> Iterator[Check]:
    """Yield the estimated metrics of the answered rows; none of a task without probabilities."""
    import polars as pl

    names = ESTIMATED.get(config.task, ())
    rows = window.rows
    score, good = scores_of(rows, config.task)
    if names and not good.any():
        note = "no row was answered with a probability"
        yield from (Check(ESTIMATE, name, Verdict.INCONCLUSIVE, note, method=METHOD) for name in names)
        return
    kept, blocks = rows.filter(pl.Series(good, dtype=pl.Boolean)), window.blocks[good]
    score = score[good]
    chance, trusted = (
        _chances(kept["version"].to_numpy(), score, references) if config.task == "binary" else (score, True)
    )
    for name in names:
        try:
            bounds = (
                estimated(name, score, chance, blocks, threshold_of(config))
                if config.task == "binary"
                else estimated_of_classes(name, score, blocks)
            )
        except Unmeasurable as reason:
            yield Check(ESTIMATE, name, Verdict.INCONCLUSIVE, str(reason), method=METHOD)
            continue
        yield _check(name, bounds, references, config, rows=len(score), trusted=trusted)


def _chances(versions: NDArray[np.int64], score: Floats, references: References) -> tuple[Floats, bool]:
    """Return calibrated probabilities, and whether some are the scores themselves."""
    import numpy as np

    chance, trusted = np.empty_like(score), False
    for version in np.unique(versions):
        mine = versions == version
        found = references.scored(int(version))
        trusted |= found is None
        calibrator = Calibrator() if found is None else Calibrator.of(found.score, found.label)
        chance[mine] = calibrator(score[mine])
    return chance, trusted


def _check(
    name: str, bounds: Bounds, references: References, config: ModelConfig, *, rows: int, trusted: bool
) -> Check:
    own = config.monitoring
    limit = own.performance.get(name)
    then = references.measured(name, threshold_of(config))
    change = None
    if then is not None:
        shift = then.bounds.mean
        change = Bounds(bounds.mean - shift, bounds.lower - shift, bounds.upper - shift, bounds.blocks)
    verdict, said, held = held_to(name, bounds, limit, change, then.bounds.mean if then else None)
    if rows < own.drift.min_rows:
        verdict = Verdict.INCONCLUSIVE
        said = f"{rows:,} rows are too few; at least {own.drift.min_rows:,} are needed"
    elif bounds.blocks < own.drift.min_blocks:
        verdict = Verdict.INCONCLUSIVE
        said = f"{bounds.blocks} blocks of time are too few; at least {own.drift.min_blocks} are needed"
    word = "taken at their word, for the reference keeps none; " if trusted else ""
    return Check(
        ESTIMATE,
        name,
        verdict,
        f"from the scores alone; {word}{said}",
        bounds.mean,
        finite(bounds.lower),
        finite(bounds.upper),
        held,
        METHOD,
        evidence={"rows": rows, "blocks": bounds.blocks},
    )
