"""What people do on the pages of the dashboards, each step until what it does is to be seen.

Each is a generator: what stands before its first `yield` is not timed; a second one gives the moment when it
was to be seen, where the browser tells that itself. It is done again and again, so it looks at the number of
the round to do something else than before.

What is waited for is looked for in every frame that the browser draws: `expect` looks again after a tenth,
a quarter and half a second, and would add as much to what it times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Locator, Page, expect

PAGES = ("overview", "experiments", "drift", "deployments")
CONTENT = {
    "overview": "article.card",
    "experiments": "table.grid tbody tr",
    "drift": "dl.glance",
    "deployments": "article",
}
"""What a viewer came for, by page."""

Act = Callable[[Page, int], Iterator[float | None]]


_SEEN = """([css, text, but]) => {
  const deep = (root, found = []) => {
    found.push(...root.querySelectorAll(css))
    for (const node of root.querySelectorAll("*")) if (node.shadowRoot) deep(node.shadowRoot, found)
    return found
  }
  const words = new RegExp(text), drawn = {visibilityProperty: true}
  return deep(document).some(node =>
    node.checkVisibility(drawn) && words.test(node.innerText) && (but === null || node.innerText !== but))
}"""


_PAINTED = """() => {
  const of = name => performance.getEntriesByName(name)[0]
  const painted = of("first-contentful-paint"), made = of("workbench first")
  return Boolean(painted && made) && performance.timeOrigin + Math.max(painted.startTime, made.startTime)
}"""


def painted(page: Page) -> float:
    """Return when the browser painted a page's content first, in seconds since 1970.

    The scripts of a page keep everybody from asking it for a while who does not ask the browser's own record.
    """
    found: float = page.wait_for_function(_PAINTED, timeout=30_000).json_value()
    return found / 1000


def _seen(page: Page, css: str, text: str = "", *, but: str | None = None) -> None:
    """Wait until something is drawn, wherever on the page.

    Args:
        page: of the browser.
        css: a selector.
        text: an expression that its text matches.
        but: the text that it must not have any more.
    """
    page.wait_for_function(_SEEN, arg=[css, text, but], polling="raf", timeout=30_000)


def _field(page: Page, label: str) -> Locator:
    """Return the list below a label; what it offers belongs to the label's text."""
    return page.locator("label.field", has_text=re.compile(f"^{label}")).locator("select")


def _sort(page: Page, number: int) -> Iterator[float | None]:
    heading = page.get_by_role("columnheader", name="auc").first
    yield None
    heading.get_by_role("button").click()
    order = "descending" if number % 2 else "ascending"
    _seen(page, f"th[aria-sort={order}]", "auc")


def _turn(page: Page, number: int) -> Iterator[float | None]:
    button = page.get_by_role("button", name=f"Page {2 if number % 2 else 3}", exact=True)
    yield None
    button.click()
    _seen(page, "nav.pages button[aria-current=page]", f"^{2 if number % 2 else 3}$")


def _search(page: Page, number: int) -> Iterator[float | None]:
    field = page.get_by_label("Search")
    before = page.locator("div.picked b").first.inner_text()
    yield None
    field.fill(f"train auc>0.7{number % 7}")
    field.press("Enter")
    _seen(page, "div.picked b", but=before)


def _outcome(page: Page, number: int) -> Iterator[float | None]:
    chosen = page.locator("details.many", has=page.locator("summary[aria-label^=Outcome]"))
    if not chosen.get_by_role("checkbox").first.is_visible():
        chosen.locator("summary").click()
    before = page.locator("div.picked b").first.inner_text()
    del number
    yield None
    chosen.get_by_role("checkbox", name="failed").click()
    _seen(page, "div.picked b", but=before)


def _group(page: Page, number: int) -> Iterator[float | None]:
    yield None
    page.get_by_label("Group by").select_option(label=("pipeline", "week", "train.objective")[number % 3])
    _seen(page, "table.grid th:first-child", re.escape(("pipeline", "week", "train.objective")[number % 3]))


def _over_time(page: Page, number: int) -> Iterator[float | None]:
    page.get_by_role("tab", name="Runs").click()
    expect(page.locator("table.grid")).to_be_visible()
    del number
    yield None
    page.get_by_role("tab", name="Over time").click()
    _seen(page, "canvas")


def _metric(page: Page, number: int) -> Iterator[float | None]:
    name = ("train/brier", "train/log_loss")[number % 2]
    yield None
    page.get_by_label("Metric").select_option(label=name)
    _seen(page, "h3", f"^{name} over time")


def _open(page: Page, number: int) -> Iterator[float | None]:
    if number:
        page.go_back(wait_until="commit")
    page.locator("html[data-lives]").wait_for(state="attached")
    row = page.locator("table.grid tbody tr").nth(number % 5)
    row.wait_for()
    yield None
    row.get_by_role("link").click(no_wait_after=True)
    _seen(page, "h1", "^Run ")
    _seen(page, "svg.graph")
    yield painted(page)


def _stage(page: Page, number: int) -> Iterator[float | None]:
    if "run=" not in page.url:
        page.locator("table.grid tbody tr").first.get_by_role("link").click()
        page.wait_for_url(re.compile("run="), wait_until="commit")
        page.wait_for_selector("html[data-lives]", state="attached", timeout=60_000)
    name = ("evaluate", "features")[number % 2]
    yield None
    _field(page, "Stage").select_option(label=name)
    _seen(page, "h1, h2, h3", f"^{name}")


def _compare(page: Page, number: int) -> Iterator[float | None]:
    if number:
        page.go_back(wait_until="commit")
    page.locator("html[data-lives]").wait_for(state="attached")
    boxes = page.locator("table.grid tbody input")
    for place in (0, 1):
        if not boxes.nth(place).is_checked():
            boxes.nth(place).click()
    link = page.get_by_role("link", name="Compare 2 runs")
    link.wait_for()
    yield None
    link.click(no_wait_after=True)
    _seen(page, "h1, h2", "^2 runs side by side")
    yield painted(page)


def _tab(*parts: tuple[str, str, str]) -> Act:
    """Go from one part to another; each by its name, a selector of what stands in it, and its text."""

    def act(page: Page, number: int) -> Iterator[float | None]:
        name, css, text = parts[number % 2]
        head = page.get_by_role("tab", name=name)
        yield None
        head.click()
        _seen(page, "[role=tab][aria-selected=true]", f"^{name}")
        _seen(page, css, text)

    return act


def _column(page: Page, number: int) -> Iterator[float | None]:
    name = f"column_{10 + number:02}"
    yield None
    _field(page, "Column").select_option(label=name)
    _seen(page, ".told h3", f"^{name}")


def _cell(page: Page, number: int) -> Iterator[float | None]:
    page.get_by_role("heading", name="How far each column").wait_for()
    drawn = page.locator(".bk-Canvas, .bk-CanvasPanel, canvas").first
    drawn.scroll_into_view_if_needed()
    box = drawn.bounding_box()
    assert box
    before = page.locator(".told h3 + p").first.inner_text()
    yield None
    page.mouse.click(box["x"] + box["width"] * (0.4 + 0.05 * (number % 8)), box["y"] + box["height"] * 0.5)
    _seen(page, ".told h3 + p", but=before)


ACTS: dict[str, tuple[str, Act]] = {
    "experiments: sort": ("experiments", _sort),
    "experiments: turn over": ("experiments", _turn),
    "experiments: search": ("experiments", _search),
    "experiments: filter": ("experiments", _outcome),
    "experiments: group": ("experiments", _group),
    "experiments: over time": ("experiments", _over_time),
    "experiments: another metric": ("experiments?tab=1", _metric),
    "experiments: open a run": ("experiments", _open),
    "experiments: another stage": ("experiments", _stage),
    "experiments: compare two runs": ("experiments", _compare),
    "drift: choose a cell": ("drift", _cell),
    "drift: another column": ("drift", _column),
    "drift: another part": (
        "drift",
        _tab(("Map", "h3", "^How far"), ("Performance", "label.field", "^Whose")),
    ),
    "deployments: another part": (
        "deployments",
        _tab(("Versions", "h2", "^Version "), ("History", "div.field", "^Only")),
    ),
}
"""By name: where it is done, and what."""
