"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.data.tables import saved
from workbench.data import Datasets, digest_folder, stage_artifact, stage_table
from workbench.data.durable import replacing
from workbench.errors import StorageError

NOISE = np.random.default_rng(0).integers(0, 2**62, 60_000)
SAVES: dict[str, Callable[[Path], Any]] = {
    "table": lambda folder: stage_table(pa.table({"x": NOISE}), folder, "t"),
    "array": lambda folder: stage_artifact(NOISE, folder, "a"),
    "bytes": lambda folder: stage_artifact(NOISE.tobytes(), folder, "a"),
    "json": lambda folder: stage_artifact(NOISE.tolist(), folder, "a"),
}

KILLED = """
import os, signal, sys
from pathlib import Path
import pyarrow as pa
from workbench.data import Datasets, stage_table

at, count = int(sys.argv[2]), 0

def killing(module, name):
    real = getattr(module, name)
    def stand_in(*given, **named):
        global count
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    setattr(module, name, stand_in)

root = Path(sys.argv[1])
record = stage_table(pa.table({"x": [1, 2]}), root / "killed", "t")
from deltalake import DeltaTable
for module, name in [(Path, "mkdir"), (os, "link"), (Path, "replace"), (Path, "rename"), (os, "fsync"),
                     (DeltaTable, "create"), (DeltaTable, "create_write_transaction")]:
    killing(module, name)
Datasets(root / "data").commit(record, root / "killed", {})
print("whole")
"""


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES.keys())
def test_a_write_cut_off_leaves_nothing_behind(tmp_path: Path, save: Callable[[Path], Any]) -> None:
    """A write that the operating system cuts off is a StorageError, and no file remains."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(StorageError, match="cannot be written: File too large"):
            save(tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert digest_folder(tmp_path) == ()


def test_a_full_disk_is_said_to_be_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When space runs out the message says so and what to do."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device") as caught:
        stage_table(pa.table({"x": [1]}), tmp_path, "t")
    assert "Free some space" in caught.value.hint
    assert caught.value.store == str(tmp_path)
    assert digest_folder(tmp_path) == ()


def test_an_older_file_stays_when_a_newer_fails(tmp_path: Path) -> None:
    """An interrupted write leaves the file that was there."""
    path = tmp_path / "value.txt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(path)
    assert digest_folder(tmp_path)[0].path == "value.txt"
    assert path.read_text() == "old"


def _interrupted(path: Path) -> None:
    with replacing(path) as stream:
        stream.write(b"new")
        raise KeyboardInterrupt


@pytest.mark.parametrize("step", [4, 5, 7, 8, 9, 10])
def test_a_commit_killed_at_any_step_can_be_done_again(tmp_path: Path, step: int) -> None:
    """After SIGKILL in the middle of a commit, the next commit is whole and reads back."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(step)], check=False, capture_output=True, text=True
    )
    assert done.returncode == -9, done.stderr
    datasets = Datasets(tmp_path / "data")
    table = pa.table({"x": [1, 2]})
    record = saved(datasets, tmp_path / "again", table, "t")
    assert datasets.read(record, as_="arrow").equals(table)
    assert saved(datasets, tmp_path / "next", table.slice(1), "t")["version"] == (record["version"] or 0) + 1
