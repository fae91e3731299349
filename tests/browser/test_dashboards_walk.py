"""A walk through the dashboards before a real service: every page, every link, a decision that callers meet.

On a small project it takes seconds; under `make soak` it is walked on the year of `make demo` as well, which
is made anew or taken, as a copy, from the folder that WORKBENCH_YEAR names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.living import lives
from tests.dashboards.served import Served
from tests.insight.scene import Scene
from tests.registry.models import MODEL
from tests.serving.server.project import ROW, Shop
from tests.serving.server.service import Service, rows, until
from workbench.access import Role, set_password, set_role
from workbench.clock import SystemClock
from workbench.errors import WorkbenchError
from workbench.ledger import open_ledger
from workbench.monitoring.finding import Check
from workbench.project import load_project
from workbench.registry.model import read_model
from workbench.registry.proposal import propose
from workbench.registry.verdict import Verdict
from workbench.rehearsal.place import clock_of

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
PEOPLE = {"vic": Role.VIEWER, "ann": Role.APPROVER, "oda": Role.OPERATOR}
LINKS = """() => {
  const found = []
  const walk = node => {
    for (const link of node.querySelectorAll("a[href^='./']")) found.push(link.getAttribute("href"))
    for (const each of node.querySelectorAll("*")) if (each.shadowRoot) walk(each.shadowRoot)
  }
  walk(document)
  return [...new Set(found)].filter(href => !href.includes("logout"))
}"""

WORDS = """() => {
  const said = []
  const walk = node => {
    for (const each of node.childNodes) {
      if (each.nodeType === 3) said.push(each.data.trim())
      if (!["STYLE", "SCRIPT", "TEMPLATE"].includes(each.nodeName)) walk(each)
    }
    if (node.shadowRoot) walk(node.shadowRoot)
  }
  walk(document.querySelector("#live") || document.body)
  return said.filter(text => text).join(" ")
}"""


@dataclass(frozen=True)
class Walk:
    """What is walked: a project whose model serves, and a version that somebody asks for."""

    root: Path
    model: str
    body: bytes
    before: int
    after: int
    most: int


def _decided_by_two(root: Path, model: str, version: int) -> None:
    """Give people roles, and let somebody ask for a promotion that another one has to approve."""
    file = root / "workbench.toml"
    file.write_text(file.read_text().replace('policy = "automatic"', 'policy = "four-eyes"'))
    for name, role in PEOPLE.items():
        set_role(root, name, role)
        set_password(root / ".workbench" / "passwords", name, PASSWORD)
    project = load_project(root)
    ledger = open_ledger(project.layout.ledger_url, clock_of(root))
    propose(project, ledger, model, version, reason="better by far", actor="ada@lab")
    ledger.close()


def _small(folder: Path) -> Walk:
    """A shop with a run, a window that drifted, an alert."""
    shop = Shop(folder / "shop")
    scene = Scene(shop.root, project=shop.project)
    scene.run()
    scene.window(
        Check("drift", "carrier", Verdict.FAIL, "it moved", value=0.3, limit=0.1),
        Check("performance", "auc", Verdict.PASS, value=0.75),
    )
    scene.alert()
    scene.close()
    _decided_by_two(shop.root, MODEL, 2)
    return Walk(shop.root, MODEL, rows(ROW), before=1, after=2, most=9)


def _year(folder: Path) -> Walk:
    """A year of flights, and the best version that does not serve."""
    root, model = folder / "demo", "flight-delay"
    given = os.environ.get("WORKBENCH_YEAR")
    if given:
        shutil.copytree(given, root)
    else:
        command = [sys.executable, "-c", "import sys; from workbench.cli.main import main; sys.exit(main())"]
        subprocess.run([*command, "demo", "--in", str(root)], check=True, timeout=1800)
    project = load_project(root)
    ledger = open_ledger(project.layout.ledger_url, clock_of(root))
    state = read_model(ledger, model)
    ledger.close()
    assert state.champion is not None
    example = root / state.find(state.champion).output["uri"] / "serving_input_example.json"
    asked = json.loads(example.read_text(), parse_constant=lambda _: None)  # MLflow's gaps are no JSON
    for version in sorted(state.versions, reverse=True):
        try:
            _decided_by_two(root, model, version)
        except WorkbenchError:
            continue
        return Walk(root, model, json.dumps(asked).encode(), before=state.champion, after=version, most=60)
    raise AssertionError("no version could be asked for")


@contextmanager
def _served(walk: Walk) -> Iterator[tuple[Served, Service]]:
    with Service(walk.root, workers=1, models=[walk.model]) as service:
        clock: Any = clock_of(walk.root)
        served = Served(walk.root, clock)
        try:
            yield served, service
        finally:
            served.close()


@pytest.mark.parametrize(
    "make", [_small, pytest.param(_year, marks=pytest.mark.soak)], ids=["a small project", "a year"]
)
def test_the_pages_are_walked_and_a_decision_is_met_by_callers(
    tmp_path: Path, browser: Browser, make: Callable[[Path], Walk]
) -> None:
    """A viewer looks at everything and may decide nothing; an approver and an operator decide."""
    if make is _year and os.environ.get("WORKBENCH_SOAK") != "1":
        pytest.skip("a year takes minutes: make soak")
    walk = make(tmp_path)
    with _served(walk) as (served, service):
        viewer = _enter(browser, served, "vic")
        seen = _follow(viewer, served, walk.most)
        assert {page.path for page in served.opened.pages} <= {href[2:].partition("?")[0] for href in seen}

        place = f"{served.url}/deployments?model={walk.model}"
        lives_at(viewer, place)
        waits = viewer.get_by_text(f"waits to become champion in place of version {walk.before}")
        expect(waits).to_be_visible(timeout=30_000)
        for name in ("Approve", "Reject", "Roll back"):
            expect(viewer.get_by_role("button", name=name, exact=True)).to_be_disabled()
        assert _answered(service, walk) == str(walk.before)

        approver = lives_at(_enter(browser, served, "ann"), place)
        expect(approver.get_by_role("button", name="Roll back", exact=True)).to_be_disabled(timeout=30_000)
        _decide(approver, "Approve", "I have looked")
        until(lambda: _answered(service, walk) == str(walk.after), f"version {walk.after}")
        expect(waits).to_have_count(0, timeout=30_000)

        operator = lives_at(_enter(browser, served, "oda"), place)
        _decide(operator, "Roll back", "callers complain")
        until(lambda: _answered(service, walk) == str(walk.before), f"version {walk.before}")
        expect(viewer.get_by_role("article", name="What serves")).to_contain_text(
            f"Version {walk.before}", timeout=30_000
        )
        for page in (viewer, approver, operator):
            page.context.close()
    ledger = open_ledger(load_project(walk.root).layout.ledger_url, SystemClock())
    moved = read_model(ledger, walk.model).moves[-2:]
    ledger.close()
    assert [(move.actor, move.after) for move in moved] == [
        ("ann@dashboards", walk.after),
        ("oda@dashboards", walk.before),
    ]


def _enter(browser: Browser, served: Served, name: str) -> Page:
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.goto(f"{served.url}/overview")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").click()
    return lives(page, 60)


def lives_at(page: Page, address: str) -> Page:
    """Go somewhere, and wait until the page lives."""
    page.goto(address)
    return lives(page, 60)


def _follow(page: Page, served: Served, most: int) -> list[str]:
    """Follow the links from page to page, navigation and cards first; return those that were followed."""
    todo = [f"./{each.path}" for each in served.opened.pages]
    seen: list[str] = []
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    while todo and len(seen) < most:
        href = todo.pop(0)
        seen.append(href)
        lives_at(page, f"{served.url}/{href[2:]}")
        expect(page.locator("main").get_by_role("heading").first).to_be_visible(timeout=30_000)
        for told in page.get_by_role("alert").all_inner_texts():
            assert "broke" not in told, f"{href}: {told}"
            assert "cannot" not in told, f"{href}: {told}"
        assert len(page.evaluate(WORDS)) > 60, href
        found = page.evaluate(LINKS)
        todo += [each for each in found if each not in seen and each not in todo]
        assert not broken, f"{href}: {broken}"
    return seen


def _decide(page: Page, button: str, reason: str) -> None:
    """Press a button, read what would follow, give the reason, confirm."""
    pressed = page.get_by_role("button", name=button, exact=True)
    expect(pressed).to_be_enabled(timeout=30_000)
    pressed.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("will answer", timeout=15_000)
    dialog.get_by_label("Reason, for the record").fill(reason)
    sure = dialog.get_by_role("button", name=button, exact=True)
    expect(sure).to_be_enabled(timeout=10_000)
    sure.click()
    expect(dialog).to_have_count(0, timeout=30_000)


def _answered(service: Service, walk: Walk) -> str:
    """Return which version answers."""
    return service.ask("POST", "/invocations", walk.body).headers["x-model-version"]
