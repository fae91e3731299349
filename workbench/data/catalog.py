"""Which outputs exist, as the ledger tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from workbench.data.record import OutputRecord
from workbench.errors import UnknownNameError

if TYPE_CHECKING:
    from workbench.ledger import Event, Ledger

_VISIBLE = ("entry.committed", "entry.reused")
_PAGE = 200


@dataclass(frozen=True)
class DatasetVersionRow:
    """A version of a dataset: when and by whose run it became visible first."""

    version: int
    at: str
    run: str
    stage: str
    rows: int
    fingerprint: str
    actor: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON."""
        return asdict(self)


class Catalog:
    """Reads outputs from the ledger's commits, the only place that makes them visible."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def current(self, name: str) -> OutputRecord | None:
        """Return the record of the newest commit or reuse that names this output, None without one."""
        for event in self._visible(_VISIBLE):
            if name in event.data["outputs"]:
                record: OutputRecord = event.data["outputs"][name]
                return record
        return None

    def names(self) -> list[str]:
        """Return the names of all datasets that have a version, sorted."""
        found = {
            name
            for event in self._visible(("entry.committed",))
            for name, record in event.data["outputs"].items()
            if record["kind"] == "dataset" and record["version"] is not None
        }
        return sorted(found)

    def history(self, name: str) -> list[DatasetVersionRow]:
        """Return the versions of a dataset, newest first; each with the commit that made it visible.

        Raises:
            UnknownNameError: no dataset of that name was ever committed.
        """
        rows = [_row(event, record) for event, record in self._commits(name)]
        if not rows:
            raise UnknownNameError("dataset", name, self.names())
        return rows

    def version(self, name: str, number: int) -> OutputRecord:
        """Return the record of one version of a dataset.

        Raises:
            UnknownNameError: there is no such dataset, or no such version of it.
        """
        commits = self._commits(name)
        for _, record in commits:
            if record["version"] == number:
                return record
        if not commits:
            raise UnknownNameError("dataset", name, self.names())
        known = sorted(record["version"] or 0 for _, record in commits)
        raise UnknownNameError(
            f"version of dataset {name!r}",
            str(number),
            map(str, known),
            hint=(
                f"It has {len(known)} versions, from {known[0]} to {known[-1]}; "
                f"`workbench data log {name}` lists them."
            )
            if known[1:]
            else f"It has version {known[0]}.",
        )

    def _commits(self, name: str) -> list[tuple[Event, OutputRecord]]:
        """Return the first commit of each version, newest first.

        A number may come twice: Delta counts anew when a damaged log was moved away.
        """
        first: dict[tuple[int, str], tuple[Event, OutputRecord]] = {}
        for event in self._visible(("entry.committed",)):
            record = event.data["outputs"].get(name)
            if record is not None and record["kind"] == "dataset" and record["version"] is not None:
                first[record["version"], record["fingerprint"]] = (event, record)
        return sorted(first.values(), key=lambda commit: commit[0].position, reverse=True)

    def _visible(self, kinds: tuple[str, ...]) -> Iterator[Event]:
        before = None
        while page := self._ledger.find(kinds=kinds, newest_first=True, before=before, limit=_PAGE):
            yield from page
            before = page[-1].position


def _row(event: Event, record: OutputRecord) -> DatasetVersionRow:
    version = record["version"]
    return DatasetVersionRow(
        version=-1 if version is None else version,
        at=event.at.isoformat(),
        run=event.data["run"],
        stage=event.data["stage"],
        rows=record["rows"],
        fingerprint=record["fingerprint"],
        actor=event.actor,
    )
