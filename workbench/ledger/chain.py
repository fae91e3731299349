"""Checks the hash chain, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workbench.ledger.anchor import Anchors
from workbench.ledger.event import Head, Problem, Verification
from workbench.ledger.row import GENESIS, Row, digest


def verify_chain(
    rows: Iterable[tuple[Any, ...]], anchors: Iterable[Head | tuple[int, str]] = ()
) -> Verification:
    """Return what is wrong with a ledger's rows, given in the order of their positions."""
    chain = _Chain(Anchors(anchors))
    for row in rows:
        chain.follow(Row(*row))
    return chain.end()


class _Chain:
    """The chain so far. After each problem it goes on from what is stored: one edit is one problem."""

    def __init__(self, anchors: Anchors) -> None:
        self._anchors = anchors
        self._position = 0
        self._hash: str | None = GENESIS  # None after a row that cannot be trusted
        self._count = 0
        self._whole = True
        self._versions: dict[str, int] = {}
        self._problems: list[Problem] = []

    def follow(self, row: Row) -> None:
        """Check the next row."""
        self._count += 1
        if row.position <= self._position:
            self._say(row, "stands before the beginning: it was inserted")
            return
        if row.position > self._position + 1:
            self._missing(self._position + 1, row.position - 1)
        self._check(row)
        self._anchors.follow(row)
        self._position = row.position

    def end(self) -> Verification:
        """Return what was found, once every row was followed."""
        self._problems += self._anchors.end(self._position, whole=not self._problems)
        return Verification(self._count, tuple(self._problems))

    def _check(self, row: Row) -> None:
        if digest(row) != row.hash:
            self._say(row, f"was changed or moved: its content and its hash disagree{self._loose_end}")
            self._distrust()
            return
        version: object = row.version
        if not isinstance(version, int):  # SQLite holds anything anywhere
            self._say(row, f"was put in: its version is {version!r}{self._loose_end}")
            self._distrust()
            return
        before = self._versions.get(row.stream, 0 if self._whole else row.version - 1)
        if self._hash is not None and row.previous != self._hash:
            self._say(row, f"does not follow event {self._position}: one of the two was replaced")
        elif row.version != before + 1:
            self._say(row, f"is out of order: its stream was at version {before}")
        self._hash = row.hash
        self._versions[row.stream] = row.version

    def _missing(self, first: int, last: int) -> None:
        what = "is missing: it was removed" if first == last else f"to {last} are missing: they were removed"
        self._problems.append(Problem(first, f"{what}{self._loose_end}"))
        self._distrust()

    @property
    def _loose_end(self) -> str:
        """Say that an event may have been replaced as well, when the one behind it does not vouch for it."""
        sound = self._hash is not None and self._position
        return f", so event {self._position} is unconfirmed" if sound else ""

    def _distrust(self) -> None:
        """Expect nothing of the next rows that a wrong or missing one would have said."""
        self._hash, self._whole = None, False
        self._versions.clear()

    def _say(self, row: Row, what: str) -> None:
        self._problems.append(Problem(row.position, f"({row.kind} of {row.stream}) {what}"))
