"""Takes back what callers met last: the challenger's traffic, or else the champion."""

from __future__ import annotations

from workbench.errors import RejectedError
from workbench.ledger import NewEvent
from workbench.registry.model import ModelState
from workbench.registry.promotion import moved
from workbench.registry.traffic import ROLLBACK, remove_shadow
from workbench.registry.version import CHALLENGER, CHAMPION


def take_back(state: ModelState, *, alias: str, holder: int | None, reason: str = "") -> list[NewEvent]:
    """Return the event that takes an alias from its holder.

    Args:
        state: the model's present state.
        alias: the one that callers met last when the wish was made.
        holder: who is to lose it. If the newest change is another by now, two people pulled at once, and
            going back a second step is what neither of them meant.
        reason: why, for the record.

    Raises:
        RejectedError: something else is newest by now, or there is nothing to go back to.
    """
    newest = state.newest_arm
    if newest != alias or (alias == CHALLENGER and state.challenger != holder):
        now = f"version {state.aliases.get(newest)} is {newest}"
        raise RejectedError(
            f"A moment ago version {holder} was {alias} of {state.name!r}; meanwhile {now}.",
            hint=f"Somebody else moved it. See: workbench models {state.name}",
            evidence=None,
        )
    if alias == CHALLENGER:
        return [moved(state, CHALLENGER, None, why=ROLLBACK, reason=reason)]
    return rollback(state, holder=holder, reason=reason)


def rollback(state: ModelState, *, holder: int | None, reason: str = "") -> list[NewEvent]:
    """Return the events that make the version champion again which the present champion replaced.

    It stops being challenger or shadow in the same write, if it was one meanwhile.

    Args:
        state: the model's present state.
        holder: who is to lose the champion's place.
        reason: why, for the record.

    Raises:
        RejectedError: nobody is champion, the champion replaced nobody, or it is another by now.
    """
    now, before = state.champion, state.replaced_by()
    if now != holder:
        raise RejectedError(
            f"The champion of {state.name!r} was version {holder} a moment ago, but is version {now} now.",
            hint=f"Somebody else moved it. See: workbench models {state.name}",
            evidence=None,
        )
    if holder is None:
        raise RejectedError(
            f"{state.name!r} has no champion, so there is nothing to roll back.",
            hint=f"Promote a version first: workbench promote {state.name} VERSION",
            evidence=None,
        )
    if before is None:
        raise RejectedError(
            f"Version {holder} of {state.name!r} is its first champion; there is none to go back to.",
            hint=f"Promote another version instead: workbench promote {state.name} VERSION",
            evidence=None,
        )
    events = [moved(state, CHAMPION, before, why=ROLLBACK, reason=reason)]
    if before == state.challenger:
        events.append(moved(state, CHALLENGER, None, why=ROLLBACK, reason=reason))
    return [*events, *remove_shadow(state, before, reason=reason, why=ROLLBACK)]
