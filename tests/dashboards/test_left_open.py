"""Pages that are left open while time goes by, runs go on, and others decide."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import panel as pn
import pytest

from tests.insight.experiments.past import SCIENTIST, VIEWER, Past, person
from tests.insight.scene import Scene
from workbench.access import Role
from workbench.dashboards.app.components import Action, Button, Live, MultiChoice, Select, Table
from workbench.dashboards.app.location import Location
from workbench.dashboards.views import deployments, drift, experiments, overview
from workbench.errors import UsageError
from workbench.insight import Store
from workbench.ledger import Append, NewEvent

APPROVER = person(Role.APPROVER)


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    made = Past(tmp_path / "shop")
    yield made
    made.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path / "models")
    made.all()
    yield made
    made.close()


@pytest.fixture
def store(scene: Scene) -> Iterator[Store]:
    made = Store(scene.project, scene.clock, every=0.0, patience=20.0)
    made.refresh()
    yield made
    made.close()


def looked(page: Any) -> str:
    """Let every part of a page look for what is new, and return what the page says."""
    for place in page.select(lambda part: isinstance(getattr(part, "_live", None), Live)):
        place._live.tick()
    return said(page)


def said(page: Any) -> str:
    return "".join(pane.object for pane in page.select(pn.pane.HTML))


def test_how_long_ago_something_was_grows_while_nothing_happens(scene: Scene, store: Store) -> None:
    """A page that is open over night does not call last evening's alert new in the morning."""
    page = overview.page(store, VIEWER, Location())
    assert "just now" in said(page)
    scene.clock.advance(timedelta(hours=9))
    told = looked(page)
    assert "just now" not in told
    assert "9\u202fh ago" in told


def test_what_serves_and_what_waits_grow_older_as_well(scene: Scene, store: Store) -> None:
    """On the page where it is decided."""
    page = deployments.page(store, APPROVER, Location({"tab": "2"}))
    assert "7\u202fd ago" in said(page)
    scene.clock.advance(timedelta(days=4))
    told = looked(page)
    assert "7\u202fd ago" not in told
    assert "11\u202fd ago" in told


def test_a_promotion_that_another_one_decided_goes_when_its_dialog_does(scene: Scene, store: Store) -> None:
    """It stays while somebody reads what would follow, and no longer."""
    page = deployments.page(store, APPROVER, Location())
    (approve,) = (each for each in page.select(Action) if each.label == "Approve")
    approve.acted("ask", "", "")
    decided = {"promotion": 1, "version": 3, "reason": "no"}
    scene.write("model/delay", "promotion.rejected", decided)
    store.catch_up()
    assert "waits to become" in looked(page)
    approve.acted("close", "", "")
    assert "waits to become" not in said(page)
    assert approve not in list(page.select(Action))


def test_what_a_run_brings_is_offered_without_a_reload(past: Past) -> None:
    """Metrics as columns, outcomes, people; the address is what it was, for nobody chose anything."""
    past.run("a", outcome=None)
    location = Location()
    page = experiments.page(past.store, VIEWER, location)
    past.run("b", {"train": {"rate": 0.1}}, {"train": {"auc": 0.7}}, actor="bob@desk")
    looked(page)
    (shown,) = page.select(Table)
    assert "auc" in [column.title for column in shown.columns]
    many = {widget.label: widget for widget in page.select(MultiChoice)}
    assert {"train/auc", "train.rate"} <= set(many["Columns"].options)
    assert "checked" in many["Columns"].markup
    assert "succeeded" in many["Outcome"].options
    assert "bob@desk" in many["By"].options
    past.run("c", None, {"train": dict.fromkeys(("a", "b"), 0.5)})
    looked(page)
    assert many["Columns"].value == ["train/a", "train/auc", "train/b"]  # as if it were opened now
    assert not location.query


def test_the_first_metric_is_drawn_when_a_run_brings_it(past: Past) -> None:
    """The page was opened before anything was measured."""
    past.run("a", outcome=None)
    location = Location({"tab": "1"})
    page = experiments.page(past.store, VIEWER, location)
    assert "Nothing was measured" in said(page)
    past.run("b", None, {"train": {"auc": 0.7}})
    assert "auc over time" in looked(page)
    (metric,) = (each for each in page.select(Select) if each.label == "Metric")
    assert metric.value == "train/auc"
    assert location.query == {"tab": "1"}


def test_the_notebook_is_fetched_anew_when_its_stage_has_ended(past: Past) -> None:
    """What the frame showed before was half of it, or that there was none."""
    past.run("a", outcome=None)
    page = experiments.page(past.store, VIEWER, Location({"run": "a", "stage": "train", "show": "Notebook"}))
    before = _framed(page)
    ended = {"entry": "train", "attempt": 1, "outcome": "succeeded", "reason": "", "seconds": 1.0}
    more: dict[str, Any] = {
        "cpu_seconds": 1.0,
        "peak_memory_bytes": 1,
        "error": None,
        "tracking_id": None,
        "metrics": {},
    }
    events = (NewEvent("attempt.ended", ended | more),)
    past.ledger.append(Append("run/a", past.ledger.version("run/a"), events), actor="ada@desk")
    past.store.catch_up()
    looked(page)
    assert _framed(page) != before


def _framed(page: Any) -> str:
    (source,) = re.findall(r'<iframe src="([^"]*)"', said(page))
    return str(source)


def test_a_second_click_that_comes_before_the_first_is_looked_after_does_nothing() -> None:
    """Whoever clicks twice confirms once."""
    done: list[str] = []

    def act(reason: str) -> str:
        done.append(reason)
        return "Done."

    action = Action("Act", title="Act?", consequence=lambda: "", act=act, needs_reason=False)
    action.acted("ask", "", "")
    first, second = action.acted("confirm", "", ""), action.acted("confirm", "", "")
    assert second is None
    asyncio.run(first)
    assert done == [""]
    assert not action.is_open


def test_what_was_refused_is_not_called_what_cannot_be_shown() -> None:
    """The dialog stays, and says that nothing was done."""

    def act(_reason: str) -> str:
        raise UsageError("Somebody else was faster.", hint="Look again.")

    action = Action("Act", title="Act?", consequence=lambda: "", act=act, needs_reason=False)
    action.acted("ask", "", "")
    asyncio.run(action.acted("confirm", "", ""))
    assert action.is_open
    assert "This was refused" in action.markup
    assert "Somebody else was faster." in action.markup


def test_a_run_is_launched_by_one_click(past: Past) -> None:
    """The button takes no other one from that moment on."""
    page = experiments.page(past.store, SCIENTIST, Location({"launch": "new"}))
    (button,) = page.select(Button)
    begun = button.acted("press", "", "")
    assert button.disabled
    begun.close()


def test_who_may_not_decide_is_told_what_it_takes(scene: Scene, store: Store) -> None:
    """In words beside the buttons, not only where a pointer rests on them: what serves, and alerts."""
    page = deployments.page(store, APPROVER, Location())
    assert "You are approver; this needs operator or more." in said(page)
    page = drift.page(store, VIEWER, Location({"alert": "drift-1"}))
    assert "Needs the role operator or more." in said(page)
