"""`drift(reference, frame)`: which columns of a window are spread otherwise than in the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.data.drift.column_drift import ColumnDrift
from workbench.data.drift.columns import Column, read_columns
from workbench.data.drift.discovery import adjusted
from workbench.data.drift.held import Reference
from workbench.data.drift.look import Asked, Looked, look
from workbench.data.drift.permutation import permuted_p, smallest_p
from workbench.data.drift.placed import placed

if TYPE_CHECKING:
    from workbench.project.monitoring import DriftConfig


def drift(
    reference: Reference, frame: Any, *, times: Any = None, config: DriftConfig | None = None
) -> list[ColumnDrift]:
    """Return what is said of every column of the reference, in its order.

    A column has drifted when its value is beyond the limit and a test says that this is no chance, after
    Benjamini and Hochberg's correction for all columns that could be asked about. Where both sides have
    times, blocks of time are permuted, since the rows of a day have much in common; without times each row
    counts by itself (Kolmogorov and Smirnov's test of numbers, Pearson's of names).

    What cannot be judged is inconclusive with its reason: a column that is not there, holds another type,
    has too few rows or blocks; never an error.

    Args:
        reference: from `wb.reference`.
        frame: the window's rows: pandas, Polars, Arrow, or columns by name; other columns are left out.
        times: when each row happened, as it reads on the wall of the reference's times.
        config: methods, limits and what is too few; the usual ones when None.

    Raises:
        UsageError: `frame` is no table, or `times` are no times or of other rows.
    """
    return compared(reference, read_columns(frame, reference.columns), times, config)


def compared(
    reference: Reference, columns: Mapping[str, Column], times: Any, config: DriftConfig | None
) -> list[ColumnDrift]:
    """Return what is said of every column of the reference, as `drift`."""
    if config is None:
        from workbench.project.monitoring import DriftConfig

        config = DriftConfig()
    rows = next((column.rows for column in columns.values()), 0)
    by_block = times is not None and len(reference.blocks) > 0
    blocks, number = placed(times if by_block and rows else None, rows, reference.block, "times")
    asked = Asked(config, reference.rows, blocks, number)
    looked = [look(held, columns.get(name), asked) for name, held in reference.columns.items()]
    if blocks is not None:
        looked = _tested(looked, len(reference.blocks), number, config)
    return _judged([each.drift for each in looked], config)


def _tested(looked: Sequence[Looked], reference: int, window: int, config: DriftConfig) -> list[Looked]:
    """Return what was found with the p of the test by blocks; inconclusive where that cannot tell."""
    told = [each for each in looked if each.question is not None]
    if not told:
        return list(looked)
    if reference < config.min_blocks:
        why = f"the reference covers {reference} blocks of time, and {config.min_blocks} are needed"
        return [Looked(replace(each.drift, note=why) if each.question else each.drift) for each in looked]
    questions = [question for each in told for question in (each.question, each.missing) if question]
    ps = iter(permuted_p(questions, rate=config.rate))
    least = smallest_p(reference, window, len(questions), config.rate)
    found = []
    for each in looked:
        drifted = each.drift
        if each.question is not None:
            p = next(ps)
            drifted = replace(drifted, p=p, missing_p=next(ps) if each.missing else None)
            if least > config.rate and drifted.beyond:
                why = f"so few blocks of time cannot tell it from chance (p is {least:.2g} at least)"
                drifted = replace(drifted, p=None, note=f"{drifted.note}; {why}")
        found.append(Looked(drifted))
    return found


def _judged(found: Sequence[ColumnDrift], config: DriftConfig) -> list[ColumnDrift]:
    """Return what was found with the verdicts: those with a p are judged together."""
    corrected = iter(adjusted([each.p for each in found if each.p is not None]))
    return [each if each.p is None else _verdict(each, next(corrected), config.rate) for each in found]


def _verdict(found: ColumnDrift, corrected: float, rate: float) -> ColumnDrift:
    drifted = found.beyond and corrected <= rate
    note = found.note
    if found.beyond and not drifted:
        alike = "blocks of the reference itself differ" if found.blocks else "by chance samples differ"
        note = f"{note}; {alike} as much too often (p = {found.p:.2g})"
    return replace(found, verdict="fail" if drifted else "pass", adjusted=corrected, note=note)
