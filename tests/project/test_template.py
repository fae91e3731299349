"""Days that are filled into parameters."""

from __future__ import annotations

from datetime import date

import pytest

from workbench.project.template import render

DAYS = {"due": date(2013, 3, 1)}
MEANT = [
    ("{due}", "2013-03-01"),
    ("{ due - 28d }", "2013-02-01"),
    ("{due+1w}", "2013-03-08"),
    ("from {due - 1d} until {due}", "from 2013-02-28 until 2013-03-01"),
    ("2013-01-01", "2013-01-01"),
    ('{"a": 1}', '{"a": 1}'),
    ("{}", "{}"),
]
WRONG = [
    ("{today}", "expected {due}"),
    ("{due - }", "expected a duration"),
    ("{due - soon}", "expected a duration"),
    ("{due - 36h}", "expected whole days"),
    ("{due - 9999999d}", "expected a day of the calendar"),
    ("{due.year}", "expected {due}"),
]


@pytest.mark.parametrize(("text", "rendered"), MEANT)
def test_days_are_written_as_dates(text: str, rendered: str) -> None:
    """Days before and after are counted; braces of other kinds stay."""
    assert render(text, DAYS) == rendered


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_no_day_is_explained(text: str, message: str) -> None:
    """The message says what may stand there."""
    with pytest.raises(ValueError, match="expected") as caught:
        render(text, DAYS)
    assert message in str(caught.value)
