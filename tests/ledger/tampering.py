"""What somebody may do to a ledger's rows who has its database, and which rows must then be named."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from workbench.ledger.row import Row, seal

Rows = dict[int, Row]


class Change(NamedTuple):
    """Rows as somebody left them.

    Attributes:
        rows: by position.
        named: the positions that must be named, and no others; None when the two below say it.
        first: the lowest position that is wrong: it, or its successor, is the first that is named.
    """

    rows: Rows
    named: set[int] | None
    first: int


@dataclass
class Tamperer:
    """Changes a ledger at random places, each time in another way."""

    pick: random.Random
    rows: Rows
    blobs: bool

    def any_kind(self) -> tuple[str, Change]:
        """Return one change, and what it is called."""
        name = self.pick.choice(list(KINDS))
        return name, KINDS[name](self)

    def inner(self) -> int:
        """Return a position with rows on both sides."""
        return self.pick.randrange(2, len(self.rows))

    def edited(self, row: Row) -> Row:
        """Return a row with another value in one column."""
        column = self.pick.choice([name for name in Row._fields if name != "position"])
        return row._replace(**{column: self._other(getattr(row, column))})

    def forged(self, position: int) -> Row:
        """Return a row that never was written, as well made as its neighbours."""
        like = self.rows[self.pick.choice(list(self.rows))]
        return like._replace(
            position=position, stream=f"run/{self.pick.random()}", version=1, data='{"n":-1}'
        )

    def _other(self, value: Any) -> Any:
        if isinstance(value, int):
            return value + self.pick.choice((-1, 1, 10))
        content = value.encode()
        ways = [value + "x", value[:-1], value.upper() + " ", "", "{}", self._flipped(value)]
        if self.blobs:  # SQLite holds anything anywhere
            ways += [content + b"\xff", b"\xff\xfe", 7.25]
        return self.pick.choice([way for way in ways if way not in (value, content)])

    def _flipped(self, value: str) -> str:
        place = self.pick.randrange(len(value)) if value else 0
        return f"{value[:place]}{chr(ord(value[place]) ^ 1)}{value[place + 1 :]}" if value else "1"


def edit(by: Tamperer) -> Change:
    """One value of one row."""
    position = by.pick.choice(list(by.rows))
    return Change({**by.rows, position: by.edited(by.rows[position])}, {position}, position)


def edit_several(by: Tamperer) -> Change:
    """Values of several rows."""
    places = by.pick.sample(list(by.rows), by.pick.randrange(2, 6))
    return Change({**by.rows, **{p: by.edited(by.rows[p]) for p in places}}, set(places), min(places))


def edit_and_seal(by: Tamperer) -> Change:
    """One value of an inner row, its hash recomputed."""
    position = by.inner()
    row = by.rows[position]
    changed = row._replace(data='{"n":-1}', actor=by.pick.choice(("eve", row.actor)))
    return Change({**by.rows, position: seal(changed)}, {position + 1}, position)


def edit_and_link(by: Tamperer) -> Change:
    """The same, and the row behind it made to follow it."""
    position = by.inner()
    sealed = seal(by.rows[position]._replace(key="other"))
    following = by.rows[position + 1]._replace(previous=sealed.hash)
    rows = {**by.rows, position: sealed, position + 1: following}
    return Change(rows, {position + 1}, position)


def remove(by: Tamperer) -> Change:
    """One inner row or several in a row."""
    position = by.inner()
    last = min(position + by.pick.randrange(5), len(by.rows) - 1)
    rows = {p: row for p, row in by.rows.items() if not position <= p <= last}
    return Change(rows, {position}, position)


def remove_and_close(by: Tamperer) -> Change:
    """An inner row, and the rest moved up."""
    position = by.inner()
    rows = {p: row for p, row in by.rows.items() if p < position}
    rows |= {p - 1: row._replace(position=p - 1) for p, row in by.rows.items() if p > position}
    return Change(rows, set(range(position, len(by.rows))), position)


def swap(by: Tamperer) -> Change:
    """Two rows, each in the other's place."""
    one, other = sorted(by.pick.sample(list(by.rows), 2))
    rows = {
        **by.rows,
        one: by.rows[other]._replace(position=one),
        other: by.rows[one]._replace(position=other),
    }
    return Change(rows, {one, other}, one)


def swap_and_seal(by: Tamperer) -> Change:
    """Two neighbours, each linked and sealed in its new place."""
    one = by.pick.randrange(1, len(by.rows) - 1)
    first = seal(by.rows[one + 1]._replace(position=one, previous=by.rows[one].previous))
    second = seal(by.rows[one]._replace(position=one + 1, previous=first.hash))
    return Change({**by.rows, one: first, one + 1: second}, None, one + 1)


def insert_between(by: Tamperer) -> Change:
    """A row in between, and the rest moved down."""
    position = by.inner()
    rows = {p: row for p, row in by.rows.items() if p < position}
    rows |= {p + 1: row._replace(position=p + 1) for p, row in by.rows.items() if p >= position}
    rows[position] = by.forged(position)
    return Change(rows, set(range(position, len(by.rows) + 2)), position)


def insert_well_made(by: Tamperer) -> Change:
    """The same, and the new row follows the one before it, with the right hash."""
    change = insert_between(by)
    row = change.rows[change.first]._replace(previous=by.rows[change.first - 1].hash)
    rows = {**change.rows, change.first: seal(row)}
    return Change(rows, set(range(change.first + 1, len(by.rows) + 2)), change.first)


def insert_at_end(by: Tamperer) -> Change:
    """A row behind the last, sealed but linked to another."""
    position = len(by.rows) + 1
    return Change({**by.rows, position: seal(by.forged(position))}, {position}, position)


def insert_outside(by: Tamperer) -> Change:
    """A row where none can be: before the first, or far behind the last."""
    last = len(by.rows)
    position = by.pick.choice((0, -1, -(2**63), last + 2, last + 1000, 2**63 - 1))
    forged = seal(by.forged(position))
    if position < 1:
        return Change({**by.rows, position: forged}, {position}, position)
    # Sealed, it cannot be told from an event whose forerunners were removed: those are named.
    return Change({**by.rows, position: forged}, {last + 1}, last + 1)


def repeat(by: Tamperer) -> Change:
    """A row's content again, in place of another's."""
    one, other = by.pick.sample(list(by.rows), 2)
    return Change({**by.rows, other: by.rows[one]._replace(position=other)}, {other}, other)


KINDS: dict[str, Callable[[Tamperer], Change]] = {
    make.__name__.replace("_", " "): make
    for make in (
        edit,
        edit_several,
        edit_and_seal,
        edit_and_link,
        remove,
        remove_and_close,
        swap,
        swap_and_seal,
        insert_between,
        insert_well_made,
        insert_at_end,
        insert_outside,
        repeat,
    )
}
