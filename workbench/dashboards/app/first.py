"""A first look: a page's content as plain markup, in the page itself before any script has run.

What is made of markup looks as it will; a widget of another library or a figure is a grey place of its size.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components.control import Control
from workbench.dashboards.app.components.markup import html, joined
from workbench.dashboards.app.theme import STYLE

_SPACE = 10  # pixels around what says nothing of its margin
_FIELD = 50  # pixels of a widget that says nothing of its height


def first_look(shown: Any) -> Markup:
    """Return what a page's content looks like, with all that it holds."""
    if not getattr(shown, "visible", True):
        return Markup("")
    if isinstance(shown, Control):
        return html(
            '<div data-control="{key}" style="{style}">{markup}</div>',
            key=shown.key,
            style=_style(shown),
            markup=Markup(shown.markup),  # noqa: S704 - made by `html`
        )
    if isinstance(shown, pn.pane.HTML):
        sheets = (html("<style>{css}</style>", css=Markup(css)) for css in _own_sheets(shown))  # noqa: S704
        return html(
            '<div style="{style}">{sheets}{content}</div>',
            style=_style(shown),
            sheets=joined(sheets),
            content=Markup(shown.object or ""),  # noqa: S704 - made by `html`
        )
    if isinstance(shown, pn.Spacer):
        return html('<div style="{style}"></div>', style=_style(shown))
    if isinstance(shown, pn.layout.base.ListLike) and not hasattr(shown, "_esm_base"):
        return html(
            '<div style="{style}{flow}">{parts}</div>',
            style=_style(shown),
            flow=_flow(shown),
            parts=joined(map(first_look, shown.objects)),
        )
    return html(
        '<div class="later" aria-hidden="true" style="{style}min-height:{height}px"></div>',
        style=_style(shown),
        height=_height(shown),
    )


def _flow(shown: Any) -> str:
    if isinstance(shown, pn.Row):
        return "display:flex;"
    if isinstance(shown, pn.FlexBox):
        gap = f"gap:{shown.gap};" if shown.gap else ""
        return f"display:flex;flex-wrap:wrap;align-items:{shown.align_items};{gap}"
    return "display:flex;flex-direction:column;"


def _style(shown: Any) -> str:
    parts = [f"margin:{_edges(shown.margin)};"]
    is_wide = shown.sizing_mode in ("stretch_width", "stretch_both", "scale_width")
    if is_wide:
        parts.append("flex:1 1 0px;min-width:0;" if shown.min_width is None else "flex:1 1 0px;")
    for name, value in (
        ("width", None if is_wide else shown.width),
        ("min-width", shown.min_width),
        ("max-width", shown.max_width),
        ("height", shown.height),
    ):
        if isinstance(value, int | float):
            parts.append(f"{name}:{value}px;")
    parts += [f"{name}:{value};" for name, value in (shown.styles or {}).items()]
    return "".join(parts)


def _edges(margin: Any) -> str:
    edges = margin if isinstance(margin, tuple) else (_SPACE if margin is None else margin,)
    return " ".join(f"{edge}px" for edge in edges)


def _height(shown: Any) -> int:
    drawn = getattr(shown, "object", None)
    given = shown.height or getattr(drawn, "height", None) or _FIELD
    return int(given)


def _own_sheets(shown: pn.pane.HTML) -> Iterable[str]:
    """Return the style sheets that not everything has."""
    return [sheet for sheet in shown.stylesheets if isinstance(sheet, str) and sheet != STYLE]
