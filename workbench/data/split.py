"""Parts to learn from and to judge by, such that nothing of the one is known in the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers, counted from 0: those to learn from and those to judge by, both in ascending order."""

    train: NDArray[np.int64]
    test: NDArray[np.int64]

    def __repr__(self) -> str:
        return f"Split({len(self.train):,} rows to learn from, {len(self.test):,} to judge by)"


def time_ordered(
    times: Any,
    folds: int | None = None,
    *,
    cutoffs: Iterable[Any] | None = None,
    known: Any = None,
    gap: timedelta = timedelta(),
) -> list[Split]:
    """Part rows by time: always learn from the past and judge by what comes after it.

    Args:
        times: when each row happened.
        folds: how many parts of about as many rows to judge by; before the first lies one more.
        cutoffs: instead of `folds`: where each part to judge by begins; the last goes on to the end.
        known: when each row's label was known, `times` when None. A row is learnt from only when it was
            known by then.
        gap: how much time before the cut-off is left out of what is learnt from.

    Raises:
        UsageError: a time is missing, a part is empty, or the cut-offs do not ascend.
    """
    import numpy as np

    moments = _moments(times, "times")
    learnt = moments if known is None else _moments(known, "known")
    _check_lengths({"times": len(moments), "known": len(learnt)})
    if (folds is None) == (cutoffs is None):
        raise UsageError("Give either folds or cutoffs.", hint="time_ordered(times, 5)")
    edges = _cutoffs(moments, folds) if cutoffs is None else _moments(list(cutoffs), "cutoffs")
    if len(edges) == 0 or not (edges[1:] > edges[:-1]).all():
        raise UsageError(
            f"Cut-offs must ascend, but got {', '.join(map(str, edges)) or 'none'}.",
            hint="Give each moment once, the earliest first; with folds, ask for fewer of them.",
        )
    splits = []
    for edge, end in zip(edges, [*edges[1:], None], strict=True):
        before = (moments < edge) & (learnt < edge - np.timedelta64(gap, "us"))
        after = (moments >= edge) & (True if end is None else moments < end)
        splits.append(_split(before, after, f"cut-off {edge}"))
    return splits


def grouped(groups: Any, folds: int) -> list[Split]:
    """Part rows so that each group (a customer, a plane) is wholly on one side; parts are alike in size.

    The largest groups are dealt first, each to the part that has the fewest rows so far: the same groups
    always give the same parts.

    Raises:
        UsageError: a group is missing, or there are fewer groups than parts.
    """
    import numpy as np
    import pandas as pd

    number, names = pd.factorize(np.asarray(pd.Series(groups)), sort=False)
    if (number < 0).any():
        raise UsageError(
            f"The group is missing in {int((number < 0).sum()):,} of {len(number):,} rows.",
            hint="Give those rows a group of their own, or leave them out.",
        )
    _check_folds(folds, len(names), "groups")
    sizes = np.bincount(number)
    part, rows = np.zeros(len(sizes), dtype=np.int64), np.zeros(folds, dtype=np.int64)
    for group in np.argsort(-sizes, kind="stable"):
        part[group] = rows.argmin()
        rows[part[group]] += sizes[group]
    return [_split(part[number] != k, part[number] == k, f"part {k + 1}") for k in range(folds)]


def plain(rows: int, folds: int, *, seed: int = 0) -> list[Split]:
    """Part rows at random: right only where rows know nothing of each other.

    Args:
        rows: how many there are.
        folds: into how many parts, each judged by once.
        seed: the parts are the same for the same seed; take `stage.seed`.
    """
    import numpy as np

    _check_folds(folds, rows, "rows")
    part = np.random.default_rng(seed).permutation(np.arange(rows) % folds)
    return [_split(part != k, part == k, f"part {k + 1}") for k in range(folds)]


def check_leakage(split: Split, *, times: Any = None, groups: Any = None) -> Split:
    """Return a split, of whatever making, after a look at what it gives away.

    Args:
        split: to be checked; anything with `train` and `test`.
        times: when each row happened: all that is learnt from must lie before all that is judged by.
        groups: each row's group: none may be on both sides.

    Raises:
        UsageError: a row or a group is on both sides, or the future is learnt from.
    """
    import numpy as np
    import pandas as pd

    both = np.intersect1d(split.train, split.test)
    if len(both):
        raise _leak(f"{len(both):,} rows are on both sides, the first is row {both[0]}", "Part them anew.")
    if groups is not None:
        column = pd.Series(groups)
        shared = set(column.iloc[split.train]) & set(column.iloc[split.test])
        if shared:
            shown = ", ".join(sorted(map(str, shared))[:5])
            raise _leak(f"{len(shared):,} groups are on both sides: {shown}", "Part with grouped(groups, n).")
    if times is not None:
        moments = _moments(times, "times")
        last, first = moments[split.train].max(), moments[split.test].min()
        if last >= first:
            raise _leak(
                f"what is learnt from goes on to {last}, and what is judged by begins at {first}",
                "Part with time_ordered(times, n).",
            )
    return split


def _split(train: NDArray[np.bool_], test: NDArray[np.bool_], where: str) -> Split:
    import numpy as np

    for side, what in ((train, "to learn from"), (test, "to judge by")):
        if not side.any():
            raise UsageError(
                f"At {where} there is no row {what}.",
                hint="Ask for fewer parts, or move the cut-off into the span of the times.",
            )
    return Split(np.flatnonzero(train), np.flatnonzero(test))


def _cutoffs(moments: NDArray[np.datetime64], folds: int | None) -> NDArray[np.datetime64]:
    import numpy as np

    assert folds is not None
    distinct = len(np.unique(moments))
    _check_folds(folds + 1, distinct, "moments", least=2)
    ordered = np.sort(moments)
    return ordered[[round(k * len(ordered) / (folds + 1)) for k in range(1, folds + 1)]]


def _moments(values: Any, what: str) -> NDArray[np.datetime64]:
    import numpy as np
    import pandas as pd

    column = values.to_pandas() if hasattr(values, "to_pandas") else values
    column = pd.Series(column)
    if pd.api.types.is_numeric_dtype(column) and len(column):
        raise UsageError(
            f"{what} must be dates or times, but got {column.dtype}.", hint="Convert them first."
        )
    try:
        moments = pd.to_datetime(column, utc=True).dt.tz_localize(None).to_numpy("datetime64[us]")
    except (TypeError, ValueError) as error:
        raise UsageError(f"{what} must be dates or times: {error}.", hint="Convert them first.") from error
    missing = int(np.isnat(moments).sum())
    if missing:
        raise UsageError(
            f"{missing:,} of {len(moments):,} {what} are missing.", hint="Leave those rows out first."
        )
    return np.asarray(moments)


def _check_folds(folds: int, there: int, what: str, least: int = 2) -> None:
    if not least <= folds <= there:
        raise UsageError(
            f"{there:,} {what} cannot be parted into {folds}.", hint=f"Ask for {least} to {there:,} parts."
        )


def _check_lengths(lengths: dict[str, int]) -> None:
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{what} has {length:,}" for what, length in lengths.items())
        raise UsageError(
            f"Columns of the same rows are needed, but {told}.", hint="Take them from one table."
        )


def _leak(what: str, hint: str) -> UsageError:
    return UsageError(f"This split leaks: {what}.", hint=hint)
