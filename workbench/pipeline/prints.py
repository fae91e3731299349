"""What the entries of a run were made from, as far as the ledger tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.ledger import Ledger
from workbench.pipeline.fingerprint import Fingerprint
from workbench.pipeline.history import EntryState, RunState


def prints_of(ledger: Ledger, state: RunState) -> dict[str, Fingerprint | None]:
    """Return the fingerprint of what each entry ran or reused; None where none is recorded.

    Raises:
        StorageError: the ledger cannot be read.
    """
    return {name: _print_of(ledger, entry) for name, entry in state.entries.items()}


def _print_of(ledger: Ledger, entry: EntryState) -> Fingerprint | None:
    content: Mapping[str, Any] | None = entry.fingerprint
    if content is None and entry.commit is not None:
        events = ledger.find(after=entry.commit - 1, before=entry.commit + 1)
        content = events[0].data.get("fingerprint") if events else None
    if content is None:
        content = _tried(entry)
    return Fingerprint.from_dict(content) if content else None


def _tried(entry: EntryState) -> Mapping[str, Any] | None:
    """Return what the last attempt ran, of one that did not succeed."""
    return entry.attempts[-1].fingerprint if entry.attempts else None
