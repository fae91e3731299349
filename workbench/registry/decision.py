"""Writes what was decided about a model, and decides anew when somebody else was first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from workbench.errors import ConflictError, RejectedError
from workbench.ledger import Append, NewEvent
from workbench.registry.model import ModelState, read_model, stream_of
from workbench.registry.share import share_text

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.registry.deployment import Deployment

Decide = Callable[[ModelState], Sequence[NewEvent]]
"""From a model's state to the events that follow; raises RejectedError when none may."""

_TRIES = 200  # each lost try means that somebody else's write went through
_LONGEST_PAUSE = 0.05  # seconds


class Written(NamedTuple):
    """The state before and after a decision, and how often somebody else was first."""

    before: ModelState
    after: ModelState
    lost: int


def write_decision(
    ledger: Ledger,
    model: str,
    decide: Decide,
    *,
    actor: str | None = None,
    seen: Deployment | None = None,
) -> Written:
    """Decide on a model's present state and write the outcome in one go.

    The write expects that nothing was added to the model's stream since the state was read. If something
    was, nothing is written and `decide` is asked again about the new state, so no decision stands on what
    is no longer true.

    Args:
        ledger: where it is written.
        model: the model.
        decide: is asked for the events.
        actor: who decides; whoever is signed in when None.
        seen: what served when whoever decides was told what follows; None: whatever serves.

    Raises:
        ConflictError: others were first every time.
        RejectedError: something else serves than was seen.
    """
    for lost in range(_TRIES):
        state = read_model(ledger, model)
        if seen is not None and state.deployment != seen:
            raise _changed(state)
        events = tuple(decide(state))
        if not events:
            return Written(state, state, lost)
        after = state.copy()
        try:
            after.take(ledger.append(Append(stream_of(model), state.version, events), actor=actor))
        except ConflictError:
            if lost == _TRIES - 1:
                raise
            time.sleep(random.uniform(0, _LONGEST_PAUSE))
        else:
            return Written(state, after, lost)
    raise AssertionError("unreachable: the last try returns or raises")


def _changed(state: ModelState) -> RejectedError:
    """Return the error that says what serves by now, and who changed it where an alias moved last."""
    now = state.deployment
    arms = [f"version {now.champion} is champion" if now.champion is not None else "nobody is champion"]
    if now.challenger is not None:
        arms.append(f"version {now.challenger} is challenger with {share_text(now.share)} of the traffic")
    return RejectedError(
        f"Somebody changed what serves of {state.name!r} while you decided: {' and '.join(arms)} now. "
        "Nothing of yours was done.",
        hint="Look at what would follow now, and decide again.",
        evidence=None,
    )
