"""What five cron fields mean."""

from __future__ import annotations

import pytest

from workbench.project.cron import parse_cron

MEANT = [  # cron, the field, its values
    ("*/15 * * * *", "minutes", (0, 15, 30, 45)),
    ("5/20 * * * *", "minutes", (5, 25, 45)),
    ("0 9-17/4 * * *", "hours", (9, 13, 17)),
    ("0 0 * jan,Jul *", "months", (1, 7)),
    ("0 0 * * 1", "weekdays", (1,)),
    ("0 0 * * 7", "weekdays", (0,)),
    ("0 0 * * 5-7", "weekdays", (0, 5, 6)),
    ("0 0 * * fri-sun", "weekdays", (0, 5, 6)),
    ("0 0 * * */2", "weekdays", (0, 2, 4, 6)),
]
WRONG = [  # cron, part of the message
    ("daily", "expected five cron fields"),
    ("60 * * * *", "cron minute from 0 to 59, but got '60'"),
    ("0 0 0 * *", "cron day from 1 to 31, but got '0'"),
    ("0 0 * * mo", "cron weekday from 0 to 7 or sun, mon"),
    ("0 5-3 * * *", "cron hour that goes up, but got '5-3'"),
    ("*/0 * * * *", "a step of at least 1"),
    ("0 0 L * *", "cron day from 1 to 31, but got 'L'"),
    ("0 0 1, * *", "a cron day such as"),
    ("0 0 30 2 *", "expected a day that comes"),
]


@pytest.mark.parametrize(("text", "field", "values"), MEANT)
def test_fields_mean_what_cron_means_by_them(text: str, field: str, values: tuple[int, ...]) -> None:
    """Steps, ranges, names, and both of Sunday's numbers."""
    assert getattr(parse_cron(text), field) == values


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_no_cron_is_explained(text: str, message: str) -> None:
    """The message names the field and what it was given."""
    with pytest.raises(ValueError, match="expected") as caught:
        parse_cron(text)
    assert message in str(caught.value)
