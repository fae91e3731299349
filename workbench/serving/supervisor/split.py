"""From what the ledger wants to what may serve: what failed its trial never does, the old split stays."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from workbench.serving.order import Split

if TYPE_CHECKING:
    from workbench.registry.deployment import Deployment


def split_of(model: str, wanted: Deployment, good: Container[int], before: Split | None) -> Split | None:
    """Return what shall serve of a model now; None when nothing may.

    A version that is not good, because it failed its trial or is still being tried, does not take its
    place: who held that place before keeps it. Shadows that are not good are left out.

    Args:
        model: its name.
        wanted: what the ledger says.
        good: numbers of the versions that passed their trial.
        before: what serves now.
    """
    champion = _champion(wanted, good, before)
    if champion is None:
        return before
    challenger, share = _challenger(wanted, good, before)
    if challenger in (None, champion):
        challenger, share = None, 0.0
    shadows = tuple(n for n in wanted.shadows if n in good and n not in (champion, challenger))
    return Split(model, champion, challenger, share, shadows)


def _champion(wanted: Deployment, good: Container[int], before: Split | None) -> int | None:
    if wanted.champion is not None and wanted.champion in good:
        return wanted.champion
    return before.champion if before else None


def _challenger(wanted: Deployment, good: Container[int], before: Split | None) -> tuple[int | None, float]:
    if wanted.challenger is None:
        return None, 0.0
    if wanted.challenger in good:
        return wanted.challenger, wanted.share
    return (before.challenger, before.share) if before else (None, 0.0)
