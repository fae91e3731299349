"""Aliases that somebody moved in MLflow by hand: told from what merely lags, and noted in the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.ledger import NewEvent
from workbench.registry.decision import write_decision
from workbench.registry.happened import MOVED, RESTORED, STRAYED
from workbench.registry.model import ModelState, fold, stream_of
from workbench.registry.version import ALIASES

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.registry.shown import Shown

NOBODY = "nobody"
BY_HAND = "a version made by hand"


@dataclass(frozen=True)
class Difference:
    """Something that the store shows otherwise than the ledger has it.

    Attributes:
        what: `alias champion` or `version 3`.
        by_hand: whether somebody moved it there; otherwise the store only lags behind the ledger.
    """

    model: str
    what: str
    ledger: int | str | None
    shown: int | str | None
    by_hand: bool = False

    def __str__(self) -> str:
        theirs, ours = _said(self.shown), _said(self.ledger)
        return f"{self.model}: {self.what} is {theirs} in MLflow, {ours} in the ledger"


def differences(ledger: Ledger, wanted: Shown, shown: Shown, model: str, since: int) -> list[Difference]:
    """Return what a store shows of a model otherwise than it should.

    Args:
        ledger: where the aliases' past is.
        wanted: what should be shown.
        shown: what is shown.
        model: the model.
        since: the version of the model's stream that the store was last brought to, 0 when it never was.
            An alias that names what it named since then lags; any other was moved by hand.
    """
    found = [
        Difference(model, f"version {number}", verdict, shown.versions.get(number, "not there"))
        for number, verdict in wanted.versions.items()
        if shown.versions.get(number) != verdict
    ]
    for alias in ALIASES:
        theirs = shown_as(shown, alias)
        ours: int | str = wanted.aliases.get(alias) or NOBODY
        if theirs != ours:
            by_hand = theirs not in _held(ledger, model, alias, since)
            found.append(Difference(model, f"alias {alias}", wanted.aliases.get(alias), theirs, by_hand))
    return found


def note_strays(ledger: Ledger, model: str, found: Iterable[Difference]) -> None:
    """Note in the ledger which aliases were moved by hand; what is noted already is not noted again."""
    strays = {d.what.removeprefix("alias "): d for d in found if d.by_hand}
    if not strays:
        return

    def decide(state: ModelState) -> list[NewEvent]:
        return [
            _event(STRAYED, state, alias, state.aliases.get(alias), difference.shown)
            for alias, difference in strays.items()
            if not _is_noted(state, alias, difference)
        ]

    write_decision(ledger, model, decide)


def note_restored(ledger: Ledger, model: str) -> None:
    """Note in the ledger that the aliases which had been moved by hand are as they should be again."""

    def decide(state: ModelState) -> list[NewEvent]:
        return [
            _event(RESTORED, state, alias, state.aliases.get(alias), stray.shown)
            for alias, stray in state.strays.items()
        ]

    write_decision(ledger, model, decide)


def shown_as(shown: Shown, alias: str) -> int | str:
    """Return what a store's alias names, in a form that JSON can hold."""
    if alias not in shown.aliases:
        return NOBODY
    number = shown.aliases[alias]
    return BY_HAND if number is None else number


def _held(ledger: Ledger, model: str, alias: str, since: int) -> set[int | str]:
    """Return what an alias named when the store was last brought level, and everything after that."""
    events = ledger.read(stream_of(model))
    then = fold(model, (event for event in events if event.version <= since))
    moves = (e.data for e in events if e.version > since and e.kind == MOVED)
    return {then.aliases.get(alias) or NOBODY, *(m["after"] or NOBODY for m in moves if m["alias"] == alias)}


def _is_noted(state: ModelState, alias: str, difference: Difference) -> bool:
    noted = state.strays.get(alias)
    return noted is not None and (noted.ledger, noted.shown) == (state.aliases.get(alias), difference.shown)


def _event(kind: str, state: ModelState, alias: str, ours: int | None, theirs: int | str | None) -> NewEvent:
    data = {"model": state.name, "alias": alias, "ledger": ours, "shown": theirs, "where": "mlflow"}
    return NewEvent(kind, data, subject=state.name, key=str(ours))


def _said(value: int | str | None) -> str:
    return NOBODY if value is None else f"version {value}" if isinstance(value, int) else value
