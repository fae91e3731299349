"""An executed notebook as HTML in which nothing of it can run: text stays text, pictures are in place."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from workbench.errors import StorageError, WorkbenchError
from workbench.insight.experiments.notebook_diff import missing
from workbench.insight.experiments.places import place_of
from workbench.notebook_file import read_notebook

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_TEXT = 60_000  # characters of one output
_WHOLE = 24_000_000  # characters of a page
_PICTURES = ("image/png", "image/jpeg", "image/gif")


def notebook_page(store: Store, person: Person, run: str, entry: str, *, attempt: int | None = None) -> str:
    """Return an executed notebook as the body of a page, made from its cells and never taken as it is.

    Args:
        store: the project's state.
        person: who asks.
        run: its id.
        entry: of the run.
        attempt: the number of one; the last by default.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such run, entry or attempt.
        StorageError: the notebook is not there, or cannot be read.
    """
    person.require("view")
    store.run(run)
    place = place_of(store, store.run_state(run), entry, attempt)
    if place.notebook is None:
        raise missing(run, entry)
    try:
        document = read_notebook(place.notebook)
    except WorkbenchError as error:
        raise StorageError(error.message, hint=error.hint, store=str(place.notebook)) from error
    return f"<main>{''.join(_within(_cells(document['cells']), _WHOLE))}</main>"


def _within(parts: Iterator[str], most: int) -> Iterator[str]:
    left = most
    for part in parts:
        left -= len(part)
        if left < 0:
            yield '<p class="cut">The notebook goes on; open it in JupyterLab to see the rest.</p>'
            return
        yield part


def _cells(cells: list[dict[str, Any]]) -> Iterator[str]:
    for cell in cells:
        source = cell["source"]
        if cell["cell_type"] == "markdown":
            yield f'<section class="markdown">{_markdown(source)}</section>'
        elif cell["cell_type"] == "raw":
            yield f'<section class="raw"><pre>{escape(source)}</pre></section>'
        elif source.strip() or cell.get("outputs"):
            outputs = "".join(_output(output) for output in _listed(cell.get("outputs")))
            count = escape(cell.get("execution_count") or " ")
            shown = f'<div class="outputs">{outputs}</div>' if outputs else ""
            number = f'<div class="count">[{count}]</div>'
            yield f'<section class="code">{number}{_python(source)}{shown}</section>'


def _output(output: Mapping[str, Any]) -> str:
    kind = output.get("output_type")
    if kind == "stream":
        tone = "stderr" if output.get("name") == "stderr" else "stdout"
        return f'<pre class="{tone}">{_text(output.get("text"))}</pre>'
    if kind == "error":
        trace = "\n".join(_joined(line) for line in output.get("traceback") or [])
        said = trace or f"{output.get('ename')}: {output.get('evalue')}"
        return f'<pre class="error">{_text(said)}</pre>'
    data = output.get("data")
    return _shown(data) if isinstance(data, Mapping) else ""


def _shown(data: Mapping[str, Any]) -> str:
    """Return the richest of what an output offers that is safe to show."""
    for kind in _PICTURES:
        picture = _picture(data.get(kind))
        if picture:
            return f'<img alt="Figure" src="data:{kind};base64,{picture}">'
    if "image/svg+xml" in data:  # as a picture nothing in it runs or loads
        drawn = base64.b64encode(_joined(data["image/svg+xml"]).encode()).decode()
        return f'<img alt="Figure" src="data:image/svg+xml;base64,{drawn}">'
    if "text/html" in data:
        return f'<div class="html">{_clean(_joined(data["text/html"]))}</div>'
    if "text/markdown" in data:
        return _markdown(_joined(data["text/markdown"]))
    if "text/plain" in data:
        return f"<pre>{_text(data['text/plain'])}</pre>"
    return f'<p class="cut">An output of kind {escape(", ".join(map(str, data)))} is not shown here.</p>'


def _text(value: Any) -> Markup:
    text = _ANSI.sub("", _joined(value))
    cut = f"\n… {len(text) - _TEXT} more characters" if len(text) > _TEXT else ""
    return escape(text[:_TEXT] + cut)


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _picture(value: Any) -> str:
    """Return base64 as base64 and nothing else."""
    try:
        return base64.b64encode(base64.b64decode(_joined(value), validate=False)).decode() if value else ""
    except (binascii.Error, ValueError):
        return ""


def _python(source: str) -> str:
    from pygments import highlight  # type: ignore[import-untyped]
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
    from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

    return str(highlight(source, PythonLexer(), HtmlFormatter(cssclass="source")))


def _markdown(source: str) -> str:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    return _clean(str(reader.render(source)))


def _clean(html: str) -> str:
    """Keep what shows text and tables; drop scripts, frames, forms, and what loads from afar."""
    import nh3

    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["img"] = {"src", "alt", "width", "height"}
    attributes["*"] = {"align"}
    return str(
        nh3.clean(
            html,
            attributes=attributes,
            url_schemes={"http", "https", "mailto", "data"},
            attribute_filter=_only_pictures_in_place,
        )
    )


def _only_pictures_in_place(tag: str, attribute: str, value: str) -> str | None:
    in_place = value.startswith(tuple(f"data:{kind};base64," for kind in _PICTURES))
    if tag == "img" and attribute == "src":
        return value if in_place else None
    return None if value.strip().casefold().startswith("data:") else value
