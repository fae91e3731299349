"""A person ends a challenge."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from workbench.errors import RejectedError, TrackingError
from workbench.registry.challenge import withdraw as withdrawn
from workbench.registry.decision import write_decision
from workbench.registry.traffic import ROLLBACK

if TYPE_CHECKING:
    from workbench.ledger import NewEvent
    from workbench.registry import ModelState
    from workbench.workspace import Workspace


def withdraw(workspace: Workspace, model: str, *, reason: str = "", actor: str | None = None) -> int:
    """Take the challenger's alias and traffic from it, whatever its outcomes; return its number.

    Args:
        workspace: the project's.
        model: the model.
        reason: why, for the record.
        actor: who wishes it; whoever is signed in when None.

    Raises:
        RejectedError: nobody challenges.
        UnknownNameError: there is no such model.
    """
    workspace.project.model(model)

    def decide(state: ModelState) -> Sequence[NewEvent]:
        if state.challenger is None:
            raise RejectedError(
                f"Nobody challenges the champion of {model!r}.",
                hint=f"See who serves: workbench models {model}",
                evidence=None,
            )
        return withdrawn(state, why=ROLLBACK, reason=reason)

    written = write_decision(workspace.ledger, model, decide, actor=actor)
    with suppress(TrackingError):  # MLflow is brought level by whoever decides next
        workspace.extension.project()
    number = written.before.challenger
    assert number is not None
    return number
