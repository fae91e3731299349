"""The executed notebook as a page that is safe to open: no script of the notebook's survives in it."""

from __future__ import annotations

import base64
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.pipeline.space import write_whole

_ONE_AT_A_TIME = threading.Lock()


def render_page(notebook: Path, page: Path) -> None:
    """Write an executed notebook as a sanitised HTML page beside it."""
    from workbench.pipeline.lean import import_nbformat

    nbformat = import_nbformat()
    node = nbformat.read(notebook, as_version=4)
    with _ONE_AT_A_TIME:
        body, _ = _exporter().from_notebook_node(node)
    write_whole(page, body)


def get_ready() -> None:
    """Compile the templates that every page needs."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    printed = new_output("stream", text="printed")
    _exporter().from_notebook_node(
        new_notebook(cells=[new_markdown_cell("# A"), new_code_cell("1", outputs=[printed])])
    )


def _clean(html: str | bytes) -> str:
    """Keep what shows text, tables and pictures; drop scripts, styles, frames, forms and event handlers."""
    import nh3

    if isinstance(html, bytes):  # nbconvert hands over SVG so; as a picture nothing in it runs
        return f'<img src="data:image/svg+xml;base64,{base64.b64encode(html).decode()}">'
    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["img"] = attributes.get("img", set()) | {"src", "alt", "width", "height"}
    attributes["*"] = attributes.get("*", set()) | {"class", "align"}
    return nh3.clean(
        html,
        tags=nh3.ALLOWED_TAGS | {"img"},
        attributes=attributes,
        url_schemes={"http", "https", "mailto", "data"},
        attribute_filter=_only_pictures,
    )


def _only_pictures(tag: str, attribute: str, value: str) -> str | None:
    """Allow `data:` only where it is a picture in place."""
    is_data = value.strip().lower().startswith("data:")
    picture = tag == "img" and attribute == "src" and value.startswith("data:image/")
    return None if is_data and not picture else value


@lru_cache(maxsize=1)
def _exporter() -> Any:
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(sanitize_html=True, embed_images=True)
    exporter.register_filter("clean_html", _clean)  # nbconvert's own knows neither headings nor table heads
    exporter.mathjax_url = ""
    exporter.require_js_url = ""
    exporter.mermaid_js_url = ""
    exporter.jquery_url = ""
    return exporter
