from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.monitoring.alerts.receivers import Hook, Mailbox, listening
from tests.monitoring.alerts.weeks import Weeks, write_rules
from workbench.clock import ManualClock
from workbench.ledger import Ledger, open_ledger


@pytest.fixture
def ledger(tmp_path: Path, clock: ManualClock) -> Iterator[Ledger]:
    """An empty ledger in a file."""
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    yield opened
    opened.close()


@pytest.fixture
def weeks(tmp_path: Path, ledger: Ledger, clock: ManualClock) -> Callable[[str], Weeks]:
    """Return weeks of a model under the rules that are given as TOML."""
    return lambda rules: Weeks(write_rules(tmp_path / "shop", rules), ledger, clock)


@pytest.fixture
def hook() -> Iterator[Hook]:
    """An HTTP service that takes messages."""
    with listening(Hook()) as server:
        yield server


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that takes messages."""
    with listening(Mailbox()) as server:
        yield server
