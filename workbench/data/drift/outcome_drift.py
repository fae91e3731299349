"""Drift of what a model says, and of what comes true."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.data.drift.column_drift import ColumnDrift
from workbench.data.drift.columns import Column, read_column
from workbench.data.drift.compare import compared
from workbench.data.drift.held import Reference
from workbench.data.drift.outcomes import LABEL, as_floats, score_columns

if TYPE_CHECKING:
    from workbench.project.monitoring import DriftConfig

_NO_SCORES = "the reference holds no scores and labels of rows that the model did not learn from"


def score_drift(
    reference: Reference, score: Any, *, times: Any = None, config: DriftConfig | None = None
) -> list[ColumnDrift]:
    """Return what is said of a window's scores: one answer, or one for each class.

    They are held against the scores of rows that the model did not learn from; see `drift`.

    Args:
        reference: made with `score` and `label`.
        score: of the window's rows, as `wb.reference` takes them.
        times: when each row happened.
        config: see `drift`.
    """
    columns = score_columns(as_floats(score, "score"))
    return _compared(reference, columns, times, config, [*columns])


def label_drift(
    reference: Reference, label: Any, *, times: Any = None, config: DriftConfig | None = None
) -> ColumnDrift:
    """Return what is said of a window's labels, as `score_drift` of scores; missing ones count as missing."""
    columns: dict[str, Column] = {LABEL: read_column(as_floats(label, "label"))}
    return _compared(reference, columns, times, config, [LABEL])[0]


def _compared(
    reference: Reference,
    columns: dict[str, Column],
    times: Any,
    config: DriftConfig | None,
    wanted: list[str],
) -> list[ColumnDrift]:
    outcomes = reference.outcomes
    if outcomes is None:
        return [ColumnDrift(name, "inconclusive", _NO_SCORES) for name in wanted]
    own = {name: outcomes.columns[name] for name in wanted if name in outcomes.columns}
    found = {each.name: each for each in compared(replace(outcomes, columns=own), columns, times, config)}
    other = "the reference's scores have another shape"
    return [found.get(name, ColumnDrift(name, "inconclusive", other)) for name in wanted]
