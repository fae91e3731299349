from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from workbench.clock import ManualClock
from workbench.ledger import Append, Leases, Ledger, MemoryLedger, NewEvent, open_leases, open_ledger
from workbench.ledger.place import Place, here

Write = Callable[..., Any]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger is to be kept: each kind of database in turn."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'state' / 'ledger.db'}"


@pytest.fixture(params=["memory", "sqlite in memory", "sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[Ledger]:
    """A new ledger: each implementation in turn."""
    opened: Ledger
    if request.param == "memory":
        opened = MemoryLedger(clock)
    elif request.param == "sqlite in memory":
        opened = open_ledger("sqlite://", clock)
    elif request.param == "sqlite":
        opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    else:
        opened = open_ledger(request.getfixturevalue("postgres_url"), clock)
    yield opened
    opened.close()


@pytest.fixture
def write(ledger: Ledger) -> Write:
    """Append one event to a stream, whatever its version."""

    def append(stream: str, kind: str, data: dict[str, Any] | None = None, **more: str) -> Any:
        event = NewEvent(kind, {} if data is None else data, **more)
        return ledger.append(Append(stream, ledger.version(stream), (event,)))[0]

    return append


class Machines:
    """Opens leases as the processes of several machines see them, each with a clock of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: list[Leases] = []

    def leases(self, clock: ManualClock, *, machine: str = "here", place: Place | None = None) -> Leases:
        """Open the leases on a machine; in a process of this test unless another place is given."""
        seen_from = place or Place(machine, here().pid, here().born)
        leases = open_leases(self._url, clock, place=lambda: seen_from)
        self._opened.append(leases)
        return leases

    def close(self) -> None:
        """Close all that was opened."""
        for leases in self._opened:
            leases.close()


@pytest.fixture
def machines(url: str) -> Iterator[Machines]:
    """Machines that share one database."""
    opened = Machines(url)
    yield opened
    opened.close()


@pytest.fixture
def ttl() -> timedelta:
    """How long the leases of these tests live without a beat."""
    return timedelta(seconds=10)
