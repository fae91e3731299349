"""Rules over long histories, held against a rule that counts by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.monitoring.alerts.weeks import Weeks, write_rules
from workbench.clock import ManualClock
from workbench.ledger import MemoryLedger

_WORDS = {"f": "fail", "p": "pass", "i": "inconclusive"}


def counted(history: str, windows: int, resolve: int) -> Iterator[list[str]]:
    """Yield what each window of a history changes, by counting."""
    number = failed = passed = 0
    fires = False
    for word in history:
        changes = []
        if fires and word == "f":
            passed = 0
            changes.append(f"drift-{number} repeated")
        elif fires and word == "p":
            passed += 1
            if passed == resolve:
                fires, failed = False, 0
                changes.append(f"drift-{number} resolved")
        elif word == "f":
            failed += 1
            if failed == windows:
                fires, passed, number = True, 0, number + 1
                changes.append(f"drift-{number} fired")
        elif word == "p":
            failed = 0
        yield changes


@pytest.mark.soak
def test_any_history_fires_and_resolves_as_counting_says(
    tmp_path: Path, clock: ManualClock, soak_count: Callable[[int], int]
) -> None:
    """Rows of one to three windows, with windows among them that could not be judged."""
    count, fired = soak_count(1000), 0
    chance = random.Random(2013)
    projects = {
        (windows, resolve): write_rules(
            tmp_path / f"{windows}-{resolve}",
            f'[alerts.drift]\nmodel = "delay"\non = ["drift"]\nwindows = {windows}\nresolve = {resolve}\n',
        )
        for windows in (1, 2, 3)
        for resolve in (1, 2, 3)
    }
    for _ in range(count):
        windows, resolve = chance.randint(1, 3), chance.randint(1, 3)
        history = "".join(chance.choices("fpi", (5, 4, 2), k=20))
        weeks = Weeks(projects[windows, resolve], MemoryLedger(clock), clock)
        found = [weeks.week(a=_WORDS[word]) for word in history]
        assert found == list(counted(history, windows, resolve)), (history, windows, resolve)
        fired += sum("fired" in change for changes in found for change in changes)
    print(f"\nalerts: {count} histories of 20 windows, {fired} alerts, each as counting says")
    assert fired > count
