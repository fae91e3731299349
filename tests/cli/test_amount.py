from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from workbench.cli.amount import bytes_text, count_text, number_text, plural, seconds_text, time_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0.04, "0.0 s"),
        (12.34, "12.3 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (65, "1 min 05 s"),
        (3599.9, "1 h 00 min"),
        (7380, "2 h 03 min"),
    ],
)
def test_seconds_read_as_people_say_them(seconds: float | None, text: str) -> None:
    """No duration shows sixty seconds or sixty minutes."""
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, "–"), (0, "0 B"), (999, "999 B"), (1500, "1.5 KB"), (999_600, "1.0 MB"), (123_456_789, "123 MB")],
)
def test_sizes_have_three_digits_at_most(size: float | None, text: str) -> None:
    """The unit grows before the number does."""
    assert bytes_text(size) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.683214, "0.68321"),
        (3, "3"),
        (336776.0, "336,776"),
        (float("nan"), "nan"),
        (1e-7, "1e-07"),
        (True, "True"),
        ("2013-01-01", "2013-01-01"),
    ],
)
def test_metrics_show_five_significant_digits(value: Any, text: str) -> None:
    """What is no number stays as it is."""
    assert number_text(value) == text


def test_counts_have_their_thousands_apart() -> None:
    """Counts and their nouns agree."""
    assert (count_text(336776), plural(1, "row"), plural(2000, "row")) == ("336,776", "1 row", "2,000 rows")


def test_times_are_those_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event's time and its ISO text give the same words."""
    at = datetime(2013, 5, 1, 12, tzinfo=UTC)
    assert time_text(at) == time_text(at.isoformat()) == at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    assert time_text(None) == "–"
