"""Who hears of an alert, when, and what happens when a channel fails."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.monitoring.alerts.receivers import Hook, Mailbox
from tests.monitoring.alerts.weeks import MODEL, Weeks, drift
from workbench.clock import ManualClock
from workbench.monitoring.alerts import Delivery, acknowledge, resolve, tell, try_channel
from workbench.monitoring.alerts.channel import exposed
from workbench.monitoring.finding import Check
from workbench.registry.verdict import Verdict

Start = Callable[[str], Weeks]
ONE = '[alerts.drift]\nmodel = "delay"\non = ["drift"]\ncooldown = "10d"\n'
TWO = '[alerts.slow]\nmodel = "delay"\non = ["service"]\nseverity = "critical"\n'
SLOW = Check("service", "latency_p99", Verdict.FAIL, "slower than ever", 0.9, limit=0.1)


def hooked(hook: Hook, more: str = "") -> str:
    """Return the TOML of a channel."""
    return f'[channels.hook]\nurl = "{hook.url}"\n{more}'


def occasion(weeks: Weeks) -> tuple[Delivery, ...]:
    """Tell whoever has to hear now."""
    return tell(weeks.project, weeks.ledger, now=weeks.clock.now())


def unused_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_an_alert_is_told_once_again_after_its_cool_down_and_when_it_is_over(
    weeks: Start, hook: Hook
) -> None:
    """With a cool-down of ten days, of weeks every second one is told."""
    watched = weeks(ONE + hooked(hook))
    told = []
    for verdict in ("fail", "fail", "fail", "pass", "pass"):
        watched.week(a=verdict)
        told.append([(each.channel, each.alerts, each.ok) for each in occasion(watched)])
        assert occasion(watched) == ()
    once = [("hook", ("drift-1",), True)]
    assert told == [once, [], once, once, []]
    assert hook.titles == [
        "[warning] shop: drift of delay fires",
        "[warning] shop: drift of delay still fires",
        "[resolved] shop: drift of delay is resolved",
    ]
    assert [post["type"] for post in hook.posts] == ["warning", "warning", "success"]
    assert "drift a: 0.4, limit 0.1 (wasserstein)" in hook.posts[0]["message"]


def test_an_acknowledged_alert_is_not_told_again(weeks: Start, hook: Hook) -> None:
    """Somebody is on it; that it is over is told all the same."""
    watched = weeks(ONE + hooked(hook))
    watched.week(a="fail")
    occasion(watched)
    acknowledge(watched.ledger, "drift-1", actor="ada@desk")
    for _ in range(3):
        watched.week(a="fail")
        assert occasion(watched) == ()
    resolve(watched.ledger, "drift-1", reason="retrained", actor="ada@desk")
    assert [each.ok for each in occasion(watched)] == [True]
    assert "by ada@desk: retrained." in hook.posts[-1]["message"]


def test_a_failure_in_passing_is_tried_again_at_once(weeks: Start, hook: Hook) -> None:
    """Twice refused, the third time taken, and told once."""
    hook.deaf = 2
    watched = weeks(ONE + hooked(hook))
    watched.week(a="fail")
    assert [each.ok for each in occasion(watched)] == [True]
    assert (hook.tries, len(hook.posts)) == (3, 1)


def test_a_channel_that_fails_is_recorded_and_retried_at_the_next_occasion(weeks: Start, hook: Hook) -> None:
    """It raises nothing, the other channel hears, and what is told late is told as it is by then."""
    dead = f'[channels.dead]\nurl = "json://127.0.0.1:{unused_port()}/"\n'
    watched = weeks(ONE + dead + hooked(hook))
    watched.week(a="fail")
    by_name = {each.channel: each for each in occasion(watched)}
    assert by_name["hook"].ok
    assert "Connection error" in by_name["dead"].error
    untold = watched.alert("drift-1").untold
    assert {name: each.times for name, each in untold.items()} == {"dead": 1}
    (event,) = watched.ledger.find(kinds=("alert.unnotified",))
    assert (event.data["channel"], event.data["alert"], event.data["what"]) == ("dead", "drift-1", "fired")
    watched.week(a="fail")
    assert [(each.channel, each.ok) for each in occasion(watched)] == [("dead", False)]
    assert watched.alert("drift-1").untold["dead"].times == 2
    repaired = hooked(hook).replace("channels.hook", "channels.dead") + hooked(hook)
    watched.project = weeks(ONE + repaired).project
    assert [(each.channel, each.ok) for each in occasion(watched)] == [("dead", True)]
    assert watched.alert("drift-1").untold == {}
    assert hook.titles == ["[warning] shop: drift of delay fires"] * 2


def test_after_one_failure_a_channel_is_left_alone_until_the_next_occasion(weeks: Start, hook: Hook) -> None:
    """Three alerts cost a dead channel's patience once."""
    hook.status = 500
    watched = weeks(ONE + TWO + hooked(hook))
    watched.look(drift("a"), SLOW)
    assert [(each.alerts, each.ok) for each in occasion(watched)] == [
        (("drift-1",), False),
        (("slow-1",), False),
    ]
    assert hook.tries == 3
    hook.status = 200
    assert [each.ok for each in occasion(watched)] == [True, True]


def test_what_was_never_heard_and_is_over_is_told_for_a_week(
    weeks: Start, hook: Hook, clock: ManualClock
) -> None:
    """That it had been, and that it is over, in one message; after a week nobody wants to know."""
    hook.status = 500
    watched = weeks(ONE + hooked(hook))
    watched.week(a="fail")
    occasion(watched)
    watched.week(a="pass")
    assert [each.ok for each in occasion(watched)] == [False]
    clock.advance(timedelta(days=7))
    hook.status = 200
    assert [each.ok for each in occasion(watched)] == [True]
    assert hook.titles == ["[resolved] shop: drift of delay is resolved"]
    hook.status = 500
    watched.week(a="fail")
    occasion(watched)
    watched.week(a="pass")
    clock.advance(timedelta(days=7, seconds=1))
    tries = hook.tries
    assert occasion(watched) == ()
    assert hook.tries == tries


def test_a_group_is_told_in_one_message(weeks: Start, hook: Hook) -> None:
    """Two alerts of one window, one message, with the greater severity, and a record for each alert."""
    group = 'group = "shop"\n'
    watched = weeks(ONE + group + TWO + group + hooked(hook))
    watched.look(drift("a"), SLOW)
    (delivery,) = occasion(watched)
    assert delivery.alerts == ("drift-1", "slow-1")
    assert hook.titles == ["[critical] shop: drift of delay fires, slow of delay fires"]
    assert hook.posts[0]["type"] == "failure"
    assert "latency_p99: 0.9, limit 0.1, slower than ever" in hook.posts[0]["message"]
    assert [event.key for event in watched.ledger.find(kinds=("alert.notified",))] == ["drift-1", "slow-1"]


@pytest.mark.parametrize(
    ("rule", "channel", "hears"),
    [
        ("", "", True),
        ("channels = []\n", "", False),
        ('channels = ["hook"]\n', "", True),
        ("", 'least = "critical"\n', False),
        ('severity = "critical"\n', 'least = "critical"\n', True),
    ],
)
def test_who_hears_is_what_rule_and_channel_say(
    weeks: Start, hook: Hook, rule: str, channel: str, hears: bool
) -> None:
    """All channels unless some are named; none of less severity than it wants."""
    watched = weeks(ONE + rule + hooked(hook, channel))
    watched.week(a="fail")
    assert bool(occasion(watched)) is hears
    assert bool(hook.posts) is hears


def test_mail_arrives(weeks: Start, mailbox: Mailbox) -> None:
    """By a real mail server, as text, and names that look like scripts or like lines stay what they are."""
    watched = weeks(f'{ONE}[channels.mail]\nurl = "{mailbox.url}"\n')
    watched.look(drift("<script>alert(1)</script>"), drift("a\r\nBcc: all@example.org\r\n\r\nall is well"))
    assert [(each.ok, each.error) for each in occasion(watched)] == [(True, "")]
    (mail,) = mailbox.mails
    assert mail["Subject"] == "[warning] shop: drift of delay fires"
    assert (mail["To"], mail["Bcc"]) == ("duty@example.org", None)
    (part,) = [part for part in mail.walk() if not part.is_multipart()]
    assert part.get_content_type() == "text/plain"
    text = part.get_content()
    assert "drift <script>alert(1)</script>: 0.4" in text
    assert "drift a\\r\\nBcc: all@\u200bexample.org\\r\\n\\r\\nall is well: 0.4" in text


def test_a_mail_that_is_asked_for_as_a_page_shows_names_as_text(weeks: Start, mailbox: Mailbox) -> None:
    """What looks like a script is escaped."""
    watched = weeks(f'{ONE}[channels.mail]\nurl = "{mailbox.url}&format=html"\n')
    watched.look(drift("<script>alert(1)</script>"), drift("<img src=x onerror=alert(1)>"))
    assert [each.ok for each in occasion(watched)] == [True]
    pages = [part for part in mailbox.mails[0].walk() if part.get_content_type() == "text/html"]
    assert len(pages) == 1
    page = pages[0].get_content()
    assert "&lt;script&gt;" in page.replace("&nbsp;", " ")
    assert "<script" not in page
    assert "<img" not in page


def test_names_in_a_webhook_are_text_of_one_line(weeks: Start, hook: Hook) -> None:
    """They cannot add lines, call everybody, or go on for ever."""
    watched = weeks(ONE + hooked(hook))
    watched.look(drift("@everyone"), drift("a\n\nAll is well."), drift("\x1b[2J"), drift("x" * 10_000))
    occasion(watched)
    message = hook.posts[0]["message"]
    assert "@everyone" not in message
    assert "drift a\\n\\nAll is well.: 0.4" in message
    assert "\x1b" not in message
    assert max(map(len, message.splitlines())) < 300


def test_secrets_are_taken_by_reference_and_never_recorded(
    weeks: Start, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of the address or all of it; a refusal that would repeat it does not."""
    monkeypatch.setenv("WORKBENCH_SECRET_HOOK", hook.url)
    watched = weeks(f'{ONE}[channels.hook]\nurl = "secret:HOOK"\n')
    watched.week(a="fail")
    assert [each.ok for each in occasion(watched)] == [True]
    monkeypatch.setenv("WORKBENCH_SECRET_HOOK", "jsn://hunter2")
    watched.week(a="pass")
    (refused,) = occasion(watched)
    assert "did you mean json://?" in refused.error
    assert not any("hunter2" in str(event.data) for event in watched.ledger.read(f"alert/{MODEL}"))
    monkeypatch.delenv("WORKBENCH_SECRET_HOOK")
    (refused,) = occasion(watched)
    assert "'HOOK' is not set" in refused.error


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("jsn://127.0.0.1", "did you mean json://?"),
        ("qqqqqqqqq://127.0.0.1", "knows no service qqqqqqqqq://"),
        ("slack://abc", "An invalid Slack (second) Token"),
        ("json://", "no complete address of json://"),
        ("json://{dead}", "Connection error"),
    ],
)
def test_a_trial_tells_why_it_failed(weeks: Start, url: str, why: str) -> None:
    """No such service, no complete address, nobody there: one line each, and nothing recorded."""
    address = url.format(dead=f"127.0.0.1:{unused_port()}")
    watched = weeks(f'[channels.odd]\nurl = "{address}"\n')
    tried = try_channel(watched.project, "odd")
    assert not tried.ok
    assert why in tried.error
    assert "\n" not in tried.error
    assert watched.ledger.head().position == 0


def test_a_channel_that_never_answers_is_given_up_and_holds_no_other_up(weeks: Start, hook: Hook) -> None:
    """It takes the connection and says nothing; the others have heard by then."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"json://127.0.0.1:{silent.getsockname()[1]}/?rto=0.2"
        watched = weeks(f'{ONE}[channels.silent]\nurl = "{url}"\n{hooked(hook)}')
        watched.week(a="fail")
        assert {each.channel: each.ok for each in occasion(watched)} == {"silent": False, "hook": True}


def test_a_secret_that_is_written_down_is_told_of(
    weeks: Start, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of the address that Apprise holds to be private; by reference it is none."""
    monkeypatch.setenv("WORKBENCH_SECRET_WORD", "hunter2")
    address = hook.url.replace("json://", "json://duty:{word}@")
    written = address.format(word="secret:WORD")
    watched = weeks(f'[channels.hook]\nurl = "{written}"\n')
    assert exposed(watched.project.config.channels["hook"], watched.project.root) == ()
    bare = watched.project.config.channels["hook"].model_copy(update={"url": address.format(word="hunter2")})
    assert exposed(bare, watched.project.root) == ("password",)
    slack = bare.model_copy(update={"url": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general"})
    assert exposed(slack, watched.project.root) == ("token_a", "token_b", "token_c")


def test_a_trial_arrives_and_says_that_it_is_one(weeks: Start, hook: Hook) -> None:
    """Nothing is recorded: nothing has happened."""
    watched = weeks(hooked(hook))
    assert try_channel(watched.project, "hook").ok
    assert hook.titles == ["[info] shop: a trial"]
    assert watched.ledger.head().position == 0
