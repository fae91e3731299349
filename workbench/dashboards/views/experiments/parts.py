"""What the views of experiments share: their style, tables of markup, and ids that lead to a run."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import block, html, joined, link

PAGE = "experiments"
"""The path of the page."""

SEARCHES = 2
"""The place of the tab of searches."""


@cache
def sheet(name: str) -> str:
    """Return one of our style sheets."""
    return (Path(__file__).parent / f"{name}.css").read_text(encoding="utf-8")


def styled(content: Markup) -> pn.pane.HTML:
    """Return markup as a block with the style of these views."""
    return block(content, sheets=(sheet("style"),))


def run_link(run: str, text: str | Markup = "") -> Markup:
    """Return a link to a run's page."""
    return link(PAGE, text or run, run=run)


def cells(kind: str, values: Iterable[Any], classes: str = "") -> Markup:
    """Return cells of a row, `th` or `td`."""
    template = f'<{kind} class="{{classes}}">{{value}}</{kind}>'
    return joined(html(template, value=value, classes=classes) for value in values)


def side_table(head: Sequence[Any], rows: Iterable[Markup], *, name: str) -> Markup:
    """Return a table whose rows are made of `cells`."""
    return html(
        '<div class="scroll"><table class="side" aria-label="{name}"><thead><tr>{head}</tr></thead>'
        "<tbody>{rows}</tbody></table></div>",
        name=name,
        head=cells("th", head),
        rows=joined(rows),
    )


def picture(content: bytes, name: str) -> Markup:
    """Return a PNG as a figure with its name."""
    data = base64.b64encode(content).decode()
    return html(
        '<figure><figcaption>{name}</figcaption><img alt="{name}" src="data:image/png;base64,{data}">'
        "</figure>",
        name=name,
        data=data,
    )


def figures(found: Iterable[tuple[str, bytes]]) -> pn.pane.HTML:
    """Return PNGs in a grid, by name."""
    shown = joined(picture(content, name) for name, content in found)
    return styled(html('<div class="figures">{shown}</div>', shown=shown))


def stage_link(run: str, stage: str) -> Markup:
    """Return a link to a stage on its run's page."""
    return link(PAGE, stage, run=run, stage=stage)


def search_link(run: str, entry: str, text: str) -> Markup:
    """Return a link to a search."""
    return link(PAGE, text, tab=SEARCHES, search=f"{run}/{entry}")
