"""The record under which others see an output: a dataset's with its version, marked where it came by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from workbench.data.place import portable
from workbench.pipeline.backing import Backing

MARK = "interactive"
"""The key of a record under which stands who committed it, or what it was made from, by hand."""


def final_record(
    backing: Backing,
    name: str,
    record: Mapping[str, Any],
    folder: Path,
    *,
    facts: Mapping[str, str],
    explore: bool = False,
    by_hand: str = "",
) -> dict[str, Any]:
    """Make an output that lies in an attempt's folder one that others may read, and return its record.

    Args:
        backing: the project's stores.
        name: the output's.
        record: as the stage saved it.
        folder: where its files lie.
        facts: for the Delta log.
        explore: it is one of a sweep's, and does not become a version.
        by_hand: who committed it, or something it was made from, from a session; empty for a runner.

    Raises:
        IntegrityError: the bytes are not those recorded.
        StorageError: the disk is full.
    """
    root = backing.project.root
    current = None if explore else backing.catalog.current(name)
    if explore or record["kind"] != "dataset":
        if current is not None and current["fingerprint"] == record["fingerprint"]:
            return _marked(current, by_hand)
        return _marked(portable({**record, "uri": str(folder)}, root), by_hand)
    made = backing.datasets().commit_if_new(cast(Any, record), folder, current, facts)
    return _marked(portable(made, root), by_hand)


def hand_in(records: Iterable[Mapping[str, Any]]) -> str:
    """Return who had a hand in one of the records, from a session of their own; empty when nobody had."""
    return next((str(record[MARK]) for record in records if record.get(MARK)), "")


def _marked(record: Mapping[str, Any], by_hand: str) -> dict[str, Any]:
    plain = {key: value for key, value in record.items() if key != MARK}
    return {**plain, MARK: by_hand} if by_hand else plain
