"""The seam to a store that shows models to people: what it must be able to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from workbench.registry.model import ModelState
from workbench.registry.version import ALIASES, Version

UNJUDGED = "not evaluated"


@dataclass(frozen=True)
class Shown:
    """A model as a store shows it, or as it should.

    Attributes:
        versions: the verdict shown of each version, by the ledger's number.
        aliases: the ledger's number that each of our aliases names; None for a version made by hand.
    """

    versions: dict[int, str] = field(default_factory=dict)
    aliases: dict[str, int | None] = field(default_factory=dict)


class ShownModels(Protocol):
    """Shows models; nothing is ever decided by what it holds.

    The contract: every call may be repeated, and calls of several processes may mix in any order.
    Aliases of other names than ours, and versions made by hand, are left alone. Whatever the store
    refuses is a TrackingError.
    """

    def look(self, model: str) -> Shown:
        """Return what is shown of a model; empty when it is not known."""

    def show(self, version: Version) -> None:
        """Show a version that is not shown yet."""

    def judge(self, model: str, number: int, verdict: str) -> None:
        """Show a version's verdict."""

    def point(self, model: str, alias: str, number: int | None) -> None:
        """Make an alias name a version that is shown; None takes the alias away."""


class MemoryModels:
    """Shows models to nobody: for tests."""

    def __init__(self) -> None:
        self.models: dict[str, Shown] = {}

    def look(self, model: str) -> Shown:
        """Return a copy of what is shown."""
        shown = self.models.get(model, Shown())
        return Shown(dict(shown.versions), dict(shown.aliases))

    def show(self, version: Version) -> None:
        """Show a version."""
        self.models.setdefault(version.model, Shown()).versions.setdefault(version.number, UNJUDGED)

    def judge(self, model: str, number: int, verdict: str) -> None:
        """Show a version's verdict."""
        self.models[model].versions[number] = verdict

    def point(self, model: str, alias: str, number: int | None) -> None:
        """Move or remove an alias."""
        aliases = self.models.setdefault(model, Shown()).aliases
        if number is None:
            aliases.pop(alias, None)
        else:
            aliases[alias] = number


def as_it_should_be(state: ModelState) -> Shown:
    """Return what should be shown of a model by the ledger's word."""
    versions = {n: v.verdict.value if v.verdict else UNJUDGED for n, v in state.versions.items()}
    return Shown(versions, {alias: state.aliases[alias] for alias in ALIASES if alias in state.aliases})
