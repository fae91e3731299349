"""What a wish about a model came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.registry.deployment import Deployment
from workbench.registry.version import Promotion


@dataclass(frozen=True)
class Decided:
    """What a wish came to.

    Attributes:
        before: who held the alias.
        after: who holds it now; equal to `before` when nothing moved.
        waits: the promotion that waits for another person's approval, None when none does.
        warning: what did not reach MLflow; the decision stands all the same.
        lost: how often somebody else was first, so that it was decided anew.
        deployment: which versions serve now, and what share of the traffic each gets.
    """

    model: str
    alias: str
    version: int
    before: int | None
    after: int | None
    waits: Promotion | None = None
    warning: str = ""
    lost: int = 0
    deployment: Deployment = field(default_factory=Deployment)

    @property
    def moved(self) -> bool:
        """Whether the alias moved."""
        return self.before != self.after

    def to_dict(self) -> dict[str, Any]:
        """Return the decision as JSON."""
        return {
            "model": self.model,
            "alias": self.alias,
            "version": self.version,
            "before": self.before,
            "after": self.after,
            "moved": self.moved,
            "waits": self.waits.number if self.waits else None,
            "warning": self.warning,
            "deployment": self.deployment.to_dict(),
        }


@dataclass(frozen=True)
class Redeployed:
    """What a wish about a model's traffic or shadows came to.

    Attributes:
        before: what served.
        after: what serves now; equal to `before` when it was so already.
    """

    model: str
    before: Deployment
    after: Deployment

    @property
    def changed(self) -> bool:
        """Whether anything is otherwise than before."""
        return self.before != self.after

    def to_dict(self) -> dict[str, Any]:
        """Return what it came to as JSON."""
        return {
            "model": self.model,
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "changed": self.changed,
        }
