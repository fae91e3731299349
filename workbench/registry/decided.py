"""What a wish about a model came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    """

    model: str
    alias: str
    version: int
    before: int | None
    after: int | None
    waits: Promotion | None = None
    warning: str = ""
    lost: int = 0

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
        }
