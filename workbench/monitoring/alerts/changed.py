"""What happened to a model and to the data between two moments, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.pipeline.commits import COMMITTED
from workbench.registry.deployment import REFUSED, SHADOWED, SHARED, UNSHADOWED
from workbench.registry.happened import MOVED
from workbench.registry.model import stream_of
from workbench.registry.share import share_text

if TYPE_CHECKING:
    from workbench.ledger import Event, Ledger

_BACK = 200  # events that are looked through
_MOST = 20


def changes_between(ledger: Ledger, model: str, since: datetime, until: datetime) -> list[dict[str, str]]:
    """Return what happened to a model and to datasets, the oldest first: `at`, `what`, `by`.

    Args:
        ledger: what happened.
        model: whose versions count.
        since: project time; the first moment that counts.
        until: project time; the last one.
    """
    found = [*_of_model(ledger, model), *_of_data(ledger, since)]
    within = sorted(
        (each for each in found if since <= each[0].at <= until), key=lambda each: each[0].position
    )
    return [{"at": event.at.isoformat(), "what": what, "by": event.actor} for event, what in within[-_MOST:]]


def _of_model(ledger: Ledger, model: str) -> Iterator[tuple[Event, str]]:
    stream = stream_of(model)
    for event in ledger.read(stream, after=max(0, ledger.version(stream) - _BACK)):
        said = _SAID.get(event.kind)
        if said is not None:
            yield event, said(event.data)


def _of_data(ledger: Ledger, since: datetime) -> Iterator[tuple[Event, str]]:
    """Yield the new versions of datasets; commits before `since` only tell which are not new."""
    known: dict[str, int] = {}
    commits = ledger.find(kinds=(COMMITTED,), newest_first=True, limit=_BACK)
    for event in reversed(commits):
        for name, record in event.data["outputs"].items():
            version = record.get("version")
            if record["kind"] != "dataset" or known.get(name) == version:
                continue
            known[name] = version
            if event.at >= since:
                yield event, f"dataset {name} got version {version} by run {event.data['run']}"


def _moved(data: dict[str, Any]) -> str:
    before, after, alias = data["before"], data["after"], data["alias"]
    if after is None:
        return f"version {before} is {alias} no more ({data['why']})"
    instead = f" in place of version {before}" if before is not None else ""
    return f"version {after} became {alias}{instead} ({data['why']})"


def _shared(data: dict[str, Any]) -> str:
    return f"version {data['version']} got {share_text(data['after'])} of the traffic"


def _shadowed(data: dict[str, Any]) -> str:
    return f"version {data['version']} became a shadow"


def _unshadowed(data: dict[str, Any]) -> str:
    return f"version {data['version']} is no shadow any more"


def _refused(data: dict[str, Any]) -> str:
    return f"a server refused version {data['version']} at {data['step']}"


_SAID = {MOVED: _moved, SHARED: _shared, SHADOWED: _shadowed, UNSHADOWED: _unshadowed, REFUSED: _refused}
