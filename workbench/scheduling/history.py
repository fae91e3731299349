"""What the ledger tells of one schedule or trigger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from workbench.ledger import Event, Ledger
from workbench.scheduling.claim import Claim, Kind, claim_of

_INSTANT = timedelta(microseconds=1)


@dataclass
class History:
    """A schedule or trigger, folded from its events.

    Attributes:
        version: of its stream.
        definition: as it was declared last; None before anybody ticked.
        declared: when, and at which position of the ledger.
        considered: project time up to which every due time was claimed or counted as missed.
        paused: when a person paused it; None while it goes on.
        claims: by run, in the order of the ledger.
        ended: by run, the data of the event that says so.
        dues: those claimed.
        fired: project times of a trigger's starts.
        seen: up to which position a trigger's causes were acted upon.
        held: which causes a trigger was held for, and why.
    """

    version: int = 0
    definition: dict[str, Any] | None = None
    declared: datetime | None = None
    considered: datetime | None = None
    paused: datetime | None = None
    paused_by: str = ""
    missed: int = 0
    seen: int = 0
    claims: dict[str, Claim] = field(default_factory=dict)
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)
    dues: set[datetime] = field(default_factory=set)
    fired: list[datetime] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)

    @property
    def open(self) -> list[Claim]:
        """The claims that are not over."""
        return [claim for run, claim in self.claims.items() if run not in self.ended]

    @property
    def last(self) -> Claim | None:
        """The newest claim."""
        return next(reversed(self.claims.values()), None)

    def learn(self, events: Iterable[Event]) -> None:
        """Take in the events that follow."""
        for event in events:
            step = _STEPS.get(event.kind.partition(".")[2])
            if step is not None:
                step(self, event)
            self.version = event.version


class Histories:
    """Reads histories, of each event only what is new."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[str, History] = {}

    def of(self, origin: Kind, name: str) -> History:
        """Return a history as the ledger has it now."""
        stream = f"{origin}/{name}"
        found = self._known.setdefault(stream, History())
        found.learn(self._ledger.read(stream, after=found.version))
        return found


def _declared(history: History, event: Event) -> None:
    history.definition = event.data["definition"]
    history.declared, history.seen = event.at, max(history.seen, event.position)
    history.considered = event.at - _INSTANT  # what is due at this very moment counts


def _paused(history: History, event: Event) -> None:
    history.paused, history.paused_by = event.at, event.actor


def _resumed(history: History, event: Event) -> None:
    history.paused, history.paused_by = None, ""
    history.considered, history.seen = event.at, event.position


def _claimed(history: History, event: Event) -> None:
    claim = claim_of(event)
    history.claims[claim.run] = claim
    history.dues.add(claim.due)
    if not event.data.get("backfill"):
        _consider(history, claim.due)


def _missed(history: History, event: Event) -> None:
    history.missed += event.data["count"]
    _consider(history, datetime.fromisoformat(event.data["last"]))


def _ended(history: History, event: Event) -> None:
    history.ended[event.data["run"]] = event.data


def _fired(history: History, event: Event) -> None:
    claim = claim_of(event)
    history.claims[claim.run] = claim
    history.fired.append(event.at)
    history.seen = max(history.seen, event.data["seen"])
    history.held.clear()


def _held(history: History, event: Event) -> None:
    history.held[event.data["because"]] = event.data["cause"]


def _consider(history: History, moment: datetime) -> None:
    history.considered = moment if history.considered is None else max(history.considered, moment)


_STEPS = {
    "declared": _declared,
    "paused": _paused,
    "resumed": _resumed,
    "claimed": _claimed,
    "missed": _missed,
    "ended": _ended,
    "fired": _fired,
    "held": _held,
}
