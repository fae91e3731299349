"""When alerts fire, keep firing, and are resolved."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.monitoring.alerts.weeks import MODEL, WEEK, Weeks, drift, report, told, write_rules
from workbench.clock import ManualClock
from workbench.ledger import open_ledger
from workbench.monitoring.alerts import AlertState, acknowledge, consider, read_alerts, resolve
from workbench.monitoring.finding import Check
from workbench.registry.verdict import Verdict

ONE = '[alerts.drift]\nmodel = "delay"\non = ["drift"]\n'
TWO = f"{ONE}windows = 2\nresolve = 2\n"
Start = Callable[[str], Weeks]

ROWS = [  # rule, what each week's columns were found to be, what it changed
    (ONE, [{"a": "fail"}], [["drift-1 fired"]]),
    (TWO, [{"a": "fail"}, {"a": "pass"}, {"a": "fail"}], [[], [], []]),
    (TWO, [{"a": "fail"}, {"a": "fail"}, {"b": "fail"}], [[], ["drift-1 fired"], ["drift-1 repeated"]]),
    (TWO, [{"a": "fail"}, {"a": "inconclusive"}, {"a": "fail"}], [[], [], ["drift-1 fired"]]),
    (
        TWO,
        [{"a": "fail"}, {"a": "inconclusive", "b": "pass"}, {"a": "fail", "b": "pass"}],
        [[], [], ["drift-1 fired"]],
    ),
    (TWO, [{"a": "fail"}, {"a": "pass", "b": "inconclusive"}, {"a": "fail"}], [[], [], []]),
    (TWO, [{"a": "fail"}, {}, {"a": "fail"}], [[], [], ["drift-1 fired"]]),
    (
        TWO,
        [{"a": "fail"}, {"a": "fail"}, {"a": "pass"}, {"a": "pass"}],
        [[], ["drift-1 fired"], [], ["drift-1 resolved"]],
    ),
    (
        TWO,
        [{"a": "fail"}, {"a": "fail"}, {"a": "pass"}, {"a": "fail"}, {"a": "pass"}, {"a": "pass"}],
        [[], ["drift-1 fired"], [], ["drift-1 repeated"], [], ["drift-1 resolved"]],
    ),
    (
        ONE,
        [{"a": "fail"}, {"a": "inconclusive", "b": "pass"}, {"a": "pass", "b": "inconclusive"}],
        [["drift-1 fired"], [], ["drift-1 resolved"]],
    ),
    (ONE, [{"a": "fail"}, {}, {"b": "inconclusive"}], [["drift-1 fired"], [], []]),
    (
        ONE,
        [{"a": "fail"}, {"a": "pass"}, {"a": "fail"}],
        [["drift-1 fired"], ["drift-1 resolved"], ["drift-2 fired"]],
    ),
    (f'{ONE}names = ["b"]\n', [{"a": "fail", "b": "pass"}, {"b": "fail"}], [[], ["drift-1 fired"]]),
    (
        f"{ONE}inconclusive = true\n",
        [{"a": "pass", "b": "inconclusive"}, {}, {"a": "pass"}],
        [["drift-1 fired"], ["drift-1 repeated"], ["drift-1 resolved"]],
    ),
    ('[alerts.slow]\nmodel = "delay"\non = ["service"]\n', [{"a": "fail"}], [[]]),
]


@pytest.mark.parametrize(("rule", "columns", "expected"), ROWS)
def test_a_rule_follows_the_row_of_windows(
    weeks: Start, rule: str, columns: list[dict[str, str]], expected: list[list[str]]
) -> None:
    """One odd window tells nobody, what could not be judged neither adds nor ends, relief takes as long."""
    watched = weeks(rule)
    assert [watched.week(**each) for each in columns] == expected


def test_an_alert_says_since_when_and_what_failed(weeks: Start, clock: ManualClock) -> None:
    """It begins with the first window of the row, and goes on with each that fails."""
    watched = weeks(TWO)
    begin = clock.now()
    watched.week(a="fail")
    (change,) = watched.look(drift("a"), drift("b", "pass"), run="20130115-000000-0001")
    alert = change.alert
    assert (alert.state, alert.by, alert.windows) == (AlertState.FIRING, "workbench monitor", 2)
    assert (alert.since, alert.until, alert.at) == (begin, begin + 2 * WEEK, begin + 2 * WEEK)
    assert [check["name"] for check in alert.checks] == ["a"]
    assert alert.run == "20130115-000000-0001"
    watched.week(b="fail")
    later = watched.alert("drift-1")
    assert (later.since, later.until, later.windows) == (begin, begin + 3 * WEEK, 3)
    assert [check["name"] for check in later.checks] == ["b"]


def test_the_same_window_and_an_earlier_one_change_nothing(weeks: Start, clock: ManualClock) -> None:
    """Somebody may look again, or back."""
    watched = weeks(ONE)
    watched.week(a="fail")
    watched.week(a="fail")
    assert watched.look(drift("a"), again=True) == ()
    earlier = report(clock.now() - WEEK, drift("a", "pass"))
    watched.record(earlier)
    assert consider(watched.project, watched.ledger, earlier, run="", now=clock.now()) == ()
    assert watched.alert("drift-1").windows == 2


def test_a_window_that_has_not_ended_counts_for_nothing(weeks: Start, clock: ManualClock) -> None:
    """Somebody looks at what is to come; what comes is considered all the same."""
    watched = weeks(ONE)
    early = report(clock.now() + 10 * WEEK, drift("a"))
    watched.record(early)
    assert consider(watched.project, watched.ledger, early, run="", now=clock.now()) == ()
    assert watched.week(a="fail") == ["drift-1 fired"]


def test_a_window_that_passes_when_looked_at_again_resolves(weeks: Start) -> None:
    """Labels that came late, or a rule that was put right."""
    watched = weeks(ONE)
    watched.week(a="fail")
    assert told(watched.look(drift("a", "pass"), again=True)) == ["drift-1 resolved"]
    assert watched.look(drift("a"), again=True) == ()


def test_what_a_person_resolved_fires_anew_only_with_later_windows(weeks: Start) -> None:
    """The windows of the resolved alert count for nothing more."""
    watched = weeks(TWO)
    assert [watched.week(a="fail"), watched.week(a="fail")] == [[], ["drift-1 fired"]]
    resolve(watched.ledger, "drift-1", reason="known", actor="ada@desk")
    assert watched.look(drift("a"), again=True) == ()
    assert [watched.week(a="fail"), watched.week(a="fail")] == [[], ["drift-2 fired"]]
    assert watched.alert("drift-1").reason == "known"


def test_an_acknowledged_alert_goes_on_and_is_resolved_by_itself(weeks: Start) -> None:
    """Somebody is on it; whether it is over, the windows say."""
    watched = weeks(ONE)
    watched.week(a="fail")
    change = acknowledge(watched.ledger, "drift-1", reason="at it", actor="ada@desk")
    assert change is not None
    assert (change.alert.state, change.alert.by) == (AlertState.ACKNOWLEDGED, "ada@desk")
    assert acknowledge(watched.ledger, "drift-1", actor="eve@desk") is None
    assert watched.week(a="fail") == ["drift-1 repeated"]
    assert watched.alert("drift-1").state is AlertState.ACKNOWLEDGED
    assert watched.week(a="pass") == ["drift-1 resolved"]
    assert watched.alert("drift-1").by == "workbench monitor"


def test_an_alert_whose_rule_is_gone_is_resolved(weeks: Start, tmp_path: Path) -> None:
    """Else it would fire for ever."""
    watched = weeks(ONE)
    watched.week(a="fail")
    watched.project = write_rules(tmp_path / "shop", "")
    assert watched.week(a="fail") == ["drift-1 resolved"]
    assert "no more" in watched.alert("drift-1").reason


def test_rules_of_one_model_and_several_kinds_fire_together(weeks: Start) -> None:
    """In the order of workbench.toml."""
    performance = '[alerts.worse]\nmodel = "delay"\non = ["performance", "service"]\nseverity = "critical"\n'
    watched = weeks(performance + ONE)
    auc = Check("performance", "auc", Verdict.FAIL, "lower than ever", 0.6, limit=0.7)
    assert told(watched.look(drift("a"), auc)) == ["worse-1 fired", "drift-1 fired"]
    assert [watched.alert(name).severity for name in ("worse-1", "drift-1")] == ["critical", "warning"]


def test_of_several_who_consider_a_window_at_once_one_is_heard(
    weeks: Start, tmp_path: Path, clock: ManualClock
) -> None:
    """Two schedulers look at one window; the alert fires once and repeats once."""
    watched = weeks(ONE)
    url = f"sqlite:///{tmp_path / 'ledger.db'}"

    def look(_: int) -> int:
        mine = open_ledger(url, clock)
        try:
            return len(consider(watched.project, mine, found, run="", now=clock.now()))
        finally:
            mine.close()

    for _ in range(2):
        clock.advance(WEEK)
        found = report(clock.now(), drift("a"))
        watched.record(found)
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(look, range(4))) == 1
    assert [event.kind for event in watched.ledger.read(f"alert/{MODEL}")] == [
        "alert.fired",
        "alert.repeated",
    ]


def test_a_process_that_reads_the_alerts_anew_finds_the_same(
    weeks: Start, tmp_path: Path, clock: ManualClock
) -> None:
    """What is folded bit by bit is what is folded at once."""
    watched = weeks(ONE)
    for verdict in ("fail", "fail", "pass", "fail"):
        watched.week(a=verdict)
    again = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    assert read_alerts(again, MODEL) == watched.state
    assert [alert.state.value for alert in watched.state.alerts.values()] == ["resolved", "firing"]
    again.close()
