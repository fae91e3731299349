"""What a value must be, and what its sender reads when it is not."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.serving.model.column import Column
from workbench.serving.model.value import checked, read
from workbench.serving.refused import Refused

NUMBER = Column("wind", "number")
NARROW = Column("wind", "number", "float")
WHOLE = Column("hour", "integer", "integer")
TRUTH = Column("holiday", "boolean", "boolean")
CARRIER = Column("carrier", "category", "string", ("UA", "AA"))
TEXT = Column("note", "text", "string")

REFUSED: list[tuple[Column, Any, str, str]] = [
    (NUMBER, "strong", "wrong_type", "Column 'wind' takes a number or null, but row 3 has \"strong\"."),
    (NUMBER, True, "wrong_type", "Column 'wind' takes a number or null, but row 3 has true."),
    (NUMBER, [1], "wrong_type", "Column 'wind' takes a number or null, but row 3 has a list."),
    (NUMBER, {"a": 1}, "wrong_type", "Column 'wind' takes a number or null, but row 3 has an object."),
    (NUMBER, float("nan"), "not_finite", "Column 'wind' takes finite numbers, but row 3 has nan."),
    (
        NUMBER,
        10**400,
        "too_large",
        "Column 'wind' has a number in row 3 that is beyond what its type, double",
    ),
    (NARROW, 1e39, "too_large", "Column 'wind' has a number in row 3 that is beyond what its type, float"),
    (WHOLE, 3.5, "wrong_type", "Column 'hour' takes a whole number, but row 3 has 3.5."),
    (WHOLE, None, "wrong_type", "Column 'hour' takes a whole number, but row 3 has null."),
    (WHOLE, 2**31, "too_large", "Column 'hour' has a number in row 3"),
    (WHOLE, float("inf"), "not_finite", "Column 'hour' takes finite numbers, but row 3 has inf."),
    (TRUTH, 1, "wrong_type", "Column 'holiday' takes true or false, but row 3 has 1."),
    (CARRIER, 7, "wrong_type", 'Column \'carrier\' takes one of "UA", "AA", or null, but row 3 has 7.'),
    (CARRIER, "ZZ", "unknown_category", "Column 'carrier' has \"ZZ\" in row 3, which the model never saw."),
    (TEXT, 0, "wrong_type", "Column 'note' takes a text or null, but row 3 has 0."),
    (TEXT, 10**5000, "wrong_type", "but row 3 has a whole number beyond all reason."),
    (NUMBER, "x" * 10_000, "wrong_type", 'xxx…".'),
]


@pytest.mark.parametrize(("column", "value", "code", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_does_not_fit_is_refused_in_one_sentence(
    column: Column, value: Any, code: str, words: str
) -> None:
    """It names the column, the row, what was got and what is expected, and never more than a few words."""
    with pytest.raises(Refused) as caught:
        checked(column, value, 2, refuse_unknown=True)
    refused = caught.value
    assert (refused.status, refused.code) == (400, code)
    assert words in refused.message
    assert len(refused.message) < 250


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [
        (NUMBER, 3, 3),
        (NUMBER, None, None),
        (WHOLE, 3.0, 3),
        (TRUTH, False, False),
        (CARRIER, "AA", "AA"),
        (CARRIER, None, None),
        (CARRIER, "ZZ", None),
        (TEXT, "", ""),
        (TEXT, None, None),
    ],
)
def test_what_fits_is_kept(column: Column, value: Any, kept: Any) -> None:
    """Null is a missing value; a category that was never seen counts as one unless it is to be refused."""
    found = checked(column, value, 0)
    assert (type(found), found) == (type(kept), kept)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        (NUMBER, "1.5", 1.5),
        (NUMBER, "3", 3),
        (NUMBER, "-3", -3),
        (NUMBER, "", None),
        (NUMBER, None, None),
        (NUMBER, "1_0", "1_0"),
        (NUMBER, "strong", "strong"),
        (NUMBER, "9" * 5000, "9" * 5000),
        (WHOLE, "7", 7),
        (TRUTH, "True", True),
        (TRUTH, "yes", "yes"),
        (CARRIER, "AA", "AA"),
        (TEXT, "007", "007"),
        (Column("gate", "category", "string", (1, 2)), "2", 2),
    ],
)
def test_texts_are_read_as_the_kind_of_their_column(column: Column, text: str | None, value: Any) -> None:
    """What stands for nothing stays a text, and is then refused like any other."""
    found = read(column, text)
    assert (type(found), found) == (type(value), value)
