"""Where nothing can be said, the reason is."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.data.drift.columns import DAYS, said, table, times
from workbench.data.drift import Reference, drift, reference
from workbench.project.monitoring import DriftConfig


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("number", None, "the column is not in the window"),
        ("number", "text", "the window holds text where the reference holds numbers"),
        ("number", np.nan, "none of the window's 4,000 rows has a value"),
        ("number", np.inf, "none of the window's 4,000 rows has a value"),
        ("name", pd.Timestamp("2013-01-01"), "it holds times, which only ever move on"),
        ("name", None, "the column is not in the window"),
        ("flag", [[1]] * 4000, "not measured in values of type list"),
        ("count", [1.0, 2.0] * 50 + [np.nan] * 3900, "the window has 100 rows with a value, and 500"),
        ("holed", [1.0, 2.0] * 1000 + [np.nan] * 2000, "lie in 4 blocks of time, and 5 are needed"),
    ],
)
def test_a_bad_column_is_inconclusive_with_its_reason(
    held: Reference, column: str, values: Any, words: str
) -> None:
    """The others are judged as ever."""
    window = table(1).drop(columns=column) if values is None else table(1).assign(**{column: values})
    found = said(held, window, times=times(7))
    assert found.pop(column).verdict == "inconclusive"
    assert words in said(held, window, times=times(7))[column].note
    assert {each.verdict for each in found.values()} == {"pass"}


@pytest.mark.parametrize(
    ("window", "when"),
    [
        (table().iloc[:0], None),
        (table().iloc[:0], times(7)[:0]),
        (pd.DataFrame(), None),
        (pd.DataFrame({"other": [1.0]}), None),
        (table(1, 100), times(7, 100)),
        (table(1), times(4)),
    ],
    ids=["no rows", "no rows and times", "no columns", "another table", "few rows", "few days"],
)
def test_a_window_of_which_nothing_can_be_said_is_inconclusive(
    held: Reference, window: pd.DataFrame, when: pd.Series | None
) -> None:
    """Never a pass, never an error."""
    found = drift(held, window, times=when)
    assert {each.verdict for each in found} == {"inconclusive"}
    assert all(each.note for each in found)
    assert [each.name for each in found] == list(held.columns)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (1e308 * np.linspace(-1, 1, 4000), 1e308 * np.linspace(0, 1, 4000)),
        (1e16 + 2.0 * np.arange(4000), 1e16 + 2.0 * np.arange(4000)),
        (np.linspace(0, 1, 4000), np.linspace(0, 1e300, 4000)),
    ],
    ids=["too large", "too near each other", "too far apart"],
)
@pytest.mark.parametrize("method", ["psi", "jensenshannon", "wasserstein", "ks"])
def test_numbers_at_the_end_of_what_floats_hold_are_no_error(
    ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any], method: str
) -> None:
    """What cannot be worked out is inconclusive; a value that is no number never passes."""
    config = DriftConfig.model_validate({"numbers": method})
    held = reference({"x": ours}, times=times(DAYS))
    (found,) = drift(held, {"x": theirs}, times=times(7), config=config)
    if found.verdict == "inconclusive":
        assert "cannot be worked out" in found.note
    else:
        assert found.value is not None
        assert np.isfinite(found.value)
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_reference_of_few_days_is_inconclusive() -> None:
    """Nobody knows how much days differ."""
    found = drift(reference(table(), times=times(4)), table(1), times=times(7))
    assert {each.note for each in found} == {"the reference covers 4 blocks of time, and 5 are needed"}


def test_so_few_blocks_that_no_p_is_small_do_not_pass_what_is_beyond_the_limit() -> None:
    """Of two days and two there are six ways to choose."""
    config = DriftConfig(min_blocks=2)
    held = reference(table(), times=times(2))
    found = said(held, table(1).assign(number=0.0), times=times(2), config=config)
    assert found["number"].verdict == "inconclusive"
    assert "cannot tell it from chance (p is 0.17 at least)" in found["number"].note
    assert found["count"].verdict == "pass"


def test_rows_without_a_time_are_left_out_of_the_blocks(held: Reference) -> None:
    """They still count for the value."""
    when = times(7)
    when[::3] = pd.NaT
    found = said(held, table(1), times=when)
    assert {each.verdict for each in found.values()} == {"pass"}
    assert found["number"].rows == 4000
