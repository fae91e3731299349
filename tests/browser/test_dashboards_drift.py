"""The page of drift in a browser: a click on a cell explains it, alerts are answered, text stays text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.attack import ATTACK, PASSWORD
from tests.browser.living import lives
from tests.dashboards.served import Served
from tests.insight.scene import BEGIN, DAY, Scene
from tests.insight.weeks import NAMES, NUMBERS, PASS, drifted, look, metric
from tests.registry.models import MODEL
from workbench.access import Role, set_password, set_role
from workbench.dashboards.views.drift.parts import span_text
from workbench.monitoring.finding import Check

pytestmark = pytest.mark.browser

WEEK = BEGIN + 7 * DAY

_PLACE = """([column, row]) => {
  const found = []
  const walk = view => {
    if (view.model.type === "Figure") found.push(view)
    for (const child of view.child_views ?? []) walk(child)
  }
  for (const root of Bokeh.index.roots ?? Object.values(Bokeh.index)) walk(root)
  const map = found.find(view => view.model.renderers.some(one => one.glyph?.type === "Image"))
  if (map === undefined) return null
  const box = map.el.getBoundingClientRect(), frame = map.frame.bbox
  const {x_range, y_range} = map.model
  if (frame.width < 10) return null
  return [box.left + frame.left + (column - x_range.start) / (x_range.end - x_range.start) * frame.width,
          box.top + frame.bottom - (row - y_range.start) / (y_range.end - y_range.start) * frame.height]
}"""


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """Its model was looked at for a week, and every name in it attacks, too."""
    names = {**NAMES, "names": ["AA" + ATTACK, "UA", None]}
    look(
        scene,
        WEEK,
        7,
        drifted("hour", 0.4, note="it moved" + ATTACK, evidence={**NUMBERS, "p": 0.001, "rows": 840}),
        drifted("carrier" + ATTACK, 0.05, PASS, method="jensenshannon", evidence=names),
        Check("prediction_drift", "score", PASS, value=0.05, limit=0.1, version=1, evidence=dict(NUMBERS)),
        metric("auc", 0.75, limit=0.7),
        metric(f"carrier=A{ATTACK} auc", 0.65, evidence={"slice": f"carrier=A{ATTACK}", "rows": 300}),
    )
    return scene


def test_a_click_on_a_cell_shows_both_sides_and_the_address_holds_it(served: Served, page: Page) -> None:
    """The link that it leaves shows the same to somebody else."""
    page.goto(f"{served.url}/drift?feature=distance")
    expect(page.get_by_text("The last window, 2026-03-09 to 03-15")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Not asked in this window")).to_be_visible(timeout=20_000)
    page.mouse.click(*_still(page, 1.5, 2.5))
    expect(page.get_by_text("It has drifted: the score is 4 times its limit")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("heading", name="How hour is spread")).to_be_visible()
    expect(page.get_by_text("Means: 1.3 now, 0.7 in training")).to_be_visible()
    expect(page).to_have_url(re.compile("feature=hour"), timeout=20_000)
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_text("It has drifted: the score is 4 times its limit")).to_be_visible(timeout=30_000)


def test_the_figure_of_a_column_takes_the_next_windows_numbers(
    scene: Scene, served: Served, page: Page
) -> None:
    """The browser builds nothing anew; parts that wait are neither seen nor reached."""
    earlier = WEEK - 7 * DAY
    look(scene, earlier, 7, drifted("hour", 0.2, evidence={**NUMBERS, "rows": 640}))
    page.goto(f"{served.url}/drift?feature=hour")
    lives(page)
    window = page.locator("label.field", has_text=re.compile("^Window")).locator("select")
    window.select_option(label=span_text(WEEK, WEEK + 7 * DAY))
    expect(page.get_by_text("840", exact=True)).to_be_visible(timeout=15_000)
    figure = page.locator(".bk-Figure").nth(1)
    figure.evaluate("node => { node.dataset.stands = '' }")
    window.select_option(label=span_text(earlier, WEEK))
    expect(page.get_by_text("640", exact=True)).to_be_visible(timeout=15_000)
    expect(figure).to_have_attribute("data-stands", "")
    page.get_by_role("tab", name="Performance").click()
    expect(page.get_by_text("Whose")).to_be_visible(timeout=15_000)
    expect(figure).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") < 3000
    page.get_by_role("tab", name="Map").click()
    expect(figure).to_be_visible(timeout=15_000)
    expect(figure).to_have_attribute("data-stands", "")


def test_what_attacks_the_page_is_shown_as_text_in_every_part_of_it(served: Served, page: Page) -> None:
    """Names of columns, categories, notes, slices, alerts and reasons: nothing runs, nothing is loaded."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served.url}/drift?feature=carrier{ATTACK}")
    expect(page.get_by_text("How carrier<img src=x")).to_be_visible(timeout=30_000)
    for row in (0.5, 1.5, 2.5):
        page.mouse.move(*_still(page, 1.5, row))
    for tab, said in (
        ("Predictions and truths", "score, version 1"),
        ("Performance", "auc, window by window"),
        ("Slices", "carrier: slices"),
        ("Alerts", "rule drift<img src=x"),
    ):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_text(said).first).to_be_visible(timeout=15_000)
    assert page.evaluate("window.hit") is None
    assert page.locator("img[src=x]").count() == 0
    assert all(url.startswith((served.url, "data:", "blob:")) for url in asked)


def test_a_new_window_shows_by_itself(scene: Scene, served: Served, page: Page) -> None:
    """On the line above and in the map, without a reload."""
    page.goto(f"{served.url}/drift")
    expect(page.get_by_text("2 windows in all")).to_be_visible(timeout=30_000)
    _still(page, 0.5, 0.5)  # the page lives: what came before is the server's first look
    look(scene, WEEK + 7 * DAY, 7, drifted("brand new", 0.9))
    expect(page.get_by_text("3 windows in all")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("The last window, 2026-03-16 to 03-22")).to_be_visible()
    expect(page.get_by_role("table", name="Columns of the window")).to_contain_text("brand new")


def test_an_operator_acknowledges_and_a_viewer_may_not(scene: Scene, page: Page) -> None:
    """With a reason that the ledger keeps, under the person's own name."""
    root = scene.project.root
    for name, role in (("olga", Role.OPERATOR), ("eve", Role.VIEWER)):
        set_role(root, name, role)
        set_password(root / ".workbench" / "passwords", name, PASSWORD)
    served = Served(root, scene.clock)
    try:
        _sign_in(page, served, "eve")
        button = page.get_by_role("button", name="Acknowledge")
        expect(button).to_be_disabled(timeout=30_000)
        page.get_by_role("link", name="Sign out").click()
        _sign_in(page, served, "olga")
        expect(button).to_be_enabled(timeout=30_000)
        button.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Nobody is told again", timeout=20_000)
        dialog.get_by_label("Reason").fill("a storm" + ATTACK)
        dialog.get_by_role("button", name="Acknowledge").click()
        expect(page.get_by_text("drift-1 is acknowledged: olga is on it.")).to_be_visible(timeout=20_000)
        expect(page.get_by_role("article", name="drift-1")).to_contain_text("a storm<img src=x")
        event = scene.ledger.read(f"alert/{MODEL}")[-1]
        assert (event.kind, event.actor) == ("alert.acknowledged", "olga@dashboards")
        assert event.data["reason"] == "a storm" + ATTACK
        assert page.evaluate("window.hit") is None
    finally:
        served.close()


def test_evidentlys_report_is_in_a_frame_that_reaches_nothing(scene: Scene, page: Page) -> None:
    """Its scripts run, in an origin of their own."""
    run = "20260316-060000-cd34"
    look(scene, WEEK + 7 * DAY, 7, drifted("hour"), run=run)
    place = scene.project.layout.runs / run / "evidently.html"
    place.parent.mkdir(parents=True)
    reach = (
        "let said; try { said = parent.document.title } catch { said = 'alone' }; document.body.append(said)"
    )
    place.write_text(f"<body><p>drawn</p><script>{reach}</script></body>", encoding="utf-8")
    served = Served(scene.project.root, scene.clock)
    try:
        page.goto(f"{served.url}/drift?tab=5")
        inside = page.frame_locator("iframe")
        expect(inside.get_by_text("drawn")).to_be_visible(timeout=30_000)
        expect(inside.locator("body")).to_contain_text("alone")
    finally:
        served.close()


def _still(page: Page, column: float, row: float) -> tuple[float, float]:
    """Return where a place of the map is on the screen, once it stays there."""
    x, y = page.evaluate(
        f"""async where => {{
          let before = null
          for (let tries = 0; tries < 150; tries++) {{
            const place = window.Bokeh ? ({_PLACE})(where) : null
            if (place !== null && before !== null && `${{place}}` === `${{before}}`) return place
            before = place
            await new Promise(done => setTimeout(done, 200))
          }}
        }}""",
        [column, row],
    )
    return x, y


def _sign_in(page: Page, served: Served, name: str) -> None:
    page.goto(f"{served.url}/drift?alert=drift-1")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").click()
