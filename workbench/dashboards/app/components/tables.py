"""Tables of text and numbers: sorted and paged by the server, exported as CSV.

What filters stands beside a table, in controls that the address holds; the data layer filters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import param
from markupsafe import Markup

from workbench.dashboards.app.components.choices import pages
from workbench.dashboards.app.components.control import Control, when
from workbench.dashboards.app.components.markup import html, joined
from workbench.dashboards.app.components.numbers import NOTHING, fixed

if TYPE_CHECKING:
    import pandas as pd

_PAGE = 20
_LEAST = 0.8
"""Of a column's width is kept in a window that is too narrow for all of them."""
_SHORT = 16  # characters that stay on one line: a moment, an outcome


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: its name in the frame.
        title: its heading, with the unit of its numbers.
        kind: `text`, `number`, or `tick` for a box that is ticked or not, None where it cannot be; times are
            given as text by `moment_text`.
        digits: after the point, of a number.
        width: in pixels, where there is room; what is left over is shared when None.
    """

    key: str
    title: str
    kind: Literal["text", "number", "tick"] = "text"
    digits: int = 3
    width: int | None = None


class Table(Control):
    """A table of which one page is in the browser.

    Attributes:
        value: a frame, one row each.
        columns: in their order; what the frame has besides is left out.
        page: that is shown, counted from 1.
        page_size: rows of a page.
        order: the key of the column that it is sorted by, with a minus before it for the greatest first;
            empty for the order of the frame.
        total: rows of the whole where the frame holds one page of it, in order; None where it holds all.
        address: where a row leads, by its place in the frame; None where it leads nowhere.
    """

    columns = param.List([])
    page = param.Integer(1, bounds=(1, None))
    page_size = param.Integer(_PAGE)
    order = param.String("")
    total = param.Integer(None, allow_None=True)
    address = param.Callable(None, allow_None=True)
    _rename: ClassVar[dict[str, str | None]] = {
        **Control._rename,
        **dict.fromkeys(("columns", "page", "page_size", "order", "total", "address")),
    }
    _draws: ClassVar[tuple[str, ...]] = ("label", "value", "columns", "page", "order", "total")

    def __init__(self, **params: Any) -> None:
        self._on_row: Callable[[int], Any] | None = None
        self._on_tick: Callable[[int, bool], Any] | None = None
        super().__init__(**params)

    @property
    def count(self) -> int:
        """How many rows the whole has."""
        return len(self.value) if self.total is None else self.total

    @property
    def last_page(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.count // int(self.page_size)))

    def on_click(self, act: Callable[[int], Any]) -> None:
        """Call something with the place in the frame of a row that is clicked."""
        self._on_row = act
        self.draw()

    def on_tick(self, act: Callable[[int, bool], Any]) -> None:
        """Call something with the place in the frame of a row whose box is ticked, or no longer."""
        self._on_tick = act

    def acted(self, act: str, value: Any, name: str) -> None:
        """Sort, turn over, tick, or tell which row was clicked."""
        if act == "sort" and value in {column.key for column in self.columns}:
            descending = self.order == value
            self.param.update(order=f"-{value}" if descending else value, page=1)
        elif act == "page" and (place := _place(value)) is not None:
            self.page = min(place + 1, self.last_page)
        elif act == "row" and (place := _place(value)) in self._places() and self._on_row is not None:
            self._on_row(int(place or 0))
        elif act == "tick" and (place := _place(name)) in self._places() and self._on_tick is not None:
            self._on_tick(int(place or 0), value is True)

    def _draw(self, *events: Any) -> None:
        """Leave alone what somebody else is about to fill anew."""
        if self.total is None or any(event.name not in ("order", "page") for event in events):
            self.draw()

    def shape(self) -> Markup:
        """Return the page that is shown, with headings that sort and numbers that turn over."""
        rows = self.value.iloc[self._places()].to_dict("records") if len(self.value) else []
        body = (self._row(place, row) for place, row in zip(self._places(), rows, strict=True))
        return html(
            '<div class="scroll"><table class="grid" aria-label="{label}"><thead><tr>{heads}</tr></thead>'
            "<tbody>{body}</tbody></table></div>{pages}",
            label=self.label,
            heads=joined(map(self._head, self.columns)),
            body=joined(body),
            pages=pages(min(self.page, self.last_page) - 1, self.last_page),
        )

    def _places(self) -> list[int]:
        """Return the places in the frame of the rows that are shown."""
        if self.total is not None:
            return list(range(len(self.value)))
        begin = (min(self.page, self.last_page) - 1) * self.page_size
        every = list(range(len(self.value)))
        key = self.order.removeprefix("-")
        if key and key in self.value:
            column = self.value[key].reset_index(drop=True)
            found = column.sort_values(
                ascending=not self.order.startswith("-"), kind="stable", key=_comparable, na_position="last"
            )
            every = list(found.index)
        return every[begin : begin + self.page_size]

    def _head(self, column: Column) -> Markup:
        wide = html(' style="width:{width}px"', width=column.width) if column.width else ""
        least = (
            html(' style="min-width:{width}px"', width=round(column.width * _LEAST)) if column.width else ""
        )
        if column.kind == "tick":
            return html(
                '<th scope="col" class="tick"><span class="sr">{title}</span></th>', title=column.title
            )
        sign = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.order, "")
        return html(
            '<th scope="col" class="{kind}"{wide}{sign}><button type="button" data-act="sort" '
            'data-value="{key}"{least}>{title}</button></th>',
            kind=column.kind,
            sign=html(' aria-sort="{sign}"', sign=sign) if sign else "",
            wide=wide,
            least=least,
            key=column.key,
            title=column.title,
        )

    def _row(self, place: int, row: dict[str, Any]) -> Markup:
        goes = Markup("")
        if self.address is not None:
            goes = html(' data-href="{address}"', address=self.address(place))
        elif self._on_row is not None:
            goes = html(' data-act="row" data-value="{place}"', place=place)
        first = next((column.key for column in self.columns if column.kind == "text"), "")
        cells = (self._cell(place, row, column, column.key == first) for column in self.columns)
        return html("<tr{goes}>{cells}</tr>", goes=goes, cells=joined(cells))

    def _cell(self, place: int, row: dict[str, Any], column: Column, leads: bool) -> Markup:
        said: str | Markup = _said(row[column.key], column)
        kind = "short" if column.kind == "text" and len(said) <= _SHORT else column.kind
        if column.kind == "tick":
            said = html(
                '<input type="checkbox" data-act="tick" data-name="{place}" aria-label="{title}"{on}{off}>',
                place=place,
                title=column.title,
                on=when(row[column.key], "checked"),
                off=when(row[column.key] is None, "disabled"),
            )
        elif leads and self.address is not None:
            said = html('<a href="{address}">{said}</a>', address=self.address(place), said=said)
        elif leads and self._on_row is not None:
            said = html(
                '<button type="button" class="plain" data-act="row" data-value="{place}">{said}</button>',
                place=place,
                said=said,
            )
        return html('<td class="{kind}">{said}</td>', kind=kind, said=said)


def table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    name: str,
    page_size: int = _PAGE,
    on_row: Callable[[int], None] | None = None,
    **settings: Any,
) -> Table:
    """Return a table; `value` takes another frame of the same columns.

    Whatever its cells and headings hold is shown as text.

    Args:
        frame: one row each; columns that are not named are left out.
        columns: in their order.
        name: for who does not see it.
        page_size: rows of a page.
        on_row: called with the place in the frame of a row that was clicked.
        settings: of `Table` besides.
    """
    made = Table(value=frame, columns=list(columns), label=name, page_size=page_size, **settings)
    if on_row is not None:
        made.on_click(on_row)
    return made


def _said(value: Any, column: Column) -> str:
    if column.kind == "number":
        return fixed(value, column.digits)
    return NOTHING if value is None or value != value else str(value)  # noqa: PLR0124 - NaN is not itself


def _comparable(column: pd.Series) -> pd.Series:
    return column if column.dtype.kind in "iufbM" else column.map(_folded)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _place(value: Any) -> int | None:
    is_place = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 9
    return int(value) if is_place else None
