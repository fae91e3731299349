"""Damaged files, a locked or broken store, a full disk: said in one message, with nothing half-written."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.said import Said, type_in
from tests.projects import notebook, write_project
from workbench.ledger import open_leases, open_ledger
from workbench.workspace import open_workspace

STAGES = {
    "make": {
        "notebook": notebook(
            "import workbench as wb\nstage = wb.stage('make')",
            """
            import lightgbm, numpy, pandas
            random = numpy.random.default_rng(stage.seed)
            table = pandas.DataFrame({"a": random.normal(size=rows), "y": random.integers(0, 2, rows)})
            stage.save("table", table)
            settings = {"objective": "binary", "num_threads": 1, "verbosity": -1}
            stage.save("model", lightgbm.train(settings, lightgbm.Dataset(table[["a"]], table["y"]), 2))
            """,
            parameters="rows: int = 200",
        ),
        "outputs": ["table", "model"],
    },
    "use": {
        "notebook": notebook(
            "import workbench as wb\nstage = wb.stage('use')",
            "scores = stage.load('model').predict(stage.load('table')[['a']])",
            "stage.save('count', {'scores': len(scores), 'again': again})",
            parameters="again: int = 0",
        ),
        "inputs": ["table", "model"],
        "outputs": ["count"],
    },
}
FILES = {"dataset": "data/table/*.parquet", "model": "runs/*/make/1/outputs/model/model.lgb"}
RUN = "import sys; from workbench.cli.main import main; sys.exit(main(sys.argv[1:]))"
MEGABYTES = 12


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose first run has succeeded; copied, never used itself."""
    root = write_project(tmp_path_factory.mktemp("whole") / "shop", STAGES)
    assert _typed(root, "run --json").code == 0
    return root


@pytest.fixture
def root(whole: Path, tmp_path: Path) -> Path:
    """A copy of that project."""
    return Path(shutil.copytree(whole, tmp_path / "shop"))


@pytest.mark.parametrize("kind", FILES)
def test_a_flipped_bit_fails_the_stage_that_reads_the_file(kind: str, root: Path) -> None:
    """IntegrityError, by the file's name; nothing of the stage is committed; mended, the run goes on."""
    (path,) = (root / ".workbench").glob(FILES[kind])
    intact = path.read_bytes()
    _write(path, bytes([*intact[:-40], intact[-40] ^ 1, *intact[-39:]]))
    said = type_in(root, "run -p use.again=1 --json")
    assert said.code == 1
    make, use = said.document["stages"]
    assert (make["outcome"], use["outcome"]) == ("reused", "failed")
    assert use["error"]["ename"] == "IntegrityError"
    assert path.name in use["reason"]
    assert use["reason"].endswith("It was not read.")
    assert use["outputs"] == {}
    _check_whole(root, said, count=0)
    told = type_in(root, "run -p use.again=1")
    assert told.code == 1
    assert "Traceback" not in told.out + told.err
    _write(path, intact)
    assert type_in(root, "resume last --json").code == 0
    _check_whole(root, said, count=1)


@pytest.mark.parametrize("line", ["run", "show last", "models", "audit verify"])
def test_a_locked_ledger_is_said_to_be(line: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the file and the seconds; when it is free again, all is as before."""
    for opening in (open_ledger, open_leases):
        assert opening.__kwdefaults__
        monkeypatch.setitem(opening.__kwdefaults__, "timeout", 0.2)
    ledger = root / ".workbench" / "ledger.db"
    with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        said = type_in(root, line)
    assert (said.code, said.out) == (1, "")
    first, *more = said.err.splitlines()
    assert first.startswith(f"error: The database {ledger} is locked")
    assert len(more) == 1
    _check_whole(root, said, count=0)


def test_a_ledger_that_is_no_database_is_left_as_it_is(root: Path) -> None:
    """Nothing runs on a record that cannot be read."""
    ledger = root / ".workbench" / "ledger.db"
    ledger.write_bytes(b"no database at all" * 500)
    said = type_in(root, "run")
    assert (said.code, said.out) == (1, "")
    assert "is damaged" in said.err
    assert ledger.read_bytes() == b"no database at all" * 500


def test_a_broken_mlflow_store_stops_no_run(root: Path) -> None:
    """MLflow shows what happened; it does not decide it. It is said once, in two lines."""
    (root / ".workbench" / "mlflow.db").write_bytes(b"no database at all" * 500)
    said = type_in(root, "run -p use.again=1")
    assert (said.code, said.err) == (0, "")
    assert said.out.count("Tracking is incomplete") == 1
    assert "file is not a database" in said.out
    assert "Traceback" not in said.out
    _check_whole(root, said, count=1)


@pytest.fixture
def full(whole: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the project on a small disk of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield Path(shutil.copytree(whole, disk / "shop"))
        return
    try:
        yield Path(shutil.copytree(whole, disk / "shop"))
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.parametrize("free", [0, 2_500_000])
def test_a_full_disk_is_said_to_be(free: int, full: Path) -> None:
    """Before the run or in the midst of it; once there is room, the same command succeeds."""
    line = f"run -p make.rows={800_000 if free else 300} --json"
    if full.parent.is_mount():
        filler = full.parent / "filler"
        filler.write_bytes(bytes(shutil.disk_usage(full).free - free))
        said = _typed(full, line)
        filler.unlink()
    else:  # nobody may mount here: a limit on the size of each file refuses what a full disk would
        said = _limited(full, line, free)
    assert said.code == 1
    if free:
        assert said.out, said.err
        make, use = said.document["stages"]
        assert make["error"]["ename"] == "StorageError"
        assert "cannot be written" in make["reason"]
        assert (make["outputs"], use["outcome"]) == ({}, "skipped")
        left = full / ".workbench" / "runs" / said.document["run"] / "make" / "1" / "outputs"
        assert [path for path in left.rglob("*") if path.is_file()] == []
    else:
        assert said.out == ""
        assert "disk" in said.error["message"]
        assert said.error["hint"]
    _check_whole(full, said, count=0)
    again = _typed(full, "run -p make.rows=300 --json")
    assert again.code == 0
    assert again.document["stages"][1]["metrics"] == {}
    _check_whole(full, again, count=1)


def _typed(root: Path, line: str, **variables: str) -> Said:
    """Type a command in a process of its own: what it opens ends with it."""
    command, env = [sys.executable, "-c", RUN, *line.split()], {**os.environ, **variables}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    return Said(done.returncode, done.stdout, done.stderr)


def _limited(root: Path, line: str, size: int) -> Said:
    toml = root / "workbench.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("[runner]", "[runner]\nwarm = false"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        return _typed(root, line, IPYTHONDIR=str(root / "ipython"))  # a person's history may be larger
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _write(path: Path, content: bytes) -> None:
    path.chmod(0o644)  # committed files are read-only
    path.write_bytes(content)


def _check_whole(root: Path, said: Said, count: int) -> None:
    """Check that no traceback was shown, that the ledger verifies, and how often `use` committed since."""
    assert "Traceback" not in said.err
    with open_workspace(root) as workspace:
        assert workspace.ledger.verify().ok
        committed = workspace.ledger.find(kinds=("entry.committed",), subject="use")
        assert len(committed) == 1 + count
