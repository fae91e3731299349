"""What an alert says of why it fires."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.monitoring.alerts.weeks import WEEK, Weeks, drift, report, write_rules
from tests.projects import notebook, write_project
from tests.registry.models import GATES, Runs
from workbench.clock import ManualClock
from workbench.ledger import Ledger, open_ledger
from workbench.monitoring.alerts import consider
from workbench.monitoring.finding import Check
from workbench.project import load_project
from workbench.registry.verdict import Verdict
from workbench.workspace import open_workspace

Start = Callable[[str], Weeks]
RULE = '[alerts.worse]\nmodel = "delay"\non = ["performance", "drift"]\n'
JUDGED = """
[stages.evaluate]
notebook = "train.ipynb"
inputs = ["candidate", "delay@champion"]
[stages.promote]
notebook = "train.ipynb"
inputs = ["candidate"]
"""


def metric(name: str, value: float | None, limit: float, verdict: str = "fail") -> Check:
    """Return what a metric was found to be."""
    return Check("performance", name, Verdict(verdict), "", value, limit=limit)


def test_the_worst_comes_first_on_either_side_of_its_limit(weeks: Start) -> None:
    """A share that is too great, a score that is too small; slices apart; without evidence."""
    watched = weeks(RULE)
    found = [
        metric("auc", 0.6, 0.7),
        metric("log_loss", 0.9, 0.3),
        metric("carrier=AA auc", 0.5, 0.65),
        metric("carrier=UA auc", 0.1, 0.65),
        metric("brier", None, 0.2),
        drift("temp", value=0.8, evidence={"histogram": [1, 2, 3]}),
        drift("wind", value=0.0),
        drift("dew", "pass"),
    ]
    (change,) = watched.look(*found)
    cause = change.alert.cause
    assert [check["name"] for check in cause["features"]] == ["temp", "log_loss", "auc", "brier", "wind"]
    assert [check["name"] for check in cause["slices"]] == ["carrier=UA auc", "carrier=AA auc"]
    assert not any("evidence" in check for check in change.alert.checks)
    assert len(change.alert.checks) == 7


def test_what_has_drifted_since_the_last_good_window_is_named(weeks: Start) -> None:
    """Also by an alert that is not about drift; what had drifted before is no news."""
    watched = weeks('[alerts.worse]\nmodel = "delay"\non = ["performance"]\nwindows = 2\n')
    good = watched.clock.now()
    watched.look(drift("old"), drift("new", "pass"), metric("auc", 0.8, 0.7, "pass"), run="run-1")
    watched.look(drift("old"), drift("new"), metric("auc", 0.6, 0.7), run="run-2")
    (change,) = watched.look(drift("old"), drift("new"), drift("newer"), metric("auc", 0.5, 0.7))
    assert change.alert.cause["drifted"] == ["new", "newer"]
    assert change.alert.cause["good"] == {
        "since": good.isoformat(),
        "until": (good + WEEK).isoformat(),
        "run": "run-1",
    }


def test_where_no_window_was_ever_good_that_is_said(weeks: Start) -> None:
    """Then what happened since the first failure counts."""
    watched = weeks(RULE)
    (change,) = watched.look(drift("temp"))
    assert (change.alert.cause["good"], change.alert.cause["notebook"]) == (None, "")
    assert change.alert.cause["changes"] == []


def test_promotions_since_the_last_good_window_are_told(tmp_path: Path, clock: ManualClock) -> None:
    """Who became champion meanwhile, by whom; not who became it before."""
    rules = f'promotion = {{ policy = "automatic" }}\n{GATES}{JUDGED}{RULE}'
    project = write_rules(tmp_path / "shop", rules)
    ledger = open_ledger(project.layout.ledger_url, clock)
    runs, watched = Runs(project, ledger), Weeks(project, ledger, clock)
    runs.champion("one")
    clock.advance(timedelta(hours=1))
    watched.week(temp="pass")
    clock.advance(timedelta(days=1))
    runs.champion("two")
    (change,) = watched.look(drift("temp"))
    changes = change.alert.cause["changes"]
    assert [(each["what"], each["by"]) for each in changes] == [
        ("version 2 became champion in place of version 1 (promotion)", "ada@lab")
    ]
    ledger.close()


MAKE = notebook(
    "import workbench as wb\nstage = wb.stage('make')",
    'import pandas as pd\nstage.save("table", pd.DataFrame({"n": range(rows)}))',
    parameters="rows: int = 3",
)
MODELS = '\n[models.delay]\ntask = "binary"\ntarget = "late"\nmetric = "auc"\ntrained_by = "make"\n'


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project that makes a table."""
    return write_project(
        tmp_path / "shop", {"make": {"notebook": MAKE, "outputs": ["table"]}}, extra=MODELS + RULE
    )


@pytest.fixture
def kept(shop: Path, clock: ManualClock) -> Iterator[Ledger]:
    """The project's ledger, in project time."""
    opened = open_ledger(load_project(shop).layout.ledger_url, clock)
    yield opened
    opened.close()


def test_new_data_and_the_notebook_that_looked_are_named(
    shop: Path, kept: Ledger, clock: ManualClock
) -> None:
    """By real runs: a version that was there before is no news, the next one is."""
    watched = Weeks(load_project(shop), kept, clock)
    with open_workspace(shop, clock=clock) as workspace:
        assert workspace.run().outcome == "succeeded"
        clock.advance(timedelta(hours=1))
        watched.week(temp="pass")
        clock.advance(timedelta(days=1))
        run = workspace.run(overrides={"make": {"rows": "4"}}).run
        (change,) = watched.look(drift("temp"), run=run)
    cause = change.alert.cause
    assert [each["what"] for each in cause["changes"]] == [f"dataset table got version 2 by run {run}"]
    assert (shop / cause["notebook"]).is_file()
    assert cause["notebook"].endswith("notebook.ipynb")


def test_what_is_no_number_is_left_out(weeks: Start) -> None:
    """The ledger holds finite numbers only, and an alert is more than one number."""
    watched = weeks(RULE)
    watched.clock.advance(WEEK)
    now = watched.clock.now()
    found = report(now, metric("auc", float("nan"), 0.7), metric("brier", 0.3, float("inf")))
    (change,) = consider(watched.project, watched.ledger, found, run="", now=now)
    assert [("value" in check, "limit" in check) for check in change.alert.checks] == [
        (False, True),
        (True, False),
    ]
