"""A person asks for a promotion that somebody has to approve, whatever the model's policy is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from workbench.registry.compared import against_champion
from workbench.registry.decision import write_decision
from workbench.registry.gates import gates_of
from workbench.registry.promotion import Wish, find_own
from workbench.registry.promotion import propose as proposed
from workbench.registry.version import CHAMPION, Promotion

if TYPE_CHECKING:
    from workbench.ledger import Ledger, NewEvent
    from workbench.project import Project
    from workbench.registry.model import ModelState


def propose(
    project: Project,
    ledger: Ledger,
    model: str,
    version: int,
    *,
    alias: str = CHAMPION,
    share: float | None = None,
    reason: str = "",
    actor: str,
) -> Promotion:
    """Ask that a version become an alias's holder, and return the promotion that waits.

    Args:
        project: its workbench.toml says the gates and the policy.
        ledger: the truth about the model.
        model: the model.
        version: the version's number.
        alias: champion or challenger.
        share: of the traffic that a challenger is to get, from 0 to 1.
        reason: why, for the record.
        actor: who asks.

    Raises:
        RejectedError: its gates do not carry it, or it holds the alias already.
        UnknownNameError: there is no such model, version or alias.
    """
    config = project.model(model)
    gates = gates_of(model, config)
    wish = Wish(
        version,
        config.promotion.policy,
        gates,
        alias=alias,
        reason=reason,
        actor=actor,
        by_hand=config.interactive == "allow",
        compare=partial(against_champion, ledger),
        share=share,
    )

    def decide(state: ModelState) -> Sequence[NewEvent]:
        return proposed(state, wish)

    written = write_decision(ledger, model, decide, actor=actor)
    found = find_own(written.after, wish)
    assert found is not None
    return found
