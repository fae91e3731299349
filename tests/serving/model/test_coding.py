"""The quick way and the careful way give the same numbers, and refuse the same rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.serving.model.coding import Coding
from workbench.serving.model.column import Column
from workbench.serving.model.value import checked
from workbench.serving.refused import Refused

COLUMNS = (
    Column("wind", "number"),
    Column("narrow", "number", "float"),
    Column("hour", "integer", "long"),
    Column("day", "integer", "integer"),
    Column("holiday", "boolean", "boolean"),
    Column("carrier", "category", "string", ("UA", "AA", "1")),
    Column("gate", "category", "string", (1, 2, 3.5)),
)
SOUND = (
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70) | st.none(),
    st.floats(width=32, allow_nan=False, allow_infinity=False) | st.integers(-5, 5) | st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**31), 2**31 - 1),
    st.booleans(),
    st.sampled_from(["UA", "AA", "1", "??", None]),
    st.sampled_from([1, 2, 3.5, 2.0, 9, None]),
)
ODD = st.sampled_from(
    [None, True, False, "", "UA", "3", "é" * 200, [], [1], {}, {"a": 1}, float("nan"), float("inf")]
) | st.sampled_from([-float("inf"), 1e39, -1e39, 2**31, 2**63, 10**400, 3.0, 3.5, -0.0, 1, 0, 2])


@st.composite
def rows(draw: st.DrawFn) -> list[Any]:
    """Return a row that mostly fits, with now and then something odd in it."""
    row: list[Any] = [draw(strategy) for strategy in SOUND]
    for place in draw(st.lists(st.integers(0, len(row) - 1), max_size=2)):
        row[place] = draw(ODD)
    return row


def carefully(row: list[Any], refuse: bool) -> list[float] | str:
    """Return what each value is by itself, or the sentence that refuses the first that does not fit."""
    found = []
    for column, value in zip(COLUMNS, row, strict=True):
        try:
            kept = checked(column, value, 0, refuse_unknown=refuse)
        except Refused as refused:
            return str(refused)
        if kept is None:
            found.append(np.nan)
        elif column.kind == "category":
            found.append(float(column.categories.index(kept)))
        else:
            found.append(float(np.float32(kept)) if column.type == "float" else float(kept))
    return found


def coded(code: Callable[[list[Any]], Any], row: list[Any]) -> bytes | str:
    """Return the numbers of a row bit by bit, or the sentence that refuses it."""
    try:
        return np.asarray(code(row), dtype=np.float64).tobytes()
    except Refused as refused:
        return str(refused)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(rows(), st.booleans())
def test_quick_and_careful_are_one(row: list[Any], refuse: bool) -> None:
    """Alone, and among others: the same bits, or the same sentence."""
    coding = Coding(COLUMNS, refuse_unknown=refuse)
    found = carefully(row, refuse)
    expected = found if isinstance(found, str) else np.asarray(found, dtype=np.float64).tobytes()
    assert coded(coding.row, row) == expected
    assert coded(lambda each: coding.matrix([each])[0], row) == expected
    assert coded(lambda each: coding.matrix([each, each])[1], row) == expected


def test_many_rows_name_the_one_that_does_not_fit() -> None:
    """By its number and its column, however far down."""
    row = [0.5, 0.5, 3, 4, True, "UA", 1]
    many = [row] * 500 + [[*row[:5], "ZZ", 1]]
    with pytest.raises(Refused, match=r'"ZZ" in row 501, .* It knows 3: "UA", "AA", "1".') as caught:
        Coding(COLUMNS, refuse_unknown=True).matrix(many)
    assert (caught.value.status, caught.value.code) == (400, "unknown_category")
