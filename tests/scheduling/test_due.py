"""What becomes of times that nobody was there for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workbench.project.automation import ScheduleConfig
from workbench.scheduling.due import decide

SINCE = datetime(2013, 1, 1, tzinfo=UTC)
CASES = [  # catch_up, grace in hours, hours since, claimed and missed by the hour
    ("latest", 1, 5.5, [5], [1, 2, 3, 4]),
    ("latest", 3, 5.5, [3, 4, 5], [1, 2]),
    ("latest", 0.25, 5.5, [5], [1, 2, 3, 4]),
    ("all", 0.25, 5.5, [1, 2, 3, 4, 5], []),
    ("none", 0.25, 5.5, [], [1, 2, 3, 4, 5]),
    ("none", 1, 5.5, [5], [1, 2, 3, 4]),
    ("none", 1, 5.0, [4, 5], [1, 2, 3]),
    ("latest", 1, 0.5, [], []),
]


@pytest.mark.parametrize(("catch_up", "grace", "hours", "claimed", "missed"), CASES)
def test_late_times_are_caught_up_as_declared(
    catch_up: Any, grace: float, hours: float, claimed: list[int], missed: list[int]
) -> None:
    """Within the grace all are done; of those missed all, none, or the latest if nothing newer is."""
    config = ScheduleConfig.model_construct(
        cron="0 * * * *", timezone="UTC", catch_up=catch_up, grace=timedelta(hours=grace)
    )
    found = decide(config, SINCE, SINCE + timedelta(hours=hours))
    assert [due.hour for due in found.claimed] == claimed
    assert [due.hour for due in found.missed] == missed
