"""What a candidate differs in from the champion: between the runs that made them, up to their training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.pipeline.difference import difference
from workbench.pipeline.history import EntryState, RunState, fold

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.registry.model import ModelState
    from workbench.registry.version import Version

_MOST = 12  # changes that are told


def against_champion(ledger: Ledger, state: ModelState, version: Version) -> dict[str, Any]:
    """Return what differs between the run that made a version and the champion's, in brief.

    Only the training and what it reads are compared; what came of it, the gates tell.

    Returns:
        `champion`, its number; `runs`, the champion's and the version's; `changes`, a sentence each; and
        `unknown`, stages of which one run does not say what it ran. Empty without a champion to compare
        with, when it is the version itself, or when the ledger cannot tell.
    """
    number = state.champion
    if number is None or number == version.number or number not in state.versions:
        return {}
    champion = state.versions[number]
    try:
        old, new = (fold(run, ledger.read(f"run/{run}")) for run in (champion.run, version.run))
        stages = _behind(new, version.stage) | _behind(old, champion.stage)
        found = difference(ledger, old, new, stages=stages)
    except WorkbenchError:  # a decision does not fail for what stands beside it
        return {}
    return {
        "champion": number,
        "runs": [old.run, new.run],
        "changes": found.brief(_MOST),
        "unknown": list(found.unknown),
    }


def difference_words(found: Mapping[str, Any]) -> list[str]:
    """Return what `against_champion` found, a sentence a line; nothing when it found nothing to compare."""
    if not found:
        return []
    changes = found["changes"] or ["the same code, parameters and data"]
    unknown = [f"{stage}: what it ran is not recorded" for stage in found["unknown"]]
    head = f"Against champion {found['champion']}, of run {found['runs'][0]}:"
    return [head, *(f"  {line}" for line in [*changes, *unknown])]


def _behind(state: RunState, stage: str) -> set[str]:
    """Return the entry that trained, and those whose outputs it read, directly or through others."""
    makers = {name: entry for entry in state.entries.values() for name in entry.outputs}
    pending = [entry for entry in state.entries.values() if entry.stage == stage]
    found: dict[str, EntryState] = {}
    while pending:
        entry = pending.pop()
        if entry.name not in found:
            found[entry.name] = entry
            read = set(entry.inputs) | set((entry.fingerprint or {}).get("inputs", ()))
            pending += [makers[name] for name in read if name in makers]
    return set(found)
