"""What the ledger wants of each model, and which versions are needed for it now and soon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.errors import UsageError
from workbench.serving.order import Loadable, Split

if TYPE_CHECKING:
    from workbench.registry.model import ModelState


def check_servable(states: dict[str, ModelState]) -> None:
    """Ask of each model that somebody is champion of it.

    Raises:
        UsageError: nobody is.
    """
    for state in states.values():
        if state.champion is None:
            count = len(state.versions)
            hint = f"workbench promote {state.name} {max(state.versions)}" if count else "workbench run"
            raise UsageError(
                f"{state.name!r} has no champion that could answer; registered are {count} versions.",
                hint=f"Make one: {hint}. Or serve others: workbench serve MODEL",
            )


def soon(state: ModelState, recent: Sequence[int], keep: int) -> list[int]:
    """Return the versions that a rollback may want, the likeliest first, those that serve not among them.

    Args:
        state: the model's.
        recent: versions that served lately, the newest first.
        keep: how many at most.
    """
    likely = (state.replaced_by(), *recent)
    now = state.deployment.versions
    found = [n for n in dict.fromkeys(likely) if n is not None and n in state.versions and n not in now]
    return found[:keep]


def fallback(state: ModelState) -> Split | None:
    """Return what serves when a service starts and the champion may not: the version before it."""
    before = state.replaced_by()
    return Split(state.name, before) if before is not None else None


def changed(before: Split | None, after: Split) -> str:
    """Return in words what becomes another, for the log; empty when nothing does."""
    if before == after:
        return ""
    words = [f"champion {after.champion}"]
    if after.challenger is not None:
        words.append(f"challenger {after.challenger} at {after.share * 100:g} %")
    words += [f"shadow {number}" for number in after.shadows]
    return ", ".join(words)


def bundle(
    splits: Sequence[Split], states: dict[str, ModelState], kept: dict[str, Sequence[int]]
) -> tuple[Loadable, ...]:
    """Return all versions that an order needs, those that serve first."""
    from workbench.serving.load import loadable

    numbers = [(split.model, number) for split in splits for number in split.versions]
    numbers += [(model, number) for model, each in kept.items() for number in each]
    return tuple(loadable(states[model].find(number)) for model, number in dict.fromkeys(numbers))
