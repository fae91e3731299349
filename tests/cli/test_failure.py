from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from workbench.cli.failure import DEBUG, explain, report
from workbench.cli.main import main
from workbench.errors import (
    BusyError,
    RejectedError,
    StorageError,
    UnknownNameError,
    WorkbenchError,
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "workbench.toml").write_text('[project]\nname = "small"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(DEBUG, raising=False)
    return tmp_path


def raised(error: Exception) -> Exception:
    """Give the error a traceback."""
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WorkbenchError("It broke.", hint="Mend it."), 1),
        (UnknownNameError("stage", "trian", ["train"]), 2),
        (BusyError("Somebody else runs it.", hint="Wait."), 1),
        (RejectedError("The gate said no.", hint="Look at the evidence."), 3),
    ],
)
def test_every_error_is_a_message_a_hint_and_an_exit_code(
    error: WorkbenchError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing goes to standard output, and no traceback anywhere."""
    assert report(error, as_json=False) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"error: {error.message}\n{error.hint}\n"


def test_with_json_the_error_is_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Its fields travel along."""
    assert report(UnknownNameError("stage", "trian", ["train"]), as_json=True) == 2
    said = json.loads(capsys.readouterr().err)["error"]
    assert said["type"] == "UnknownNameError"
    assert said["hint"] == "Did you mean 'train'?"
    assert said["fields"] == {"kind": "stage", "name": "trian", "known": ["train"]}
    assert said["exit_code"] == 2


def test_what_nobody_foresaw_is_one_line_and_a_log_file(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The traceback is kept beside the project's state; values from the command line are not."""
    odd = raised(KeyError("odd\nthing"))
    assert report(odd, as_json=False, words=["run", "-p", "train.key=private"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: Unexpected KeyError: 'odd\\nthing'\n")
    assert f"set {DEBUG}=1 for the traceback" in said
    assert "Traceback" not in said
    (log,) = (project / ".workbench" / "logs").iterdir()
    assert str(log) in said
    text = log.read_text()
    assert "Traceback (most recent call last)" in text
    assert "workbench run\n" in text
    assert "private" not in text
    assert log.stat().st_mode & 0o077 == 0


def test_outside_of_a_project_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no state folder, so there is no log file either."""
    monkeypatch.chdir(tmp_path)
    assert report(RuntimeError("odd"), as_json=False) == 1
    assert (
        capsys.readouterr().err == f"error: Unexpected RuntimeError: odd\nset {DEBUG}=1 for the traceback.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_traceback_shows_when_asked_for(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One variable turns it on, for foreseen errors too."""
    monkeypatch.setenv(DEBUG, "1")
    report(raised(StorageError("The ledger is locked.")), as_json=False)
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_full_disk_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A foreseen misfortune is no unexpected error."""
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/part.parquet")
    said = explain(full)
    assert isinstance(said, StorageError)
    assert "The disk is full at /data/part.parquet" in said.message
    assert "workbench runs" in said.hint


def test_a_file_of_somebody_else_is_named() -> None:
    """With what to look at, in place of a traceback."""
    said = explain(PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/data/.workbench/runs"))
    assert isinstance(said, StorageError)
    assert said.message == "Access is refused at /data/.workbench/runs: Permission denied."
    assert "ls -l" in said.hint


def test_a_folder_that_was_removed_under_somebody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever needs to know where it is, such as `init`."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["init", "shop"]) == 2
    assert capsys.readouterr().err.startswith("error: The folder that this was started in is gone.\n")


def test_a_person_who_interrupts_gets_exit_code_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Interrupting is neither wrong usage nor a gate's no."""
    assert report(KeyboardInterrupt(), as_json=False) == 1
    assert capsys.readouterr().err == "error: Interrupted.\n"
