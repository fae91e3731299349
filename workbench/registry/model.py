"""A model's versions, aliases and promotions, folded from the events of its stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from workbench.errors import UnknownNameError
from workbench.registry.deployment import Deployment, Refusal
from workbench.registry.happened import REGISTERED, STEPS, Fact
from workbench.registry.version import CHALLENGER, CHAMPION, Move, Promotion, Stray, Version

if TYPE_CHECKING:
    from workbench.ledger import Event, Ledger


@dataclass
class ModelState:
    """A model as its events tell it.

    Attributes:
        versions: by number.
        aliases: the version that each alias names.
        moves: every move of an alias, oldest first.
        promotions: by number.
        strays: aliases that were found moved by hand, and are not known to be put back.
        share: of the traffic that the challenger gets, from 0 to 1.
        shadows: the versions that score beside those that answer, in the order they were added.
        refusals: by version, what a server said of one that it does not let serve.
        version: of the stream, for a write that expects nothing to have happened since.
    """

    name: str
    versions: dict[int, Version] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    promotions: dict[int, Promotion] = field(default_factory=dict)
    strays: dict[str, Stray] = field(default_factory=dict)
    version: int = 0
    share: float = 0.0
    shadows: tuple[int, ...] = ()
    refusals: dict[int, Refusal] = field(default_factory=dict)
    _held: dict[str, list[int]] = field(default_factory=dict, repr=False)
    _share_over: int = field(default=0, repr=False)  # how many champions stood when the share was set

    @property
    def champion(self) -> int | None:
        """The champion's number, None when nobody is."""
        return self.aliases.get(CHAMPION)

    @property
    def challenger(self) -> int | None:
        """The challenger's number, None when nobody is."""
        return self.aliases.get(CHALLENGER)

    @property
    def deployment(self) -> Deployment:
        """Which versions serve, and what share of the traffic each gets."""
        return Deployment(self.champion, self.challenger, self.share, self.shadows)

    @property
    def newest_arm(self) -> str:
        """The alias that callers met last: `challenger` while its traffic is newer than the champion."""
        newer = self.share > 0 and self._share_over >= len(self._held.get(CHAMPION, ()))
        return CHALLENGER if newer else CHAMPION

    @property
    def pending(self) -> list[Promotion]:
        """Promotions that wait for an approval."""
        return [promotion for promotion in self.promotions.values() if promotion.state == "proposed"]

    def find(self, number: int) -> Version:
        """Return a version.

        Raises:
            UnknownNameError: there is no such version; the message names those there are.
        """
        if number not in self.versions:
            known = ", ".join(str(n) for n in sorted(self.versions)[-12:])
            none = "None is registered yet; run the pipeline that trains it."
            hint = f"Registered: {known}." if known else none
            raise UnknownNameError(f"version of {self.name!r}", str(number), hint=hint)
        return self.versions[number]

    def with_fingerprint(self, fingerprint: str) -> Version | None:
        """Return the version of exactly this content, None when it was never registered."""
        return next((v for v in self.versions.values() if v.fingerprint == fingerprint), None)

    def replaced_by(self, alias: str = CHAMPION) -> int | None:
        """Return the version that an alias's holder replaced; after a rollback, the one before that."""
        held = self._held.get(alias, [])
        return held[-2] if len(held) > 1 else None

    def was_rolled_back(self, number: int, alias: str = CHAMPION) -> Move | None:
        """Return the rollback that took an alias from a version and still stands."""
        for move in reversed(self.moves):
            if move.alias == alias and move.after == number:
                return None
            if move.alias == alias and move.before == number and move.why == "rollback":
                return move
        return None

    def decided(self, number: int, alias: str = CHAMPION) -> Promotion | None:
        """Return the newest promotion of a version that was approved or rejected, None without one."""
        mine = (p for p in reversed(self.promotions.values()) if (p.version, p.alias) == (number, alias))
        return next((p for p in mine if p.decision), None)

    def copy(self) -> ModelState:
        """Return a state that moves on by itself; what it holds never changes and is shared."""
        return ModelState(
            self.name,
            dict(self.versions),
            dict(self.aliases),
            list(self.moves),
            dict(self.promotions),
            dict(self.strays),
            self.version,
            self.share,
            self.shadows,
            dict(self.refusals),
            {alias: list(held) for alias, held in self._held.items()},
            self._share_over,
        )

    def take(self, events: Iterable[Event]) -> None:
        """Take in events of the model's stream, in order."""
        for event in events:
            self.apply(event.kind, event.data, at=event.at, actor=event.actor)
            self.version = event.version

    def apply(self, kind: str, data: Mapping[str, Any], *, at: datetime, actor: str) -> None:
        """Take in one event; kinds that a later workbench may write are left alone."""
        step = STEPS.get(kind)
        if step is not None:
            step(self, Fact(data, at, actor))


def fold(name: str, events: Iterable[Event]) -> ModelState:
    """Return a model's state from the events of its stream, in order."""
    state = ModelState(name)
    state.take(events)
    return state


def stream_of(model: str) -> str:
    """Return the name of a model's stream."""
    return f"model/{model}"


def read_model(ledger: Ledger, model: str) -> ModelState:
    """Return a model's present state; what this process has read of a ledger before is not read again."""
    known = _read.setdefault(ledger, {})
    state = known[model].copy() if model in known else ModelState(model)
    news = ledger.read(stream_of(model), after=state.version)
    if news:
        state.take(news)
        known[model] = state.copy()
    return state


def model_names(ledger: Ledger) -> list[str]:
    """Return the models that have a version."""
    return sorted({event.subject for event in ledger.find(kinds=(REGISTERED,), key="1")})


_read: WeakKeyDictionary[Ledger, dict[str, ModelState]] = WeakKeyDictionary()
