"""Alerts, as the person on duty meets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.said import type_in
from tests.monitoring.alerts.receivers import Hook, listening
from tests.monitoring.alerts.weeks import MODEL, Weeks, drift, write_rules
from workbench.clock import ManualClock
from workbench.ledger import open_ledger
from workbench.monitoring.alerts import tell

RULES = """
[alerts.drift]
model = "delay"
on = ["drift"]
windows = 2
[alerts.slow]
model = "delay"
on = ["service"]
"""


@pytest.fixture
def hook() -> Iterator[Hook]:
    """An HTTP service that takes messages."""
    with listening(Hook()) as server:
        yield server


@pytest.fixture
def watched(tmp_path: Path, clock: ManualClock, hook: Hook) -> Iterator[Weeks]:
    """A project in which drift has just fired, and one channel was told."""
    project = write_rules(tmp_path / "shop", f'{RULES}[channels.hook]\nurl = "{hook.url}"\n')
    ledger = open_ledger(project.layout.ledger_url, clock)
    weeks = Weeks(project, ledger, clock)
    weeks.week(temp="fail")
    weeks.look(drift("temp"), drift("<b>carrier</b>[red]\x1b[31m", value=0.9), run="20130115-060000-0001")
    tell(project, ledger, now=clock.now())
    yield weeks
    ledger.close()


def test_what_fires_is_listed_and_shown(watched: Weeks) -> None:
    """What failed first, what is text stays text, and what to type next."""
    root = watched.project.root
    listed = type_in(root, "alerts list")
    assert (listed.code, listed.err) == (0, "")
    assert "drift-1" in listed.out
    assert "✗ firing" in listed.out
    assert "2013-01-01 to 2013-01-15 (2)" in listed.out
    assert "workbench alerts ack drift-1" in listed.out
    shown = type_in(root, "alerts show drift-1")
    assert "drift-1: drift of delay fires (warning)." in shown.out
    first, second = (line for line in shown.out.splitlines() if line.startswith("  drift "))
    assert first == "  drift <b>carrier</b>[red]\\x1b[31m: 0.9, limit 0.1 (wasserstein)"
    assert second == "  drift temp: 0.4, limit 0.1 (wasserstein)"
    assert "hook was told" in shown.out
    assert "workbench show 20130115-060000-0001" in shown.out
    assert "Evidently" not in shown.out
    page = watched.project.layout.runs / "20130115-060000-0001" / "evidently.html"
    page.parent.mkdir(parents=True)
    page.touch()
    assert f"Evidently's report: {page}" in type_in(root, "alerts show drift-1").out
    assert type_in(root, "alerts show drift-1 --json").document["page"] == str(page)


def test_as_json_an_alert_is_whole(watched: Weeks) -> None:
    """For programs: the same in the list and by itself."""
    root = watched.project.root
    (listed,) = type_in(root, "alerts list --json").document
    shown = type_in(root, "alerts show delay/drift-1 --json").document
    assert shown == {**listed, "page": None}
    assert (shown["alert"], shown["state"], shown["windows"]) == ("drift-1", "firing", 2)
    assert shown["told"]["hook"]["what"] == "fired"
    assert [check["name"] for check in shown["cause"]["features"]][1] == "temp"


def test_an_alert_is_acknowledged_and_resolved(watched: Weeks, hook: Hook) -> None:
    """Each once, by whom and why stands in the ledger, and the channel hears that it is over."""
    root = watched.project.root
    assert type_in(root, "alerts ack drift-1 --reason looking").code == 0
    assert "already" in type_in(root, "alerts ack drift-1").out
    assert "… acknowledged" in type_in(root, "alerts list").out
    document = type_in(root, "alerts resolve drift-1 --reason known --json").document
    assert (document["state"], document["reason"]) == ("resolved", "known")
    assert hook.titles[-1] == "[resolved] shop: drift of delay is resolved"
    assert "already" in type_in(root, "alerts resolve drift-1").out
    late = type_in(root, "alerts ack drift-1")
    assert (late.code, "is resolved since" in late.err) == (2, True)
    assert "No alert fires." in type_in(root, "alerts list").out
    assert "✓ resolved" in type_in(root, "alerts list --all").out
    kinds = [event.kind for event in watched.ledger.read(f"alert/{MODEL}")]
    assert kinds == [
        "alert.fired",
        "alert.notified",
        "alert.acknowledged",
        "alert.resolved",
        "alert.notified",
    ]


def test_a_channel_that_fails_is_told_of_and_holds_nothing_up(watched: Weeks, hook: Hook) -> None:
    """The alert is resolved all the same."""
    hook.status = 500
    said = type_in(watched.project.root, "alerts resolve drift-1")
    assert said.code == 0
    assert "drift-1 of delay is resolved." in said.out
    assert "hook could not be told" in said.out
    listed = type_in(watched.project.root, "alerts show drift-1")
    assert "hook failed 1 time" in listed.out


def test_a_channel_is_tried(watched: Weeks, hook: Hook) -> None:
    """Exit code 1 when it fails, with the reason."""
    root = watched.project.root
    assert type_in(root, "alerts try hook").code == 0
    assert hook.titles[-1] == "[info] shop: a trial"
    hook.status = 403
    said = type_in(root, "alerts try hook")
    assert (said.code, said.out) == (1, "")
    assert "The channel hook failed: Failed to send JSON POST notification" in said.err
    document = type_in(root, "alerts try hook --json").document
    assert (document["ok"], document["channel"]) == (False, "hook")


def test_a_token_that_is_written_down_is_warned_of(tmp_path: Path, hook: Hook) -> None:
    """The trial arrives; who reads workbench.toml could send one, too."""
    url = f"gotify://127.0.0.1:{hook.server_port}/AbCdEf123456"
    root = write_rules(tmp_path / "shop", f'[channels.push]\nurl = "{url}"\n').root
    said = type_in(root, "alerts try push")
    assert (said.code, len(hook.posts)) == (0, 1)
    assert "warning: token of push can be read in workbench.toml; write secret:NAME there" in said.err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("alerts show drift-2", "Did you mean 'drift-1'?"),
        ("alerts ack dirft-1", "Did you mean 'drift-1'?"),
        ("alerts list dealy", "Did you mean 'delay'?"),
        ("alerts try hok", "Did you mean 'hook'?"),
    ],
)
def test_wrong_words_are_told(watched: Weeks, line: str, told: str) -> None:
    """Exit code 2, and what would be right."""
    said = type_in(watched.project.root, line)
    assert (said.code, told in said.err) == (2, True), said.err


def test_where_nothing_fired_nothing_is_listed(tmp_path: Path) -> None:
    """A project without a rule."""
    root = write_rules(tmp_path / "quiet", "").root
    assert "No alert has fired yet." in type_in(root, "alerts list").out
    assert type_in(root, "alerts list --json").document == []
    said = type_in(root, "alerts show drift-1")
    assert (said.code, "No alert has fired yet." in said.err) == (2, True)
