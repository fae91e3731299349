"""The frame around a widget, and blocks of words in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets
from markupsafe import Markup, escape

from workbench.errors import WorkbenchError
from workbench.widgets.parts.text import html, joined

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def block(content: Markup | str = "", *classes: str) -> ipywidgets.HTML:
    """Return a block of HTML; plain text is escaped. Give its `value` only what `html` made."""
    made = ipywidgets.HTML(str(escape(content)))
    for name in ("wb-block", *classes):
        made.add_class(name)
    return made


def frame(*children: Any, title: str = "") -> ipywidgets.VBox:
    """Return a whole widget: its style, its title, and what it is made of, one below the other."""
    style = block(html("<style>{style}</style>", style=Markup(STYLE)), "wb-style")  # noqa: S704 - our own
    heading = [block(html('<div class="wb-title" role="heading" aria-level="3">{title}</div>', title=title))]
    made = ipywidgets.VBox([style, *(heading if title else []), *children])
    made.add_class("wb")
    return made


def notice(error: BaseException | str, tone: str = "bad") -> Markup:
    """Return what went wrong, or what deserves attention, in a sentence and what to do about it.

    Args:
        error: an error of ours, any other, or words.
        tone: `bad`, `warn`, `good` or `quiet`.
    """
    if isinstance(error, WorkbenchError):
        said, hint = error.message, error.hint
    elif isinstance(error, BaseException):
        said, hint = f"This did not work: {error or type(error).__name__}.", ""
    else:
        said, hint = error, ""
    more = [html('<div class="wb-hint">{hint}</div>', hint=hint)] if hint else []
    return html(
        '<div class="wb-notice wb-{tone}" role="{role}">{said}{more}</div>',
        tone=tone,
        role="alert" if tone == "bad" else "status",
        said=said,
        more=joined(more),
    )
