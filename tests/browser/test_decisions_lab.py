"""Decisions in a real JupyterLab: a promotion by widget stands in the ledger; a search is watched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, NotebookPage, running_lab
from tests.insight.scene import Scene
from tests.projects import notebook, write_notebook
from tests.registry.models import MODEL
from tests.widgets.judged_models import booster, ledger_of, project_with_versions
from workbench.ledger.actor import local_actor
from workbench.monitoring.finding import Check
from workbench.project import Project
from workbench.registry.model import ModelState, read_model
from workbench.registry.verdict import Verdict

pytestmark = pytest.mark.browser

DECIDE = notebook("wb.widgets.Promotion()", "pass", parameters="import workbench as wb")
MOVE = notebook(
    "threshold = wb.widgets.Threshold(model='delay')\nthreshold",
    "wb.widgets.Explain('delay/1')",
    "wb.widgets.Gates()",
    "pass",
    parameters="import workbench as wb",
)
DRIFT = notebook("drift = wb.widgets.Drift()\ndrift", "pass", parameters="import workbench as wb")
SEARCH = """import optuna, time
from IPython.display import display
tuning = wb.widgets.Tuning()
display(tuning)
def objective(trial):
    time.sleep(0.15)
    return trial.suggest_float("x", -1, 1) ** 2
optuna.create_study().optimize(objective, n_trials=25, callbacks=[tuning])"""
_PATIENCE = 60_000  # milliseconds


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose model has two versions, none of which is champion yet."""
    root = tmp_path_factory.mktemp("work") / "shop"
    project = project_with_versions(root, booster(10), booster(20))
    _weeks(project)
    for name, content in (("decide", DECIDE), ("move", MOVE), ("drift", DRIFT)):
        write_notebook(root / f"{name}.ipynb", content)
    return project


@pytest.fixture(scope="module")
def lab(shop: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of the test's own."""
    with running_lab(shop.root, tmp_path_factory.mktemp("home")) as running:
        yield running


def test_a_promotion_by_widget_appears_in_the_ledger(page: Page, lab: Lab, shop: Project) -> None:
    """Proposed, approved and rolled back with buttons, each after it has said what follows."""
    opened = NotebookPage(page, lab, "decide.ipynb")
    opened.run_cell_by_cell()
    assert opened.errors() == []
    widget = page.locator(".wb", has=page.get_by_text("Promotion", exact=True)).first
    expect(widget).to_contain_text("Nobody is champion")
    _decide(widget, "Propose", "until somebody approves it", "better on every slice")
    expect(widget).to_contain_text("waits to become champion")
    (asked,) = _state(shop).pending
    assert (asked.version, asked.reason, asked.actor) == (2, "better on every slice", local_actor())
    _decide(widget, "Approve", "will answer all callers", "agreed")
    expect(widget).to_contain_text("Version 2, the champion, answers all callers")
    move = _state(shop).moves[-1]
    assert (move.after, move.actor, move.reason) == (2, local_actor(), "agreed")
    widget.get_by_label("Version", exact=True).select_option(label="1 (✓ pass)")
    _decide(widget, "Promote", "Version 1, the new champion", "to try the way back")
    _decide(widget, "Roll back", "Version 2, the new champion", "callers complain")
    expect(widget).to_contain_text("Version 2, the champion, answers all callers")
    state = _state(shop)
    assert (state.champion, state.moves[-1].why, state.moves[-1].actor) == (2, "rollback", local_actor())


def test_an_operating_point_and_a_what_if_are_moved_and_a_search_is_watched(page: Page, lab: Lab) -> None:
    """The slider moves the trait, another value the answer; gates unfold; a running cell's widget grows."""
    opened = NotebookPage(page, lab, "move.ipynb")
    opened.run_cell_by_cell()
    assert opened.errors() == []
    threshold = page.locator(".wb", has=page.get_by_text("Where to act", exact=True)).first
    before = float(opened.execute("print(threshold.value)"))
    handle = threshold.locator(".noUi-handle").first
    handle.focus()
    for _ in range(5):
        handle.press("ArrowRight")
    expect(threshold.locator("input[type=number]").first).not_to_have_value(str(before))
    assert float(opened.execute("print(threshold.value)")) > before
    explain = page.locator(".wb", has=page.get_by_text("What this answer rests on", exact=True)).first
    explain.scroll_into_view_if_needed()
    explain.get_by_label("What if").select_option(label="carrier")
    names = explain.locator("select").nth(1)
    names.select_option(label="DL" if names.input_value() != "DL" else "AA")
    expect(explain).to_contain_text("from 0.")
    gates = page.locator(".wb", has=page.get_by_text("Gates", exact=True)).first
    gates.locator("summary", has_text="quality").click()
    expect(gates.get_by_text("at least 0.7").first).to_be_visible()
    _watch_a_search(page, opened)


def test_a_cell_of_the_map_of_drift_is_clicked(page: Page, lab: Lab) -> None:
    """Its column and its window are looked into."""
    opened = NotebookPage(page, lab, "drift.ipynb")
    opened.run_cell_by_cell()
    assert opened.errors() == []
    widget = page.locator(".wb", has=page.get_by_text("Drift of delay", exact=True)).first
    expect(widget).to_contain_text("carrier, 9 Mar 2026")
    widget.locator("rect[data-place='1:1']").click()
    expect(widget).to_contain_text("distance, 2 Mar 2026")
    told = opened.execute("print(drift.feature, drift.window == drift.map.windows[1].position)")
    assert told.split() == ["distance", "True"]


def _weeks(project: Project) -> None:
    """Write three weeks of two columns, one of which drifted in the last."""
    scene = Scene(project.root, project=project)
    for week in range(3):
        moved = Verdict.FAIL if week == 2 else Verdict.PASS
        found = [
            Check("drift", "carrier", moved, value=0.3, limit=0.1),
            Check("drift", "distance", Verdict.PASS),
        ]
        scene.window(*found)
        scene.clock.advance(timedelta(days=7))
    scene.close()


def _watch_a_search(page: Page, opened: NotebookPage) -> None:
    """Begin a search, and see its widget change while its cell still runs."""
    opened.begin(SEARCH)
    widget = page.locator(".wb", has=page.get_by_text("Search of parameters", exact=True)).first
    expect(widget).to_contain_text("going on", timeout=_PATIENCE)
    assert page.locator(".jp-InputPrompt", has_text="[*]").count()
    expect(widget).to_contain_text("25 trials: 25 complete", timeout=_PATIENCE)
    assert opened.errors() == []


def _decide(widget: Locator, label: str, follows: str, reason: str) -> None:
    """Press a button, read what follows, give the reason, and say yes."""
    box = widget.locator(".wb-confirm", has=widget.page.get_by_role("button", name=label, exact=True)).first
    box.get_by_role("button", name=label, exact=True).click()
    expect(box).to_contain_text(follows)
    sure = box.get_by_role("button", name=f"Yes: {label.lower()}")
    expect(sure).to_be_disabled()
    box.get_by_label("Reason").fill(reason)
    sure.click()
    expect(sure).to_be_hidden()


def _state(project: Project) -> ModelState:
    with ledger_of(project) as ledger:
        return read_model(ledger, MODEL)
