"""Durations as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.duration import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("500ms", timedelta(milliseconds=500)),
        ("5s", timedelta(seconds=5)),
        ("20m", timedelta(minutes=20)),
        ("1h", timedelta(hours=1)),
        ("1h30m", timedelta(minutes=90)),
        (" 1h 30m ", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        ("1d", timedelta(days=1)),
        ("2w", timedelta(weeks=2)),
        ("-2h", timedelta(hours=-2)),
        ("0s", timedelta()),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    """Parts add up; a fraction and a sign are understood."""
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "-", "5", "s", "5 parsecs", "1h30", "5s!", "٣s", "1e3s", "5M"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    """A number without its unit is not guessed at."""
    with pytest.raises(ValueError, match="expected a duration like"):
        parse_duration(text)


def test_a_duration_beyond_what_python_holds_is_refused() -> None:
    """No overflow reaches the user."""
    with pytest.raises(ValueError, match="below a billion days"):
        parse_duration("99999999999d")


@given(st.timedeltas())
def test_what_is_written_reads_back_exactly(duration: timedelta) -> None:
    """To the microsecond, with its sign."""
    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize(
    ("text", "written"), [("90m", "1h30m"), ("1500ms", "1s500ms"), ("1w", "7d"), ("0h", "0s")]
)
def test_equal_durations_are_written_alike(text: str, written: str) -> None:
    """One form for one duration."""
    assert format_duration(parse_duration(text)) == written
