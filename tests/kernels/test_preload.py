"""What the fork server may load, and when it must not fork."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.kernels import inventory
from workbench.kernels.inventory import Inventory
from workbench.kernels.preload import Preload


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of installed packages, with one package in it."""
    place = tmp_path / "site-packages"
    (place / "pack-1.dist-info").mkdir(parents=True)
    (place / "pack-1.dist-info" / "RECORD").write_text("", encoding="utf-8")
    (place / "pack_of_test.py").write_text("VALUE = 1\n", encoding="utf-8")
    installed = inventory._installed()
    monkeypatch.setattr(inventory, "_installed", lambda: (str(place), *installed))
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return place


CHANGES = {
    "an edited module": ("pack_of_test.py", "VALUE = 22\n"),
    "a package installed over it": ("pack-1.dist-info/RECORD", "pack_of_test.py,,\n"),
    "a package beside it": ("other.py", "VALUE = 1\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_what_is_installed_is_noticed(change: str, installed: Path) -> None:
    """Edited in place, installed anew, or added: the loaded modules are no longer those on disk."""
    known = Inventory()
    importlib.import_module("pack_of_test")
    assert known.take() == []
    assert known.changed() is None
    name, content = CHANGES[change]
    (installed / name).write_text(content, encoding="utf-8")
    assert known.changed() is not None
    del sys.modules["pack_of_test"]


def test_a_local_module_is_not_kept(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies elsewhere than installed packages is the project's, and edited between two kernels."""
    (tmp_path / "mine_of_test.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    known = Inventory()
    importlib.import_module("mine_of_test")
    assert known.take() == ["mine_of_test"]
    assert "mine_of_test" not in sys.modules


def test_a_module_that_cannot_be_imported_is_noted() -> None:
    """The kernel that imports it will meet the same error; others need not care."""
    preload = Preload(("no_such_module",), memory=10**12)
    preload._load("no_such_module")
    assert preload.failures == {"no_such_module": "ModuleNotFoundError: No module named 'no_such_module'"}


THREADS = {
    "come later": ("colorsys", "threads, and had"),
    "come with a module": ("busy_of_test", "busy_of_test starts a thread when it is imported"),
}


@pytest.mark.parametrize("case", THREADS)
def test_it_does_not_fork_when_there_are_threads_that_it_cannot_vouch_for(case: str, tmp_path: Path) -> None:
    """What they hold would stay locked in the kernel for ever.

    In a process of its own: other tests may have left threads in this one.
    """
    module, reason = THREADS[case]
    start = "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    (tmp_path / "busy_of_test.py").write_text(start, encoding="utf-8")
    code = f"""
from workbench.kernels.preload import Preload
preload = Preload((), memory=10**12)
preload._load({module!r})
import busy_of_test
print(preload.unsafe())
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert reason in done.stdout


def test_loading_stops_at_the_bound_of_memory() -> None:
    """The rest is imported by the kernels that need it."""
    preload = Preload(("colorsys",), memory=1)
    for _ in preload.steps():
        pass
    assert list(preload.failures) == ["colorsys"]
