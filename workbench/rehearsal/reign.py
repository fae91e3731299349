"""Which version answered callers from when to when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.registry.model import ModelState
from workbench.registry.version import CHALLENGER, CHAMPION

if TYPE_CHECKING:
    from workbench.ledger import Event


@dataclass(frozen=True)
class Reign:
    """A time in which a version held an alias with one share of the traffic.

    Attributes:
        share: of the traffic, from 0 to 1; a champion's is what the challenger leaves.
    """

    alias: str
    version: int
    since: datetime
    until: datetime
    share: float

    def to_dict(self) -> dict[str, Any]:
        """Return the reign as JSON."""
        return {**asdict(self), "since": self.since.isoformat(), "until": self.until.isoformat()}


def reigns(model: str, events: Sequence[Event], since: datetime, until: datetime) -> tuple[Reign, ...]:
    """Return who answered in a time, in order; the champion before the challenger.

    Args:
        model: its name.
        events: of the model's stream, in order.
        since: the first moment.
        until: the first moment after it.
    """
    state = ModelState(model)
    found: list[Reign] = []
    begun = since
    for event in [*events, None]:
        at = until if event is None else min(max(event.at, since), until)
        if at > begun:
            found += _between(state, begun, at)
            begun = at
        if event is not None:
            state.take([event])
    return tuple(_merged(found))


def _between(state: ModelState, since: datetime, until: datetime) -> list[Reign]:
    made = []
    if state.champion is not None:
        made.append(Reign(CHAMPION, state.champion, since, until, 1 - state.share))
    if state.challenger is not None:
        made.append(Reign(CHALLENGER, state.challenger, since, until, state.share))
    return made


def _merged(found: Sequence[Reign]) -> list[Reign]:
    """Put together what changed in nothing but another's event."""
    made: list[Reign] = []
    for each in sorted(found, key=lambda reign: (reign.alias != CHAMPION, reign.since)):
        before = made[-1] if made else None
        if (
            before
            and replace(before, since=each.since, until=each.until) == each
            and before.until == each.since
        ):
            made[-1] = replace(before, until=each.until)
        else:
            made.append(each)
    return made
