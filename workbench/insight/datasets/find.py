"""Finds versions of a dataset in the ledger, from the newest commit back, and no farther than need be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.data.catalog import Catalog
from workbench.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from workbench.data.record import OutputRecord
    from workbench.insight.store import Store
    from workbench.ledger import Event

_PAGE = 200


def record_of(store: Store, name: str, version: int | None) -> tuple[OutputRecord, Event]:
    """Return the record of a version, the current one when None, and the event that names it.

    Raises:
        UnknownNameError: there is no such dataset, or no such version of it.
        UsageError: it is no dataset.
    """
    kinds = ("entry.committed",) if version is not None else ("entry.committed", "entry.reused")
    for record, event in _named(store, name, kinds):
        if version is None or record["version"] == version:
            return record, event
    if version is not None:
        Catalog(store.ledger).version(name, version)  # which says what there is
    names = Catalog(store.ledger).names()
    hint = "" if names else "No dataset is committed yet. Make some: workbench run"
    raise UnknownNameError("dataset", name, names, hint=hint)


def version_before(store: Store, name: str, version: int) -> int | None:
    """Return the newest version that is older than one; None when there is none."""
    for record, _ in _named(store, name, ("entry.committed",)):
        number = record["version"]
        if number is not None and number < version:
            return number
    return None


def _named(store: Store, name: str, kinds: tuple[str, ...]) -> Iterator[tuple[OutputRecord, Event]]:
    before = None
    while page := store.ledger.find(kinds=kinds, newest_first=True, before=before, limit=_PAGE):
        for event in page:
            record = event.data["outputs"].get(name)
            if record is None:
                continue
            if record["kind"] != "dataset":
                raise UsageError(
                    f"{name!r} is a kind of {record['kind']}, and has no rows.",
                    hint=f"Datasets are: {', '.join(Catalog(store.ledger).names()) or 'none yet'}.",
                )
            if record.get("version") is not None:
                yield record, event
        before = page[-1].position
