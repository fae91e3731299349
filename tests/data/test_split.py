"""Parts to learn from and to judge by: nothing of the one is known in the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from workbench.data.split import Split, check_leakage, grouped, plain, time_ordered
from workbench.errors import UsageError

TIMES = pd.Series(pd.date_range("2013-01-01", periods=100, freq="h", tz="America/New_York"))
SHUFFLED = TIMES.sample(frac=1, random_state=1).reset_index(drop=True)
GROUPS = np.random.default_rng(0).choice([f"N{n}" for n in range(17)], 200, p=[0.4, *[0.6 / 16] * 16])


@pytest.mark.parametrize("times", [TIMES, SHUFFLED, pl.from_pandas(SHUFFLED), SHUFFLED.tolist()])
def test_time_ordered_learns_from_the_past_alone(times: Any) -> None:
    """Each later part is judged by once, and everything before it is learnt from."""
    splits = time_ordered(times, 4)
    for split in splits:
        check_leakage(split, times=times)
        assert len(split.train) + len(split.test) <= 100
    assert [len(split.train) for split in splits] == [20, 40, 60, 80]
    assert sorted(np.concatenate([split.test for split in splits])) == sorted(
        np.argsort(pd.Series(pd.to_datetime(SHUFFLED if times is not TIMES else TIMES)).to_numpy())[20:]
    )


def test_rows_of_one_moment_stay_together() -> None:
    """Ties are never parted, however unevenly that makes the parts."""
    days = TIMES.dt.floor("D")
    for split in time_ordered(days, 3):
        assert not set(days.iloc[split.train]) & set(days.iloc[split.test])


def test_cut_offs_may_be_given_with_a_gap_and_with_when_labels_were_known() -> None:
    """A row whose label came after the cut-off is not learnt from."""
    cut = pd.Timestamp("2013-01-03", tz="America/New_York")
    late = TIMES + pd.Timedelta("5h")
    (one,) = time_ordered(TIMES, cutoffs=[cut])
    (two,) = time_ordered(TIMES, cutoffs=[cut], gap=timedelta(hours=3))
    (three,) = time_ordered(TIMES, cutoffs=[cut], known=late)
    assert [split.train[-1] for split in (one, two, three)] == [47, 44, 42]
    assert [split.test[0] for split in (one, two, three)] == [48] * 3


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_a_group_is_wholly_on_one_side(folds: int) -> None:
    """Every row is judged by once, parts are alike in size as far as groups allow, always the same."""
    splits = grouped(GROUPS, folds)
    for split in splits:
        check_leakage(split, groups=GROUPS)
    assert sorted(np.concatenate([split.test for split in splits])) == list(range(200))
    assert [s.test.tolist() for s in splits] == [s.test.tolist() for s in grouped(list(GROUPS), folds)]
    biggest = pd.Series(GROUPS).value_counts().iloc[0]
    assert max(len(split.test) for split in splits) <= max(biggest, 200 // folds + 12)


def test_plain_parts_follow_the_seed() -> None:
    """Each row is judged by once, in parts of equal size."""
    splits = plain(103, 5, seed=3)
    assert sorted(np.concatenate([split.test for split in splits])) == list(range(103))
    assert {len(split.test) for split in splits} == {20, 21}
    assert all(np.array_equal(a.test, b.test) for a, b in zip(splits, plain(103, 5, seed=3), strict=True))
    assert not np.array_equal(splits[0].test, plain(103, 5, seed=4)[0].test)
    assert repr(splits[0]) == "Split(82 rows to learn from, 21 to judge by)"


def _at(train: list[int], test: list[int]) -> Split:
    return Split(np.array(train), np.array(test))


LEAKS: list[tuple[Split, dict[str, Any], str]] = [
    (_at([0, 1], [1, 2]), {}, "1 rows are on both sides"),
    (_at([0, 1], [2]), {"groups": ["a", "b", "b"]}, "1 groups are on both sides: b"),
    (_at([0, 2], [1]), {"times": TIMES[:3]}, "goes on to"),
]


@pytest.mark.parametrize(("split", "given", "words"), LEAKS)
def test_a_leak_is_an_error(split: Split, given: dict[str, Any], words: str) -> None:
    """A row, a group on both sides, or the future among what is learnt from."""
    with pytest.raises(UsageError, match=words):
        check_leakage(split, **given)


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: time_ordered(TIMES), "either folds or cutoffs"),
    (lambda: time_ordered(TIMES, 2, cutoffs=[TIMES[3]]), "either folds or cutoffs"),
    (lambda: time_ordered(TIMES, 100), "100 moments cannot be parted"),
    (lambda: time_ordered(TIMES, cutoffs=[TIMES[5], TIMES[3]]), "must ascend"),
    (lambda: time_ordered(TIMES, cutoffs=["2012-01-01"]), "no row to learn from"),
    (lambda: time_ordered(TIMES, cutoffs=["2014-01-01"]), "no row to judge by"),
    (lambda: time_ordered([*TIMES[:3], None], 2), "1 of 4 times are missing"),
    (lambda: time_ordered(range(10), 2), "must be dates or times"),
    (lambda: time_ordered(TIMES, 2, known=TIMES[:5]), "times has 100, known has 5"),
    (lambda: grouped(["a", "b"], 3), "2 groups cannot be parted into 3"),
    (lambda: grouped(["a", None, "b"], 2), "group is missing in 1 of 3 rows"),
    (lambda: plain(3, 1), "cannot be parted into 1"),
]


@pytest.mark.parametrize(("part", "words"), WRONG)
def test_what_cannot_be_parted_is_refused(part: Callable[[], Any], words: str) -> None:
    """One message that says what to ask for instead."""
    with pytest.raises(UsageError, match=words):
        part()
