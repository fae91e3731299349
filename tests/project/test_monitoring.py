"""`[models.NAME.monitoring]`: what is declared wrongly is refused before anything is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.declared import GOOD, refused
from workbench.project.monitoring import MonitoringConfig

TABLE = "\n[models.flight-delay.monitoring]\n"
WRONG = [  # a line of the table, the key, a part of the message
    ('timezone = "America/New_Yrok"', "timezone", "America/New_York"),
    ('block = "1 fortnight"', "block", "duration"),
    ('block = "0s"', "block", "'1d'"),
    ("performance = { auc = {} }", "performance.auc", "at_least, at_most or max_change"),
    ("performance = { auc = { max_change = -0.1 } }", "performance.auc.max_change", "-0.1"),
    ("quality = { mising = 0.1 }", "quality.mising", "missing"),
    ("service = { error_rate = 2 }", "service.error_rate", "2"),
    ("threshold = 1.0", "threshold", "1"),
]


@pytest.mark.parametrize(("line", "key", "said"), WRONG)
def test_a_wrong_setting_is_refused_by_its_name(tmp_path: Path, line: str, key: str, said: str) -> None:
    error = refused(tmp_path, GOOD + TABLE + line + "\n")
    assert f"monitoring.{key}" in error.key
    assert said in f"{error.message} {error.hint}"


def test_without_a_word_a_week_in_utc_is_looked_at() -> None:
    own = MonitoringConfig()
    assert (own.stage, own.window.days, own.block, own.timezone) == ("monitor", 7, "1d", "UTC")
