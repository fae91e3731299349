"""`workbench schedule` in words and in JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.scheduling.shop import NIGHTLY, write_shop
from workbench.cli.main import main
from workbench.cli.schedule_report import teller
from workbench.scheduling import Claim, Started
from workbench.scheduling.crew import Ended

TRIGGER = '[triggers.monthly]\non = "time"\nevery = "30d"\ncooldown = "1d"\nbudget = 3\npipeline = "main"\n'


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a schedule and a trigger, and the current folder in it."""
    extra = f'{NIGHTLY}timezone = "America/New_York"\nparameters = {{ count.day = "{{due}}" }}\n{TRIGGER}'
    root = write_shop(tmp_path / "shop", extra)
    monkeypatch.chdir(root)
    return root


def test_the_list_shows_the_next_five_times(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the schedule's own zone, with the code that runs; triggers say what they wait for."""
    assert main(["schedule"]) == 0
    shown = capsys.readouterr().out
    assert shown.count(" 03:00 E") == 5
    assert "live" in shown
    assert "30d have passed, at most every 1d, at most 3 in 30d" in shown
    assert main(["schedule", "--json"]) == 0
    schedule, trigger = json.loads(capsys.readouterr().out)
    assert len(schedule["next"]) == 5
    assert (schedule["what"], schedule["code"], schedule["last"]) == ({"pipeline": "main"}, "live", {})
    assert (trigger["origin"], trigger["next"], trigger["trouble"]) == ("trigger", [], "")
    assert main(["schedule", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["next"] == schedule["next"]


def test_what_will_fail_is_told_before_its_time(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A parameter that the notebook does not have."""
    path = shop / "workbench.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("count.day", "count.dya"), encoding="utf-8")
    assert main(["schedule"]) == 0
    assert "! nightly will fail:" in capsys.readouterr().out


def test_people_pause_and_resume(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list says who did it."""
    assert main(["schedule", "pause", "nightly", "--reason", "holidays"]) == 0
    assert main(["schedule", "pause", "nightly"]) == 0
    assert capsys.readouterr().out == "nightly stands still.\nnightly stands still already.\n"
    assert main(["schedule"]) == 0
    assert "stands still, by" in capsys.readouterr().out
    assert main(["schedule", "resume", "nightly", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"name": "nightly", "state": "goes on", "changed": True}


def test_days_are_made_up_for(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked first, then done; runs and show tell why each run ran."""
    days = ["--from", "2013-03-01", "--until", "2013-03-01"]
    assert main(["schedule", "backfill", "nightly", *days, "--dry-run"]) == 0
    assert "2013-03-01 08:00 UTC" in capsys.readouterr().out
    assert main(["schedule", "backfill", "nightly", *days]) == 0
    why = "backfill of schedule nightly, due 2013-03-01 03:00 EST"
    assert f"{why} → main as " in capsys.readouterr().out
    assert (shop / "counted.txt").read_text(encoding="utf-8") == "2013-03-01 first\n"
    assert main(["schedule", "backfill", "nightly", *days, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["due"], document["started"], len(document["done_before"])) == ([], [], 1)
    assert main(["show", "last"]) == 0
    assert f": {why}" in capsys.readouterr().out
    assert main(["runs", "--json"]) == 0
    assert [run["because"] for run in json.loads(capsys.readouterr().out)] == [why]


def test_a_tick_without_anything_due_says_so(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words and in JSON."""
    assert main(["schedule", "tick"]) == 0
    assert capsys.readouterr().out == "Nothing is due.\n"
    assert main(["schedule", "tick", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("as_json", [False, True])
def test_the_daemons_news_are_one_line_each(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    """What was started, what ended, and what went wrong."""
    due = datetime(2013, 3, 1, 3, tzinfo=UTC)
    claim = Claim("schedule", "watch", due, "monitor", "churn", "run-1", "schedule watch, due then")
    tell = teller(as_json)
    for news in (Started(claim), Ended(claim, 0, Path("a.log")), Ended(claim, -9, Path("a.log")), "no disk"):
        tell(news)
    lines = capsys.readouterr().out.splitlines()
    if not as_json:
        assert lines == [
            "schedule watch, due then → monitor churn",
            "watch ended  (workbench show run-1)",
            "watch ended with -9: see a.log  (workbench show run-1)",
            "! no disk",
        ]
        return
    started, ended, killed, trouble = map(json.loads, lines)
    assert (started["name"], started["what"], started["outcome"]) == ("watch", {"monitor": "churn"}, None)
    assert (ended["claim"]["run"], ended["code"], killed["code"]) == ("run-1", 0, -9)
    assert trouble == {"trouble": "no disk"}


WRONG = [  # words, part of what is said
    (["pause", "nightl"], "Did you mean 'nightly'?"),
    (
        ["backfill", "nightly", "--from", "March", "--until", "2013-03-01"],
        "a day such as 2013-03-01 as --from",
    ),
    (["backfill", "monthly", "--from", "2013-03-01", "--until", "2013-03-01"], "no schedule named 'monthly'"),
    (["run", "--every", "often"], "--every: expected a duration"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_wrong_words_are_explained(
    shop: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """With exit code 2."""
    assert main(["schedule", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_project_where_nothing_happens_says_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty list is no table."""
    monkeypatch.chdir(write_shop(tmp_path / "shop"))
    assert main(["schedule"]) == 0
    shown = capsys.readouterr().out
    assert "Nothing happens by itself" in shown
    assert "[schedules.nightly]" in shown


@pytest.mark.parametrize("every", ["0s", "-5s", "5"])
def test_a_daemon_never_looks_without_a_pause(
    shop: Path, capsys: pytest.CaptureFixture[str], every: str
) -> None:
    """It would keep a core busy."""
    assert main(["schedule", "run", "--every", every]) == 2
    assert "--every: expected a duration" in capsys.readouterr().err
