"""Whether a window's columns, scores and truths are spread as the reference's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.monitoring.finding import DRIFT, LABEL_DRIFT, PREDICTION_DRIFT, Check
from workbench.monitoring.span import wall_times
from workbench.monitoring.window import SHADOW, Window, scores_of, truths_of
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.drift import ColumnDrift
    from workbench.monitoring.reference import References
    from workbench.project import ModelConfig

COLUMNS = "columns"


class Drifts:
    """Asks of one window, kind by kind.

    Args:
        window: what was logged.
        references: of the versions that answered.
        config: of the model.
    """

    def __init__(self, window: Window, references: References, config: ModelConfig) -> None:
        self._window = window
        self._references = references
        self._config = config

    def columns(self) -> Iterator[Check]:
        """Yield a check for each column that training saw."""
        from workbench.data.drift import drift

        reference, why = self._references.reference, self._references.doubt
        if reference is None:
            yield Check(DRIFT, COLUMNS, Verdict.INCONCLUSIVE, why)
            return
        rows = self._window.rows
        found = drift(
            reference,
            self._window.features,
            times=self._times(rows),
            config=self._config.monitoring.drift,
        )
        yield from self._shared([_check(DRIFT, each) for each in found])

    def scores(self) -> Iterator[Check]:
        """Yield, for each version that answered, a check of what it said."""
        import polars as pl

        from workbench.data.drift import score_drift

        rows = self._window.rows
        if not rows.height:
            yield Check(PREDICTION_DRIFT, "score", Verdict.INCONCLUSIVE, "nothing was answered")
            return
        for version in rows["version"].unique().sort():
            reference, why = self._references.of(int(version))
            if reference is None:
                yield Check(PREDICTION_DRIFT, "score", Verdict.INCONCLUSIVE, why, version=version)
                continue
            own = rows.filter(pl.col("version") == version)
            score, good = scores_of(own, self._config.task)
            kept = own.filter(pl.Series(good, dtype=pl.Boolean))
            found = score_drift(
                reference, score[good], times=self._times(kept), config=self._config.monitoring.drift
            )
            yield from (_check(PREDICTION_DRIFT, each, version=version) for each in found)

    def labels(self) -> Iterator[Check]:
        """Yield the check of the truths of the rows whose truth is due."""
        import polars as pl

        from workbench.data.drift import label_drift

        name = self._config.target
        reference, why = self._references.reference, self._references.doubt
        if reference is None:
            yield Check(LABEL_DRIFT, name, Verdict.INCONCLUSIVE, why)
            return
        answered = self._window.judged.filter(pl.col("arm") != SHADOW)
        truth, known = truths_of(answered, self._config.task, self._references.classes)
        if not known.any():
            yield Check(LABEL_DRIFT, name, Verdict.INCONCLUSIVE, "no truth is known yet")
            return
        kept = answered.filter(pl.Series(known, dtype=pl.Boolean))
        found = label_drift(
            reference, truth[known], times=self._times(kept), config=self._config.monitoring.drift
        )
        yield _check(LABEL_DRIFT, replace(found, name=name))

    def _times(self, rows: pl.DataFrame) -> Any:
        return wall_times(rows["at"], self._window.timezone)

    def _shared(self, found: list[Check]) -> list[Check]:
        """Return the checks; where too few columns have drifted for the window to count, that is said."""
        wanted = self._config.monitoring.drift.share
        failed = sum(check.verdict is Verdict.FAIL for check in found)
        if not failed or failed / len(found) >= wanted:
            return found
        only = f"it has drifted, but only {failed} of {len(found)} columns have; {wanted:.0%} are needed"
        return [
            replace(check, verdict=Verdict.PASS, note=f"{check.note}; {only}")
            if check.verdict is Verdict.FAIL
            else check
            for check in found
        ]


def _check(kind: str, found: ColumnDrift, version: int | None = None) -> Check:
    numbers = ("p", "adjusted", "missing", "missing_reference", "unseen")
    evidence = {name: getattr(found, name) for name in numbers if getattr(found, name) is not None}
    return Check(
        kind,
        found.name,
        Verdict(found.verdict),
        found.note,
        found.value,
        limit=found.limit,
        method=found.method,
        version=version,
        evidence={"rows": found.rows, "blocks": found.blocks, **evidence, **dict(found.evidence)},
    )
