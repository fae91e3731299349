"""What is said of a window's columns: like the reference, changed, or changed too little."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.data.drift.columns import DAYS, said, table, times
from workbench.data.drift import Reference, drift, reference
from workbench.project.monitoring import DriftConfig


@pytest.mark.parametrize("when", [None, times(7)], ids=["rows", "days"])
def test_a_window_like_the_reference_passes(held: Reference, when: pd.Series | None) -> None:
    """Every column, a constant one too."""
    found = said(held, table(1), times=when)
    assert {name: each.verdict for name, each in found.items()} == dict.fromkeys(held.columns, "pass")
    assert found["constant"].note == "always 5"
    assert found["constant"].value == 0
    assert found["number"].blocks == (0 if when is None else 7)


@pytest.mark.parametrize("when", [None, times(7)], ids=["rows", "days"])
@pytest.mark.parametrize(
    ("column", "change", "words"),
    [
        ("number", lambda c: c + 1, "mean 1[01].*, (9.9|10).* in the reference"),
        ("count", lambda c: c * 2, "mean 6"),
        ("holed", lambda c: c * 3, "mean"),
        ("name", lambda c: c.where(c != "a", "b"), "'a' 0.0%, 60"),
        ("name", lambda c: c.where(c != "b", "new"), "under names that it does not have"),
        ("flag", lambda c: ~c, "'false' 3|'true' 7"),
        ("constant", lambda c: c + 1, "mean 6, 5 in the reference"),
    ],
)
def test_a_changed_column_has_drifted_and_the_others_have_not(
    held: Reference, column: str, change: Any, words: str, when: pd.Series | None
) -> None:
    """The note says in words what is seen."""
    window = table(1)
    window[column] = change(window[column])
    found = said(held, window, times=when)
    assert [name for name, each in found.items() if each.drifted] == [column]
    assert re.search(words, found[column].note)


def test_a_difference_within_the_limit_passes_however_sure(held: Reference) -> None:
    """So many rows prove a difference that is too small to matter."""
    window = table(1, 200_000)
    window["number"] += 0.1
    found = said(held, window)["number"]
    assert found.verdict == "pass"
    assert found.p is not None
    assert found.p < 0.01
    assert not found.beyond


def test_what_rows_of_a_day_share_is_no_drift() -> None:
    """Days differ from each other in the reference as well, which a test over rows does not see."""
    random = np.random.default_rng(4)

    def days(number: int) -> tuple[pd.DataFrame, pd.Series]:
        level = np.repeat(random.normal(size=number), 200)
        return pd.DataFrame({"x": level + random.normal(0, 0.1, 200 * number)}), times(number, 200 * number)

    frame, when = days(60)
    held = reference(frame, times=when)
    by_rows = by_days = 0
    for _ in range(20):
        window, seen = days(7)
        by_rows += drift(held, window)[0].drifted
        by_days += drift(held, window, times=seen)[0].drifted
    assert by_rows == 20
    assert by_days <= 3
    found = drift(held, window + 4, times=seen)[0]
    assert found.drifted
    assert found.p == pytest.approx(1 / 2001)


def test_a_smaller_stream_than_the_reference_is_no_drift() -> None:
    """Days of a hundredth of the rows differ more by chance alone, and are held against thinned ones."""
    held = reference(table(rows=40_000)[["number", "name"]], times=times(DAYS, 40_000))
    config, drifted = DriftConfig(min_rows=50), 0
    for seed in range(30):
        window = table(100 + seed, 70)
        drifted += any(each.drifted for each in drift(held, window, times=times(7, 70), config=config))
    assert drifted <= 4


def test_what_is_missing_is_counted_and_tested(held: Reference) -> None:
    """The value is that of the rows that are there; the share of the others stands beside it."""
    window = table(1)
    window.loc[window.index % 3 == 0, "holed"] = np.nan
    found = said(held, window, times=times(7))
    assert found["holed"].verdict == "pass"
    assert found["holed"].missing == pytest.approx(0.4, abs=0.02)
    assert found["holed"].missing_reference == pytest.approx(0.1, abs=0.02)
    assert found["holed"].missing_p is not None
    assert found["holed"].missing_p < 0.01
    assert found["number"].missing == 0
    assert found["number"].missing_p is None
