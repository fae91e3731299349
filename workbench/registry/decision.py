"""Writes what was decided about a model, and decides anew when somebody else was first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from workbench.errors import ConflictError
from workbench.ledger import Append, NewEvent
from workbench.registry.model import ModelState, read_model, stream_of

if TYPE_CHECKING:
    from workbench.ledger import Ledger

Decide = Callable[[ModelState], Sequence[NewEvent]]
"""From a model's state to the events that follow; raises RejectedError when none may."""

_TRIES = 200  # each lost try means that somebody else's write went through
_LONGEST_PAUSE = 0.05  # seconds


class Written(NamedTuple):
    """The state before and after a decision, and how often somebody else was first."""

    before: ModelState
    after: ModelState
    lost: int


def write_decision(ledger: Ledger, model: str, decide: Decide, *, actor: str | None = None) -> Written:
    """Decide on a model's present state and write the outcome in one go.

    The write expects that nothing was added to the model's stream since the state was read. If something
    was, nothing is written and `decide` is asked again about the new state, so no decision stands on what
    is no longer true.

    Raises:
        ConflictError: others were first every time.
    """
    for lost in range(_TRIES):
        state = read_model(ledger, model)
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
