"""Tables whose pages are made in the kernel: the browser gets the twenty rows that it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets
from markupsafe import Markup

from workbench.widgets.parts.block import block
from workbench.widgets.parts.text import html, joined

PAGE = 20


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        label: its heading, with the unit.
        value: of a row; text is escaped, `Markup` is taken as it is, None shows as a dash.
        is_number: whether it stands to the right.
    """

    label: str
    value: Callable[[Any], Any]
    is_number: bool = False


def page_html(rows: Sequence[Any], columns: Sequence[Column], *, empty: str = "Nothing here yet.") -> Markup:
    """Return rows as a table, all of them."""
    if not rows:
        return html('<p class="wb-quiet">{empty}</p>', empty=empty)
    head = joined(html('<th scope="col"{tone}>{label}</th>', tone=_tone(c), label=c.label) for c in columns)
    body = joined(
        html("<tr>{cells}</tr>", cells=joined(_cell(column, row) for column in columns)) for row in rows
    )
    return html(
        '<div class="wb-scroll"><table class="wb-table"><thead><tr>{head}</tr></thead>'
        "<tbody>{body}</tbody></table></div>",
        head=head,
        body=body,
    )


class Pager(ipywidgets.HBox):  # type: ignore[misc]
    """Back, forth, and which rows are shown.

    Args:
        changed: called with the number of the page, counted from 0, when a person turns it.
        page_size: rows on a page.
    """

    def __init__(self, changed: Callable[[int], None], page_size: int = PAGE) -> None:
        self._changed, self._size = changed, page_size
        self._page = self._count = 0
        self._back = ipywidgets.Button(description="‹ Previous")
        self._next = ipywidgets.Button(description="Next ›")
        self._said = block()
        self._back.on_click(lambda _: self._turn(-1))
        self._next.on_click(lambda _: self._turn(1))
        super().__init__([self._back, self._next, self._said])
        self.add_class("wb-pager")

    def show(self, page: int, count: int) -> int:
        """Say which page of how many rows is shown; return the page, the last one when there are fewer."""
        last = max(0, (count - 1) // self._size)
        self._page, self._count = min(max(page, 0), last), count
        first = self._page * self._size
        self._said.value = html(
            '<span class="wb-quiet">{first:,}–{until:,} of {count:,}</span>',
            first=first + 1,
            until=min(first + self._size, count),
            count=count,
        )
        self._back.disabled, self._next.disabled = self._page == 0, self._page == last
        self.layout.display = "none" if count <= self._size else None
        return self._page

    def _turn(self, by: int) -> None:
        self.show(self._page + by, self._count)
        self._changed(self._page)


class Table(ipywidgets.VBox):  # type: ignore[misc]
    """A table of any length, a page of it at a time; see `table`."""

    def __init__(self, rows: Sequence[Any], columns: Sequence[Column], page_size: int, empty: str) -> None:
        self._rows, self._columns, self._size, self._empty = rows, columns, page_size, empty
        self._page = 0
        self._body = block()
        self._pager = Pager(self._draw, page_size)
        super().__init__([self._body, self._pager])
        self._draw(0)

    def show(self, rows: Sequence[Any], columns: Sequence[Column] | None = None) -> None:
        """Show other rows, in other columns if given, on the same page where it still exists."""
        self._rows = rows
        self._columns = columns if columns is not None else self._columns
        self._draw(self._page)

    def _draw(self, page: int) -> None:
        self._page = self._pager.show(page, len(self._rows))
        shown = self._rows[self._page * self._size : (self._page + 1) * self._size]
        self._body.value = page_html(shown, self._columns, empty=self._empty)


def table(
    rows: Sequence[Any],
    columns: Sequence[Column],
    page_size: int = PAGE,
    *,
    empty: str = "Nothing here yet.",
) -> Table:
    """Return a table whose pages are made when they are turned to; `show` gives it other rows.

    Args:
        rows: of any kind; a sequence that can be sliced.
        columns: what is shown of each.
        page_size: rows on a page.
        empty: what is said when there are none, and what to do about it.
    """
    return Table(rows, columns, page_size, empty)


def _cell(column: Column, row: Any) -> Markup:
    value = column.value(row)
    return html("<td{tone}>{value}</td>", tone=_tone(column), value="–" if value is None else value)


def _tone(column: Column) -> Markup:
    return Markup(' class="wb-number"') if column.is_number else Markup("")
