"""What a message says, whatever names are like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workbench.monitoring.alerts.message import check_line, period, plain

LINES = [  # a check, its line
    (
        {"kind": "drift", "name": "temp", "verdict": "fail", "value": 0.31, "limit": 0.1, "method": "psi"},
        "drift temp: 0.31, limit 0.1 (psi)",
    ),
    (
        {
            "kind": "performance",
            "name": "auc",
            "verdict": "fail",
            "value": 0.61234567,
            "lower": 0.6,
            "upper": 0.64,
            "limit": 0.65,
            "version": 3,
            "arm": "challenger",
            "note": "of 900 rows",
        },
        "performance auc of version 3 (challenger): 0.6123, between 0.6 and 0.64, limit 0.65, of 900 rows",
    ),
    (
        {"kind": "service", "name": "p99", "verdict": "inconclusive", "note": "down"},
        "service p99: inconclusive, down",
    ),
    (
        {"kind": "drift", "name": "a\x1b]0;b\x07\u2028c\u202e", "verdict": "fail", "note": "1\n2"},
        "drift a\\x1b]0;b\\x07\\u2028c\\u202e: fail, 1\\n2",
    ),
]


@pytest.mark.parametrize(("check", "line"), LINES)
def test_a_check_is_one_line(check: dict[str, object], line: str) -> None:
    """What is not known is not there; what is no letter is written out."""
    assert check_line(check) == line


@pytest.mark.parametrize(
    ("text", "expected"), [("é ü 東京", "é ü 東京"), ("a" * 12, "aaaaaaaaa…"), (3, "3"), ("", "")]
)
def test_a_text_becomes_plain(text: object, expected: str) -> None:
    """Letters of any language stay; what is long ends in an ellipsis."""
    assert plain(text, 10) == expected


def test_a_period_is_told_in_days_where_it_can_be() -> None:
    """Midnights need no hours; texts are read as moments."""
    begin = datetime(2013, 1, 1, tzinfo=UTC)
    assert period(begin, begin + timedelta(days=7)) == "2013-01-01 to 2013-01-08"
    later = (begin + timedelta(hours=5)).isoformat()
    assert period(begin, later) == "2013-01-01 00:00 to 2013-01-01 05:00"
