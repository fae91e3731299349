"""One column of a window beside the reference's: how far apart, and what a test has to be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

from workbench.data.drift import measures
from workbench.data.drift.bins import by_block, gaps_between, name_bins, number_bins
from workbench.data.drift.column_drift import ColumnDrift
from workbench.data.drift.columns import Column, Names, Numbers, Unreadable, as_names, as_numbers
from workbench.data.drift.counts import counts_of
from workbench.data.drift.held import Held, HeldNames, HeldNothing, HeldNumbers
from workbench.data.drift.permutation import Question
from workbench.data.drift.picture import names_side_by_side, numbers_side_by_side
from workbench.data.drift.spread import Spread, spread_of, steps
from workbench.data.drift.words import means, shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.project.monitoring import DriftConfig


@dataclass(frozen=True)
class Asked:
    """What columns are compared by.

    Attributes:
        config: methods, limits and what is too few.
        rows: of the reference.
        blocks: of the window's rows; None when rows count by themselves.
        number: of these blocks.
    """

    config: DriftConfig
    rows: int
    blocks: NDArray[np.int64] | None
    number: int


@dataclass(frozen=True)
class Looked:
    """What was found in a column.

    Attributes:
        drift: as far as it is known before the test; inconclusive when nothing could be measured.
        question: for the test by blocks; None where there is none to be asked.
        missing: likewise, of what is missing.
    """

    drift: ColumnDrift
    question: Question | None = None
    missing: Question | None = None


class UntoldError(Exception):
    """Says why nothing can be concluded from a column, with what is known of it all the same."""

    def __init__(self, why: str, known: ColumnDrift | None = None) -> None:
        super().__init__(why)
        self.known = known


def look(held: Held, column: Column | None, asked: Asked) -> Looked:
    """Compare a column of the window with the reference's."""
    import numpy as np

    known = ColumnDrift(held.name, "inconclusive")
    try:
        if isinstance(held, HeldNothing):
            raise UntoldError(held.why)
        if column is None:
            raise UntoldError("the column is not in the window")
        if column.rows == 0:
            raise UntoldError("there is no row in the window")
        if isinstance(column, Unreadable):
            raise UntoldError(column.why)
        known = replace(known, missing_reference=held.missing / asked.rows)
        with np.errstate(all="ignore"):  # a value that is no number in the end is told as such
            if isinstance(held, HeldNumbers):
                return _look_at_numbers(held, _numbers(column), asked, known)
            return _look_at_names(held, _names(column, held), asked, known)
    except UntoldError as error:
        return Looked(replace(error.known or known, note=str(error)))


def _look_at_numbers(held: HeldNumbers, column: Numbers, asked: Asked, known: ColumnDrift) -> Looked:
    import numpy as np

    absent = np.isnan(column.values)
    method = asked.config.numbers
    known = _counted(known, absent, held.counts, method, asked)
    ours = Spread(held.values, held.counts.astype(np.float64), int(held.counts.sum()), held.dtype)
    theirs = spread_of(column.values[~absent], column.dtype)
    apart = steps(ours, theirs)
    value = _measured(known, lambda: measures.numbers_apart(method, ours, theirs, apart))
    known = replace(known, evidence=numbers_side_by_side(ours, theirs), note=means(ours, theirs))
    if asked.blocks is None:
        return Looked(_valued(known, value, measures.rough_ks_p(apart.height, ours.rows, theirs.rows)))
    size = len(held.edges) + 2
    histogram = by_block(number_bins(column, held.edges), size, asked.blocks, asked.number)
    ordered = method in (measures.WASSERSTEIN, measures.KS)
    gaps = gaps_between(held.edges, ours, theirs) if ordered else None
    return _asked(_valued(known, value, None), held.histogram, histogram, gaps)


def _look_at_names(held: HeldNames, column: Names, asked: Asked, known: ColumnDrift) -> Looked:
    absent = column.codes < 0
    method = asked.config.categories
    known = _counted(known, absent, held.counts, method, asked)
    names, ours, theirs = counts_of(held, column)
    value = _measured(known, lambda: measures.counts_apart(method, ours, theirs))
    unseen = None if held.others else float(theirs[len(held.names) :].sum() / theirs.sum())
    evidence = names_side_by_side(names, ours, theirs)
    known = replace(known, unseen=unseen, evidence=evidence, note=shares(names, ours, theirs, unseen))
    if asked.blocks is None:
        return Looked(_valued(known, value, measures.homogeneity_p(ours, theirs)))
    bins = name_bins(column, held.names[: held.own])
    histogram = by_block(bins, held.own + 2, asked.blocks, asked.number)
    return _asked(_valued(known, value, None), held.histogram, histogram, None)


def _numbers(column: Numbers | Names) -> Numbers:
    found = column if isinstance(column, Numbers) else as_numbers(column)
    if found is None:
        raise UntoldError("the window holds text where the reference holds numbers")
    return found


def _names(column: Numbers | Names, held: HeldNames) -> Names:
    return column if isinstance(column, Names) else as_names(column, held.names)


def _counted(
    known: ColumnDrift, absent: NDArray[np.bool_], counts: NDArray[np.int64], method: str, asked: Asked
) -> ColumnDrift:
    """Return what is known with the rows counted; raise UntoldError when they are too few."""
    import numpy as np

    gone, reference = int(np.count_nonzero(absent)), int(counts.sum())
    config, rows, blocks = asked.config, len(absent) - gone, 0
    if asked.blocks is not None:
        blocks = asked.number
        if gone:
            blocks = int(np.count_nonzero(np.bincount(asked.blocks[~absent & (asked.blocks >= 0)])))
    limit = config.limit if config.limit is not None else measures.LIMITS[method]
    known = replace(known, method=method, limit=limit, rows=rows, blocks=blocks, missing=gone / len(absent))
    why = ""
    if not reference:
        why = "the reference has no value in this column"
    elif not rows:
        why = f"none of the window's {len(absent):,} rows has a value"
    elif min(rows, reference) < config.min_rows:
        which, few = ("window", rows) if rows < config.min_rows else ("reference", reference)
        why = f"the {which} has {few:,} rows with a value, and {config.min_rows:,} are needed"
    elif asked.blocks is not None and blocks < config.min_blocks:
        why = f"the window's rows lie in {blocks} blocks of time, and {config.min_blocks} are needed"
    if why:
        raise UntoldError(why, known)
    return known


def _measured(known: ColumnDrift, measure: Callable[[], float]) -> float:
    """Return a value; raise UntoldError when there is none."""
    try:
        value = measure()
    except (ValueError, OverflowError) as error:
        raise UntoldError(f"{known.method} cannot be worked out: {error}", known) from error
    if not isfinite(value):
        raise UntoldError(f"{known.method} cannot be worked out: its values are too large", known)
    return value


def _valued(known: ColumnDrift, value: float, p: float | None) -> ColumnDrift:
    assert known.limit is not None
    return replace(known, value=value, beyond=measures.is_beyond(known.method, value, known.limit), p=p)


def _asked(
    known: ColumnDrift,
    ours: NDArray[np.int64],
    theirs: NDArray[np.int64],
    gaps: NDArray[np.float64] | None,
) -> Looked:
    import numpy as np

    missing = None
    if ours[:, -1].any() or theirs[:, -1].any():
        present = [np.stack([each[:, :-1].sum(axis=1), each[:, -1]], axis=1) for each in (ours, theirs)]
        missing = Question(*present)
    return Looked(known, Question(ours[:, :-1], theirs[:, :-1], gaps), missing)
