"""Tables of text and numbers: sorted and paged by the server, exported as CSV.

What filters stands beside a table, in widgets that the address holds; the data layer filters.
"""

from __future__ import annotations

import html as escaping
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import panel as pn
import panel_material_ui as pmui

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PAGE = 20
_ROW = 38  # pixels


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: its name in the frame.
        title: its heading, with the unit of its numbers.
        kind: `text`, or `number`; times are given as text by `moment_text`.
        digits: after the point, of a number.
        width: in pixels; what is left over is shared when None.
    """

    key: str
    title: str
    kind: Literal["text", "number"] = "text"
    digits: int = 3
    width: int | None = None


def table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    name: str,
    page_size: int = _PAGE,
    on_row: Callable[[int], None] | None = None,
    **settings: Any,
) -> pn.widgets.Tabulator:
    """Return a table; `value` takes another frame of the same columns.

    Whatever its cells and headings hold is shown as text.

    Args:
        frame: one row each; columns that are not named are left out.
        columns: in their order.
        name: for who does not see it.
        page_size: rows of a page.
        on_row: called with the place in the frame of a row that was clicked.
        settings: of Panel's Tabulator besides; no formatters.
    """
    keys = [column.key for column in columns]
    made = pn.widgets.Tabulator(
        frame[keys],
        label=name,
        titles={column.key: escaping.escape(column.title) for column in columns},
        formatters={column.key: _formatter(column) for column in columns},
        text_align={column.key: "right" if column.kind == "number" else "left" for column in columns},
        widths={column.key: column.width for column in columns if column.width},
        show_index=False,
        disabled=True,
        selectable=False,
        pagination="remote",
        page_size=page_size,
        layout="fit_columns",
        sizing_mode="stretch_width",
        min_height=min(len(frame) + 1, page_size + 1) * _ROW // 2,
        stylesheets=[_STYLE],
        **settings,
    )
    if on_row is not None:
        made.on_click(lambda event: on_row(int(event.row)))
    return made


def export_button(frame: Callable[[], pd.DataFrame], name: str) -> pmui.FileDownload:
    """Return a button that saves a table as CSV, all pages of it.

    Args:
        frame: asked for when the button is pressed.
        name: of the file, without its ending.
    """

    def content() -> io.BytesIO:
        return io.BytesIO(to_csv(frame()).encode("utf-8"))

    return pmui.FileDownload(
        callback=content,
        filename=f"{name}.csv",
        label="CSV",
        icon="download",
        size="small",
        description=f"Save {name} as CSV",
    )


def to_csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV; text that a spreadsheet would take for a formula begins with an apostrophe."""
    return frame.map(_defused).rename(columns=_defused).to_csv(index=False)


def _defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _formatter(column: Column) -> dict[str, Any]:
    if column.kind == "text":
        return {"type": "plaintext"}
    return {"type": "money", "precision": column.digits, "thousand": "\u202f", "decimal": "."}


_STYLE = """
.tabulator { border: 0; background: transparent; font-size: 13px; }
.tabulator .tabulator-header { border-bottom: 1px solid var(--divider-color); background: transparent; }
.tabulator .tabulator-col, .tabulator .tabulator-row, .tabulator .tabulator-row.tabulator-row-even
  { background: transparent; border-right: 0; }
.tabulator .tabulator-row { border-bottom: 1px solid var(--divider-color); }
.tabulator .tabulator-cell { border-right: 0; font-variant-numeric: tabular-nums; }
"""
