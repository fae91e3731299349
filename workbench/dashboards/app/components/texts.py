"""Headings, sentences and lists, of text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components.markup import block, html, joined


def heading(text: str, *, level: int = 2, note: str = "") -> pn.pane.HTML:
    """Return a heading, from level 1 (the page's own) to 4, with a quieter note beside it."""
    beside = html('<span class="note">{note}</span>', note=note) if note else ""
    template = f"<h{level}>{{text}}{{beside}}</h{level}>"
    return block(html(template, text=text, beside=beside))


def paragraph(text: str | Markup, *, quiet: bool = False) -> pn.pane.HTML:
    """Return a paragraph."""
    return block(html('<p class="{tone}">{text}</p>', tone="quiet" if quiet else "", text=text))


def code(text: str) -> pn.pane.HTML:
    """Return text as it is typed, with its line breaks."""
    return block(html("<pre>{text}</pre>", text=text))


def crumbs(*steps: str | Markup) -> pn.pane.HTML:
    """Return the way to what is shown, the last step being it: `crumbs(link("experiments", "Runs"), run)`."""
    items = (html("<li>{step}</li>", step=step) for step in steps)
    return block(
        html('<nav aria-label="Where this is"><ol class="crumbs">{items}</ol></nav>', items=joined(items))
    )


def facts(pairs: Iterable[tuple[str, Any]]) -> Markup:
    """Return a list of names and what they are: text or markup."""
    rows = (html("<div><dt>{name}</dt><dd>{value}</dd></div>", name=n, value=v) for n, v in pairs)
    return html('<dl class="facts">{rows}</dl>', rows=joined(rows))
