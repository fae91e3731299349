"""Folders that go with the work that needs them."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.passing import passing_folder

HOLDS = """
import sys, time
from workbench.passing import passing_folder
with passing_folder("of-a-test-") as folder:
    (folder / "much").write_text("data")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_it_goes_with_its_block() -> None:
    """With all that is in it."""
    with passing_folder("of-a-test-") as folder:
        (folder / "much").write_text("data")
    assert not folder.exists()


def test_what_a_killed_process_left_is_cleared_and_what_is_held_stays(tmp_path: Path) -> None:
    """Of the same prefix only."""
    (tmp_path / "of-a-test-older").mkdir()  # it has no lock: who knows whose it is
    command = [sys.executable, "-c", HOLDS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        with passing_folder("of-a-test-") as folder:
            assert (left / "much").exists()
            assert folder != left
        process.send_signal(signal.SIGKILL)
    with passing_folder("another-"):
        assert left.exists()
    with passing_folder("of-a-test-"):
        assert not left.exists()
    assert (tmp_path / "of-a-test-older").exists()
