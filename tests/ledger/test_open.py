"""Which URL opens what, and what opening costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import workbench.ledger
from workbench.clock import ManualClock
from workbench.errors import ConfigurationError
from workbench.ledger import Append, NewEvent, open_leases, open_ledger

ONE = Append("s", 0, (NewEvent("k", {}),))


def test_a_ledger_opens_again_with_what_it_held(url: str, clock: ManualClock) -> None:
    """Opening makes what is missing, and leaves alone what is there."""
    for version in range(3):
        ledger = open_ledger(url, clock)
        assert ledger.version("s") == version
        ledger.append(Append("s", version, (NewEvent("k", {}),)))
        ledger.close()


@pytest.mark.parametrize("name", ["ledger.db", "with space/ü.db", "a%20b.db"])
def test_a_path_may_hold_any_character(tmp_path: Path, clock: ManualClock, name: str) -> None:
    """What the URL escapes is meant literally; folders are made."""
    path = tmp_path / name
    escaped = str(path).replace("%", "%25")
    ledger = open_ledger(f"sqlite:///{escaped}", clock)
    ledger.append(ONE)
    ledger.close()
    assert path.is_file()


def test_a_relative_path_starts_in_the_current_folder(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three slashes and a name."""
    monkeypatch.chdir(tmp_path)
    open_ledger("sqlite:///state/ledger.db", clock).close()
    assert (tmp_path / "state" / "ledger.db").is_file()


@pytest.mark.parametrize(
    "url",
    ["", "ledger.db", "sqlite:ledger.db", "sqlite://ledger.db", "sqlite:///x.db?mode=ro", "mysql://h/d"],
)
@pytest.mark.parametrize("opening", [open_ledger, open_leases])
def test_other_urls_are_a_wrong_configuration(url: str, opening: object, clock: ManualClock) -> None:
    """Named, with the key and what may stand there."""
    assert callable(opening)
    with pytest.raises(ConfigurationError, match="The ledger cannot be kept at") as error:
        opening(url, clock)
    assert (error.value.key, repr(url) in error.value.message) == ("stores.ledger", True)
    assert "sqlite:///PATH" in error.value.hint


def test_a_ledger_in_memory_is_gone_when_closed(clock: ManualClock) -> None:
    """For trials: each opening has its own."""
    first, second = open_ledger("sqlite://", clock), open_ledger("sqlite://", clock)
    first.append(ONE)
    assert second.head().position == 0
    first.close()
    second.close()


def test_opening_a_file_imports_no_database_toolkit(tmp_path: Path) -> None:
    """Every command opens the ledger; what it does not need, it does not pay for."""
    code = (
        "import sys; from workbench.clock import SystemClock; from workbench.ledger import open_ledger\n"
        f"open_ledger('sqlite:///{tmp_path}/x.db', SystemClock()).find()\n"
        "print([name for name in ('sqlalchemy', 'psycopg', 'pydantic', 'psutil') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_public_names_are_listed_in_order() -> None:
    """What the package offers is what `__all__` says, sorted and without strangers."""
    assert workbench.ledger.__all__ == sorted(workbench.ledger.__all__)
    assert all(hasattr(workbench.ledger, name) for name in workbench.ledger.__all__)
