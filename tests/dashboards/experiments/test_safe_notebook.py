from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.insight.experiments.past import VIEWER, Past
from tests.projects import cell, notebook
from workbench.dashboards.app.frames import cleaned
from workbench.errors import StorageError, UnknownNameError
from workbench.insight.experiments import notebook_page

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def shown(past: Past, *cells: dict[str, Any]) -> str:
    past.run("a")
    past.file("a", "train", "notebook.ipynb", json.dumps(notebook(*cells)))
    return notebook_page(past.store, VIEWER, "a", "train")


def output(data: dict[str, Any]) -> dict[str, Any]:
    return {**cell("show()"), "outputs": [{"output_type": "display_data", "data": data, "metadata": {}}]}


@pytest.mark.parametrize(
    "given",
    [
        cell(ATTACK, kind="markdown"),
        cell(ATTACK),
        cell(ATTACK, kind="raw"),
        output({"text/html": f"<b>bold</b>{ATTACK}<iframe src=//evil></iframe><form></form>"}),
        output({"text/markdown": ATTACK}),
        output({"text/plain": ATTACK}),
        output({"image/svg+xml": f"<svg onload=alert(1)>{ATTACK}</svg>"}),
        output({"image/png": f'"{ATTACK}'}),
        output({f"application/{ATTACK}": "x"}),
        {**cell("1"), "execution_count": ATTACK},
        {**cell("1"), "outputs": [{"output_type": "stream", "name": ATTACK, "text": ATTACK}]},
        {
            **cell("1"),
            "outputs": [{"output_type": "error", "ename": ATTACK, "evalue": ATTACK, "traceback": []}],
        },
        {**cell("1"), "outputs": ["no output", None]},
    ],
    ids=range(13),
)
def test_nothing_in_a_notebook_runs_or_loads(past: Past, given: dict[str, Any]) -> None:
    page = shown(past, given)
    for made in (page, cleaned(page)):
        found = Tags(made)
        assert not found.names & {"script", "iframe", "form", "svg", "object", "embed", "style", "link"}
        assert not [name for name, _ in found.attributes if name.startswith("on")]
        assert all(value.startswith("data:image/") for name, value in found.attributes if name == "src")


class Tags(HTMLParser):
    """What a browser would make of a page: its elements, and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_what_is_harmless_is_shown(past: Past) -> None:
    page = shown(
        past,
        cell("# Heading\n\n| a | b |\n|---|---|\n| 1 | 2 |", kind="markdown"),
        {
            **cell("print(1)"),
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "\x1b[31mred\x1b[0m"}],
        },
        output({"text/html": "<table><tr><td>7</td></tr></table>"}),
        output({"image/png": "iVBORw0KGgo="}),
    )
    for expected in (
        "<h1>Heading</h1>",
        "<td>2</td>",
        ">red<",
        "<td>7</td>",
        "data:image/png;base64,iVBORw0KGgo=",
    ):
        assert expected in page


def test_a_notebook_that_is_not_here_is_said_to_be_so(past: Past) -> None:
    past.run("a")
    with pytest.raises(StorageError, match="not here"):
        notebook_page(past.store, VIEWER, "a", "train")
    with pytest.raises(UnknownNameError, match="attempt"):
        notebook_page(past.store, VIEWER, "a", "train", attempt=9)
    with pytest.raises(UnknownNameError):
        notebook_page(past.store, VIEWER, "../a", "train")
