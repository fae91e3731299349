"""Documents in sandboxed frames: an executed notebook, a report. What is in one can reach nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import panel as pn

from workbench.dashboards.app.components.markup import block, html

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight import Store


@dataclass(frozen=True)
class Framed:
    """A document for a frame.

    Attributes:
        html: the whole of it.
        scripts: whether its scripts may run, in an origin of their own without the network; otherwise it is
            also cleaned of them.
        style: a style sheet of ours, for what is cleaned: a document's own is not kept.
    """

    html: str
    scripts: bool = False
    style: str = ""


FrameSource = Callable[["Store", "Person", Mapping[str, str]], Framed]
"""Makes a document from a query that anybody may have written; raises AccessError, UnknownNameError."""


def frame(page: str, name: str, *, title: str, height: int = 720, **query: str) -> pn.pane.HTML:
    """Return a frame that shows one of a page's documents.

    Args:
        page: its path.
        name: of the document, as the page's `frames` has it.
        title: what a screen reader calls it.
        height: in pixels.
        query: what its source is told.
    """
    return block(
        html(
            '<iframe src="{address}" title="{title}" sandbox="allow-scripts allow-popups" loading="lazy" '
            'referrerpolicy="no-referrer" class="framed" style="height:{height}px"></iframe>',
            address=f"./frames/{quote(page)}/{quote(name)}?{urlencode(query)}",
            title=title,
            height=height,
        )
    )


def cleaned(document: str) -> str:
    """Return HTML without anything that runs, loads or sends: what a notebook's outputs may hold."""
    import nh3

    tags = nh3.ALLOWED_TAGS | {"section", "main"}
    attributes = {tag: nh3.ALLOWED_ATTRIBUTES.get(tag, set()) | {"class", "style"} for tag in tags}
    return nh3.clean(
        document,
        tags=tags,
        attributes=attributes,
        url_schemes={"data", "http", "https"},
        link_rel="noopener noreferrer",
    )
