"""The truths of a window's rows: of all that were answered, by version and arm, slice by slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workbench.monitoring.finding import PERFORMANCE, Check
from workbench.monitoring.measure import Judged, metrics_of
from workbench.monitoring.performance import Bar, performance
from workbench.monitoring.quality import allowed, doubt_of
from workbench.monitoring.slices import SliceRule, sliced
from workbench.monitoring.span import blocks_of
from workbench.monitoring.window import SHADOW, Window, scores_of, truths_of
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import polars as pl

    from workbench.monitoring.reference import References
    from workbench.project import ModelConfig

_HALF = 0.5


def outcomes(
    window: Window, references: References, config: ModelConfig, rules: Sequence[SliceRule]
) -> Iterator[Check]:
    """Yield the checks of the performance.

    Limits hold for all rows that callers were answered. What each version and arm came to, shadows too, is
    measured beside that where there is more than one of them.

    Args:
        window: its rows whose truth is due are judged.
        references: of the versions.
        config: of the model.
        rules: the slices and groups.
    """
    own = config.monitoring
    doubt = doubt_of(window, config.task, references.classes, own.quality.unlabelled)
    rows, judged = judged_rows(window.judged, window, references, config)
    answered = rows["arm"].to_numpy() != SHADOW
    main = judged.take(answered)
    reference = references.judged(threshold_of(config))
    bar = Bar(own.performance, reference, own.min_labels, own.drift.min_blocks, doubt)
    if not main.rows:
        note = doubt or "no row has a truth that can be judged"
        for name in metrics_of(config.task):
            yield Check(PERFORMANCE, name, Verdict.INCONCLUSIVE, note)
        return
    yield from performance(main, bar)
    parts = rows.select("version", "arm").unique().sort("version", "arm")
    if parts.height > 1:
        free = Bar({}, None, own.min_labels, own.drift.min_blocks, doubt)
        for version, arm in parts.iter_rows():
            mine = (rows["version"] == version) & (rows["arm"] == arm)
            yield from performance(judged.take(mine.to_numpy()), free, version=version, arm=arm)
    for rule in rules:
        yield from sliced(rows.filter(answered), main, rule, bar)


def judged_rows(
    rows: pl.DataFrame, window: Window, references: References, config: ModelConfig
) -> tuple[pl.DataFrame, Judged]:
    """Return the rows whose score and truth are such as the model's task allows, as frame and as arrays."""
    import polars as pl

    score, good = scores_of(rows, config.task)
    truth, known = truths_of(rows, config.task, references.classes)
    width = score.shape[1] if score.ndim == 2 else 0
    fit = good & known & allowed(truth, config.task, width)
    kept = rows.filter(pl.Series(fit, dtype=pl.Boolean))
    blocks = blocks_of(kept["at"], window.block, window.timezone)
    return kept, Judged(config.task, truth[fit], score[fit], blocks, threshold_of(config))


def threshold_of(config: ModelConfig) -> float:
    """Return from which score on a row is decided as 1: as declared, that of a gate, or a half."""
    if config.monitoring.threshold is not None:
        return config.monitoring.threshold
    declared = (gate["threshold"] for gate in config.gates.values() if "threshold" in gate)
    return float(next(declared, _HALF))
