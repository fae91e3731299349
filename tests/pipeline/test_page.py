"""The executed notebook as a page: readable, and with nothing of the notebook's that runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.projects import cell, notebook
from workbench.pipeline.page import render_page

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<iframe src='https://example.org'></iframe>",
    "<a href='javascript:alert(1)'>here</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>here</a>",
    "<svg onload=alert(1)></svg>",
    "<style>body { display: none }</style>",
    "<form action='https://example.org'><input></form>",
]


def _page(tmp_path: Path, markdown: str, html: str) -> str:
    content = notebook(cell(markdown, kind="markdown"), "x")
    cells = content["cells"]
    assert isinstance(cells, list)
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}
    cells[-1]["outputs"] = [output]
    path = tmp_path / "notebook.ipynb"
    path.write_text(json.dumps(content))
    render_page(path, tmp_path / "notebook.html")
    page = (tmp_path / "notebook.html").read_text()
    return page[page.index("<main") :]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_in_a_notebook_can_run_in_the_page(hostile: str, tmp_path: Path) -> None:
    """Neither in text nor in an output."""
    for page in (_page(tmp_path, hostile, "fine"), _page(tmp_path, "fine", hostile)):
        for mark in (
            "alert(1)</script>",
            "onerror",
            "onload",
            "<iframe",
            "javascript:",
            "data:text",
            "<form",
        ):
            assert mark not in page.replace("&lt;", "")


def test_headings_tables_and_pictures_stay(tmp_path: Path) -> None:
    """What a reader needs is shown as HTML, not as its source."""
    table = "<table><thead><tr><th>auc</th></tr></thead><tbody><tr><td>0.7</td></tr></tbody></table>"
    picture = "<img src='data:image/png;base64,iVBORw0KGgo='>"
    page = _page(tmp_path, "## A heading", table + picture)
    assert "<h2" in page
    assert "<th>auc</th>" in page
    assert "data:image/png" in page
