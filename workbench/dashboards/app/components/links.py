"""Links that hold a whole view."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from workbench.dashboards.app.components.markup import html
from workbench.dashboards.app.location import address


def link(page: str, text: str | Markup, **query: Any) -> Markup:
    """Return a link to a page with a view of it: `link("drift", "Drift", model="flight-delay")`."""
    return html('<a href="{address}">{text}</a>', address=address(page, **query), text=text)
