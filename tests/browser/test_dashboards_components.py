"""The components in a browser: tables, figures, what acts, frames, and the address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.attack import ATTACK
from tests.browser.living import lives
from tests.dashboards.served import Served
from tests.insight.scene import Scene

pytestmark = pytest.mark.browser

APP = f"""
import pandas as pd
import panel as pn

from workbench.dashboards.app.components import (
    Action, Column, MultiChoice, RadioButtonGroup, TextInput, block, code, crumbs, empty_state, export_button,
    facts, figure, link, shown, table
)
from workbench.dashboards.app.frames import Framed, frame
from workbench.dashboards.app.page import Page
from workbench.errors import RejectedError

ATTACK = {ATTACK!r}
names = [f"run {{n}} {{ATTACK}}" for n in range(100)]
rows = pd.DataFrame({{"name": names, "auc": [n / 100 for n in range(100)]}})
rows.loc[0, "name"] = "=HYPERLINK(1)"
done = []

def act(reason):
    if "no" in reason:
        raise RejectedError("It was refused" + ATTACK, hint="Another reason" + ATTACK)
    done.append(reason)
    return "Done: " + reason + ATTACK

def view(store, person, location):
    columns = [Column("name", "Name" + ATTACK), Column("auc", "AUC", kind="number")]
    drawn = figure(x="x" + ATTACK, y="y")
    drawn.line([1, 2, 3], [1, 4, 9], legend_label="line" + ATTACK)
    choice = RadioButtonGroup(label="Choice" + ATTACK, options=["a", "b", ATTACK])
    location.bind(choice, "choice")
    many = MultiChoice(label="Many" + ATTACK, options=["one", "two", ATTACK])
    location.bind(many, "many")
    words = TextInput(label="Words" + ATTACK)
    location.bind(words, "words")
    said = pn.Column()
    return pn.Column(
        crumbs(link("parts", "Parts" + ATTACK), ATTACK),
        block(facts([("fact" + ATTACK, ATTACK)])), code(ATTACK), empty_state(ATTACK, ATTACK, ATTACK),
        choice, many, words,
        table(rows, columns, name="runs", on_row=lambda row: said.append(block(f"row {{row}} was clicked"))),
        said,
        export_button(lambda: rows, "runs"),
        shown(drawn, title="Squares" + ATTACK, name="squares"),
        Action("Act", title="Act?" + ATTACK, consequence=lambda: "It acts" + ATTACK, act=act,
               then=lambda: said.append(block("and then"))).panel,
        frame("parts", "report", title="Report" + ATTACK, what=ATTACK),
        sizing_mode="stretch_width",
    )

def report(store, person, query):
    return Framed("<p>framed</p>" + query["what"])

page = Page("parts", "Parts", view, order=0, frames={{"report": report}})
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page of all components, each given text that attacks."""
    scene = Scene(tmp_path_factory.mktemp("parts") / "shop")
    scene.close()
    (scene.project.root / "dashboards").mkdir()
    (scene.project.root / "dashboards" / "parts.py").write_text(APP)
    made = Served(scene.project.root, scene.clock)
    yield made
    made.close()


@pytest.fixture
def parts(served: Served, page: Page) -> Page:
    """The page, opened."""
    page.goto(f"{served.url}/parts")
    expect(page.get_by_text("run 1 ").first).to_be_visible(timeout=30_000)
    return lives(page)


def test_each_component_shows_text_as_text(parts: Page) -> None:
    """Headings of columns, labels, options, legends, crumbs; nothing runs."""
    parts.locator("iframe").scroll_into_view_if_needed()
    expect(parts.frame_locator("iframe").get_by_text("framed")).to_be_visible(timeout=20_000)
    expect(parts.get_by_role("radiogroup")).to_contain_text("<img src=x")
    assert parts.evaluate("window.hit") is None
    assert parts.locator("img[src=x]").count() == 0
    assert parts.frame_locator("iframe").locator("script").count() == 0
    expect(parts.get_by_role("columnheader").first).to_contain_text("<img src=x")


def test_a_table_is_paged_and_exported_whole(parts: Page) -> None:
    """A row is told by its place in the whole; the file has all rows, and no formula."""
    expect(parts.locator("table.grid tbody tr")).to_have_count(20)
    parts.get_by_role("button", name="Page 4").click()
    parts.get_by_role("cell", name="run 77 ").click()
    expect(parts.get_by_text("row 77 was clicked")).to_be_visible(timeout=10_000)
    with parts.expect_download() as download:
        parts.get_by_role("button", name="CSV").click()
    text = Path(download.value.path()).read_text()
    assert len(text.splitlines()) == 101
    assert text.splitlines()[1].startswith("'=HYPERLINK")


@pytest.mark.parametrize(("kind", "begins"), [("PNG", b"\x89PNG"), ("SVG", b"<svg")])
def test_a_figure_is_saved(parts: Page, kind: str, begins: bytes) -> None:
    """As what the button says."""
    with parts.expect_download() as download:
        parts.get_by_role("button", name=kind).click()
    assert download.value.suggested_filename == f"squares.{kind.lower()}"
    assert Path(download.value.path()).read_bytes().startswith(begins)


def test_what_acts_names_the_consequence_and_asks_for_the_reason(parts: Page) -> None:
    """Refused, it says why and stays; done, it says so and goes."""
    parts.get_by_role("button", name="Act", exact=True).click()
    dialog = parts.get_by_role("dialog")
    expect(dialog).to_contain_text("It acts<img src=x", timeout=10_000)
    confirm = dialog.get_by_role("button", name="Act", exact=True)
    expect(confirm).to_be_disabled()
    dialog.get_by_role("textbox").first.fill("no reason")
    expect(confirm).to_be_enabled(timeout=10_000)
    confirm.click()
    expect(dialog.get_by_role("alert")).to_contain_text("It was refused<img src=x", timeout=10_000)
    dialog.get_by_role("textbox").first.fill("a good one")
    expect(confirm).to_be_enabled(timeout=10_000)
    confirm.click()
    expect(parts.get_by_text("Done: a good one<img src=x")).to_be_visible(timeout=10_000)
    expect(parts.get_by_text("and then")).to_be_visible()
    assert parts.evaluate("window.hit") is None


def test_the_address_holds_the_view(served: Served, page: Page) -> None:
    """What it says is chosen, what is chosen it says, and what it says wrongly is left aside."""
    page.goto(f"{served.url}/parts?choice=b")
    expect(page.get_by_role("radio", name="b", exact=True)).to_be_checked(timeout=30_000)
    page.get_by_role("radio", name="a", exact=True).click()
    expect(page).to_have_url(f"{served.url}/parts", timeout=10_000)
    page.goto(f"{served.url}/parts?choice=nonsense")
    expect(page.get_by_role("radio", name="a", exact=True)).to_be_checked(timeout=30_000)


def test_a_table_is_sorted_by_its_headings(parts: Page) -> None:
    """The whole of it, not the page that is shown; a screen reader is told the order."""
    heading = parts.get_by_role("columnheader", name="AUC")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending", timeout=10_000)
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending", timeout=10_000)
    expect(parts.locator("table.grid tbody tr").first).to_contain_text("run 99")


def test_several_are_chosen_and_text_is_typed_without_losing_the_place(served: Served, parts: Page) -> None:
    """The list stays open while boxes are ticked, and the caret where it is while words are told."""
    chosen = parts.locator("details.many")
    chosen.locator("summary").click()
    box = chosen.get_by_role("checkbox", name="two")
    expect(chosen.get_by_role("button", name="Clear")).not_to_be_visible()
    box.check()
    expect(chosen.get_by_role("button", name="Clear")).to_be_visible(timeout=10_000)
    expect(parts).to_have_url(re.compile("many="), timeout=10_000)
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    parts.keyboard.press("Escape")
    expect(chosen.get_by_role("checkbox", name="two")).not_to_be_visible()
    expect(chosen.locator("summary")).to_contain_text("two")
    field = parts.get_by_role("textbox", name="Words")
    field.press_sequentially("ab")
    expect(parts).to_have_url(re.compile("words=ab"), timeout=10_000)
    field.press("ArrowLeft")
    field.press_sequentially("c")
    expect(parts).to_have_url(re.compile("words=acb"), timeout=10_000)


def test_what_is_done_before_the_page_lives_is_done_when_it_does(served: Served, parts: Page) -> None:
    """The first look takes what people do to it, and nothing of it is lost."""
    page = parts
    held: list[Route] = []
    page.route("**/panel.min.js*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    page.goto(f"{served.url}/parts", wait_until="commit")
    page.locator("#first").get_by_role("button", name="Page 4").click(timeout=20_000)
    held[0].continue_()
    expect(page.get_by_text("run 77 ")).to_be_visible(timeout=30_000)
    expect(page.locator("#first")).to_have_count(0)
    assert page.evaluate("window.hit") is None
