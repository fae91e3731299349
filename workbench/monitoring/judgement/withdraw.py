"""A person ends a challenge."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from workbench.errors import TrackingError
from workbench.registry.challenge import end
from workbench.registry.decision import write_decision

if TYPE_CHECKING:
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
    written = write_decision(workspace.ledger, model, lambda state: end(state, reason=reason), actor=actor)
    with suppress(TrackingError):  # MLflow is brought level by whoever decides next
        workspace.extension.project()
    number = written.before.challenger
    assert number is not None
    return number
