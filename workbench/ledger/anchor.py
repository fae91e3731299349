"""Heads that were kept elsewhere, and what it means when the ledger disagrees with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workbench.ledger.event import Head, Problem
from workbench.ledger.row import GENESIS, Row

_WRITTEN = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True)
class Anchor(Head):
    """A head that was kept where whoever changes the ledger does not reach.

    Attributes:
        where: what keeps it, as a sentence goes on after "though": `MLflow run 7f3a (train)`.
    """

    where: str = "the anchor"


def parse_head(text: str) -> Head | None:
    """Return the head that `POSITION:HASH` stands for, the form in which `str(head)` writes it; or None."""
    found = _WRITTEN.fullmatch(text)
    return Head(int(found[1]), found[2]) if found else None


class Anchors:
    """The anchors of a ledger, each compared with its row when the chain comes by.

    A head's hash depends on every event up to it. So the first anchor that disagrees, after the last that
    agrees, tells from where on the ledger is another one.
    """

    def __init__(self, kept: Iterable[Head | tuple[int, str]]) -> None:
        self._kept: dict[int, list[Anchor]] = {}
        for head in kept:
            anchor = head if isinstance(head, Anchor) else Anchor(*_parts(head))
            self._kept.setdefault(anchor.position, []).append(anchor)
        self._agreed = 0
        self._others: list[tuple[Anchor, str]] = []
        self._compare(0, GENESIS, "the empty ledger")

    def follow(self, row: Row) -> None:
        """Compare with the anchors that name this position."""
        self._compare(row.position, row.hash, f"({row.kind} of {row.stream})")

    def end(self, last: int, *, whole: bool) -> Iterator[Problem]:
        """Yield one problem each for a rewritten ledger, a cut tail, and an anchor that is itself changed.

        Args:
            last: the position of the last row.
            whole: whether the chain has no other problem.
        """
        earlier = [other for other in self._others if other[0].position <= self._agreed]
        later = [other for other in self._others if other[0].position > self._agreed]
        for anchor, what in earlier if whole else ():
            yield Problem(anchor.position, f"{what} is not what {anchor.where} names: that was changed, "
                          f"for event {self._agreed} is as it was kept")  # fmt: skip
        if later:
            anchor, what = min(later, key=lambda other: other[0].position)
            since = f"after event {self._agreed}" if self._agreed else "from its beginning"
            more = _more(len(later) - 1, "does not agree either", "do not agree either")
            what = f"{what} is not what {anchor.where} names: the ledger was rewritten {since}{more}"
            yield Problem(anchor.position, what)
        beyond = [anchor for position, kept in self._kept.items() if position > last for anchor in kept]
        if beyond:
            anchor = max(beyond, key=lambda anchor: anchor.position)
            more = _more(len(beyond) - 1, "names a missing event too", "name missing events too")
            what = f"is missing, though {anchor.where} names it: the tail after event {last} was cut{more}"
            yield Problem(anchor.position, what)

    def _compare(self, position: int, found: str, what: str) -> None:
        for anchor in self._kept.get(position, ()):
            if anchor.hash == found:
                self._agreed = position
            else:
                self._others.append((anchor, what))


def _parts(head: Head | tuple[int, str]) -> tuple[int, str]:
    return (head.position, head.hash) if isinstance(head, Head) else head


def _more(number: int, one: str, many: str) -> str:
    if not number:
        return ""
    return f" ({number} other anchor{'s' if number > 1 else ''} {one if number == 1 else many})"
