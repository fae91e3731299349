"""HTML whose every value is text: the only way in which a page makes any."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import panel as pn
from markupsafe import Markup, escape

from workbench.dashboards.app.theme import STYLE


def html(template: str, /, **values: Any) -> Markup:
    """Return HTML made of a template of ours and values of anybody's.

    Args:
        template: written in the code, never data; `{name}` stands for a value.
        values: text is escaped, `Markup` is taken as it is.
    """
    return Markup(template).format(**values)  # noqa: S704 - the code's own


def joined(parts: Iterable[Any], between: str = "") -> Markup:
    """Return parts one after another, each escaped unless it is `Markup`."""
    return Markup(between).join(escape(part) for part in parts)  # noqa: S704 - the code's own


def block(
    content: Markup | str, *, classes: Iterable[str] = (), sheets: Iterable[str] = (), **settings: Any
) -> pn.pane.HTML:
    """Return a pane of HTML; plain text is escaped.

    Args:
        content: made by `html`, or text.
        classes: CSS classes of the pane itself.
        sheets: style sheets of ours, besides the one of all pages.
        settings: of the pane, such as `width`.
    """
    given = {"sizing_mode": "stretch_width", "margin": 0, **settings}
    return pn.pane.HTML(
        str(escape(content)),
        disable_math=True,
        css_classes=list(classes),
        stylesheets=[STYLE, *sheets],
        **given,
    )
