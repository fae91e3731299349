from __future__ import annotations

import json

import panel as pn
import pytest

from tests.insight.experiments.past import SCIENTIST, VIEWER, Past
from tests.projects import cell, notebook
from workbench.dashboards.app.components import Button, Control, MultiChoice, Table, TextInput
from workbench.dashboards.app.first import first_look
from workbench.dashboards.app.location import Location
from workbench.dashboards.views import experiments

ATTACK = "<img src=x onerror=alert(1)>"


@pytest.fixture
def attacked(past: Past) -> Past:
    """Runs whose every text is an attack on who shows it."""
    for run in ("a", "b"):
        past.run(
            run,
            {"train": {ATTACK: ATTACK, "rate": run}},
            {"train": {f"auc{ATTACK}": 0.7}},
            pipeline=f"main{ATTACK}",
            reason=ATTACK,
            actor=f"ada{ATTACK}",
        )
        past.file(run, "train", f"figures/{ATTACK}.png", b"a picture")
        past.file(run, "train", "notebook.ipynb", json.dumps(notebook(cell(ATTACK + run))))
    stages = {f"train{ATTACK}-{n}": "train" for n in range(12)}
    parameters = {name: {ATTACK: name} for name in stages}
    past.run("s", parameters, {name: {"auc": float(n)} for n, name in enumerate(stages)}, stages=stages)
    return past


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": ATTACK},
        {"columns": json.dumps([f"train/auc{ATTACK}", f"train.{ATTACK}"])},
        {"group": "by"},
        {"group": f"train.{ATTACK}"},
        {"tab": "1"},
        {"tab": "2"},
        {"tab": "2", "search": "s/"},
        {"run": "a", "stage": "train"},
        {"run": "a", "stage": "train", "show": "Figures"},
        {"run": "a", "stage": "train", "show": "Notebook"},
        {"run": "s"},
        {"run": ATTACK},
        {"compare": "a,b"},
        {"compare": "a,b", "show": "Parameters"},
        {"compare": "a,b", "show": "Metrics", "differing": "false"},
        {"compare": "a,b", "show": "Figures"},
        {"compare": "a,b", "show": "Notebook"},
        {"compare": f"a,{ATTACK}"},
        {"launch": ATTACK},
    ],
    ids=str,
)
def test_texts_of_others_are_text_on_every_view(attacked: Past, query: dict[str, str]) -> None:
    page = experiments.page(attacked.store, SCIENTIST, Location(query))
    panes = list(page.select(pn.pane.HTML))
    assert panes
    for pane in panes:
        assert "<img src=x" not in pane.object
    for control in page.select(Control):
        assert "<img src=x" not in control.markup
    assert "<img src=x" not in first_look(page)
    page.get_root()


def test_a_view_says_what_is_asked_of_it(attacked: Past) -> None:
    page = experiments.page(attacked.store, VIEWER, Location({"compare": "a,b", "show": "Notebook"}))
    said = "".join(pane.object for pane in page.select(pn.pane.HTML))
    assert 'class="plus"' in said
    assert 'class="minus"' in said


def test_who_may_not_launch_is_offered_no_form(past: Past) -> None:
    page = experiments.page(past.store, VIEWER, Location({"launch": "new"}))
    assert "Not for your role" in "".join(pane.object for pane in page.select(pn.pane.HTML))
    assert not list(page.select(Button))


def test_an_empty_project_is_told_what_to_do(past: Past) -> None:
    page = experiments.page(past.store, VIEWER, Location())
    assert "workbench run" in "".join(pane.object for pane in page.select(pn.pane.HTML))


@pytest.mark.parametrize("attempt", ["x", "-1", "9" * 9, "٣"])
def test_the_frame_takes_the_number_of_an_attempt_and_nothing_else(past: Past, attempt: str) -> None:
    with pytest.raises(Exception, match="number of an attempt"):
        experiments.notebook(past.store, VIEWER, {"run": "a", "entry": "train", "attempt": attempt})


def test_a_page_of_many_runs_is_sent_and_the_whole_is_counted_and_sorted(past: Past) -> None:
    for number in range(25):
        past.run(f"r{number:02}", None, {"train": {"auc": number / 100}})
    page = experiments.page(past.store, VIEWER, Location())
    (shown,) = page.select(Table)
    assert _runs(shown) == [f"r{number:02}" for number in range(24, 4, -1)]
    assert shown.markup.count("<tr") == 21
    assert any("25 runs" in pane.object for pane in page.select(pn.pane.HTML))
    shown.acted("sort", "train/auc", "")
    assert _runs(shown)[:2] == ["r00", "r01"]
    (search,) = (widget for widget in page.select(TextInput) if widget.label == "Search")
    search.acted("type", "auc>0.22", "")
    assert _runs(shown) == ["r23", "r24"]
    assert any("2 runs" in pane.object for pane in page.select(pn.pane.HTML))


def test_order_and_page_of_the_runs_stand_in_the_address(past: Past) -> None:
    """What a link names is what it shows, and a link that names too much shows what there is."""
    for number in range(45):
        past.run(f"r{number:02}", None, {"train": {"auc": number / 100}})
    location = Location()
    (shown,) = experiments.page(past.store, VIEWER, location).select(Table)
    shown.acted("sort", "train/auc", "")
    shown.acted("page", "1", "")
    assert location.query == {"sort": "train/auc", "page": "2"}
    (again,) = experiments.page(past.store, VIEWER, Location(location.query)).select(Table)
    assert _runs(again) == [f"r{number}" for number in range(20, 40)] == _runs(shown)
    (last,) = experiments.page(past.store, VIEWER, Location({"page": "999"})).select(Table)
    assert _runs(last) == [f"r{number:02}" for number in range(4, -1, -1)]
    shown.acted("sort", "run", "")
    assert location.query == {"sort": "run"}


def test_runs_that_are_ticked_are_offered_for_comparison(past: Past) -> None:
    for run in ("a", "b"):
        past.run(run)
    page = experiments.page(past.store, VIEWER, Location())
    (shown,) = page.select(Table)
    for place in ("0", "1"):
        shown.acted("tick", True, place)
    said = "".join(pane.object for pane in page.select(pn.pane.HTML))
    assert "./experiments?compare=b%2Ca" in said
    shown.acted("tick", False, "0")
    assert "Choose another one" in "".join(pane.object for pane in page.select(pn.pane.HTML))


def test_a_group_that_is_clicked_leaves_its_runs(past: Past) -> None:
    past.run("a", pipeline="main")
    past.run("b", pipeline="other")
    location = Location({"group": "pipeline"})
    (shown,) = experiments.page(past.store, VIEWER, location).select(Table)
    shown.acted("row", str(list(shown.value["name"]).index("other")), "")
    assert _runs(shown) == ["b"]
    assert json.loads(location.query["pipeline"]) == ["other"]


def _runs(shown: Table) -> list[str]:
    return list(shown.value["run"])


def test_a_link_names_one_and_what_is_ticked_again_stands_in_the_address(past: Past) -> None:
    """Such a link is on each card of the overview; what it names is there, and no word says otherwise."""
    past.run("a", pipeline="main")
    past.run("b", pipeline="other")
    location = Location({"pipeline": "main"})
    page = experiments.page(past.store, VIEWER, location)
    (shown,) = page.select(Table)
    assert _runs(shown) == ["a"]
    assert not location.strays
    (chosen,) = (widget for widget in page.select(MultiChoice) if widget.label == "Pipeline")
    chosen.acted("tick", False, "main")
    assert _runs(shown) == ["b", "a"]
    chosen.acted("tick", True, "main")
    assert json.loads(location.query["pipeline"]) == ["main"]


def test_no_more_runs_are_ticked_than_can_be_compared(past: Past) -> None:
    """The boxes of the others are closed, and the page says why."""
    for number in range(6):
        past.run(f"r{number}")
    page = experiments.page(past.store, VIEWER, Location())
    (shown,) = page.select(Table)
    for place in "012345":
        shown.acted("tick", True, place)
    assert (shown.markup.count(" checked"), shown.markup.count(" disabled")) == (5, 1)
    assert any("the most that can be compared" in pane.object for pane in page.select(pn.pane.HTML))
    shown.acted("tick", False, "0")
    assert (shown.markup.count(" checked"), shown.markup.count(" disabled")) == (4, 0)


def test_what_is_counted_has_nothing_after_the_point(past: Past) -> None:
    """In the columns of runs, and beside the runs that are compared."""
    past.run("a", {"train": {"n_trials": 20, "rate": 0.5}}, {"train": {"rows": 233_945.0}})
    past.run("b", {"train": {"n_trials": 5, "rate": 1}}, {"train": {"rows": 174_345.0}})
    shown = json.dumps(["train.n_trials", "train.rate"])
    (made,) = experiments.page(past.store, VIEWER, Location({"columns": shown})).select(Table)
    assert '<td class="number">20</td>' in made.markup
    assert '<td class="number">0.5000</td>' in made.markup
    page = experiments.page(past.store, VIEWER, Location({"compare": "a,b", "show": "Metrics"}))
    assert any("-59\u202f600" in pane.object for pane in page.select(pn.pane.HTML))


def test_whole_numbers_of_trials_are_shown_whole(past: Past) -> None:
    """A table of trials is text in a file: a number of trees looks like any other number there."""
    past.run("a")
    past.file("a", "train", "figures/trials.csv", "number,value,params_leaves\n0,0.5,31\n1,0.25,63\n")
    (shown,) = experiments.page(past.store, VIEWER, Location({"tab": "2"})).select(Table)
    assert '<td class="number">31</td>' in shown.markup
    assert '<td class="number">0.25000</td>' in shown.markup


def test_a_file_of_runs_says_in_which_zone_they_started(past: Past) -> None:
    """The times are those of whoever looks, and a file is read by others, elsewhere."""
    past.run("a")
    page = experiments.page(past.store, VIEWER, Location())
    (button,) = (each for each in page.select(Button) if each.label == "CSV")
    saved: list[str] = []
    button.save = lambda _name, _kind, text: saved.append(text)
    button.acted("press", "", "")
    assert saved[0].startswith("run,pipeline,outcome,started (UTC),seconds,by,why\n")
    assert ",2026-03-02 00:00," in saved[0]
