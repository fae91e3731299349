"""What `doctor` finds, each thing well and unwell."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from workbench.doctor import Finding, Status, examine
from workbench.doctor.installed import unmet
from workbench.doctor.place import room
from workbench.doctor.stores import without_password
from workbench.template.repository import configure


def made(folder: Path, extra: str = "") -> Path:
    return write_project(folder, {"make": {"notebook": notebook("1")}}, extra=extra)


def found(folder: Path, executor: str = "local") -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(folder, executor=executor)}


def test_a_new_project_in_this_environment_is_well(tmp_path: Path) -> None:
    """Only git, where there is no repository, asks for something; looking makes and changes nothing."""
    root = made(tmp_path)
    before = sorted(root.rglob("*"))
    findings = found(root)
    assert {name for name, each in findings.items() if each.status is not Status.OK} <= {"git"}
    assert "not made yet" in findings["ledger"].said
    assert sorted(root.rglob("*")) == before
    assert all(each.todo for each in findings.values() if each.status is not Status.OK)


def test_a_project_that_allows_pickle_is_told_what_that_means(tmp_path: Path) -> None:
    """It works, and it is said plainly; without the word nothing is pickled."""
    assert found(made(tmp_path / "a"))["models"].said == "are stored without pickle"
    finding = found(made(tmp_path / "b", "[stores]\nallow_pickle = true\n"))["models"]
    assert finding.status is Status.WARN
    assert "can run code wherever it is loaded" in finding.said


def test_outside_of_a_project_the_installation_is_looked_at(tmp_path: Path) -> None:
    """And how to get a project is said."""
    findings = found(tmp_path)
    assert findings["packages"].status is Status.OK
    assert findings["project"].status is Status.WARN
    assert "workbench init" in findings["project"].todo
    assert "ledger" not in findings


def test_a_wrong_configuration_is_a_failure_with_its_own_hint(tmp_path: Path) -> None:
    """The rest that can be looked at still is."""
    root = made(tmp_path, "[pipeline.x]\nstages = []\n")
    findings = found(root)
    assert findings["project"].status is Status.FAIL
    assert "pipelines" in findings["project"].todo
    assert "git" in findings


def test_a_damaged_ledger_fails(tmp_path: Path) -> None:
    """A file that is no database is said to be none."""
    root = made(tmp_path)
    (root / ".workbench/ledger.db").write_bytes(b"this is no database, however long it is" * 100)
    ledger = found(root)["ledger"]
    assert ledger.status is Status.FAIL
    assert "not a database" in ledger.said


def test_a_folder_where_nothing_can_be_made_fails(tmp_path: Path) -> None:
    """Here a file stands where a folder should."""
    (tmp_path / "file").write_text("")
    root = made(tmp_path / "project", f"[stores]\ndata = '{tmp_path}/file/data'\n")
    data = found(root)["data"]
    assert (data.status, "is no folder" in data.said) == (Status.FAIL, True)


def test_a_postgresql_that_answers_is_well(tmp_path: Path, postgres_url: str) -> None:
    """Its version is told; no table is made by looking."""
    findings = found(made(tmp_path, f"[stores]\nledger = '{postgres_url}'\n"))
    assert findings["ledger"].status is Status.OK
    assert "PostgreSQL 1" in findings["ledger"].said


def test_a_postgresql_that_does_not_answer_fails_without_its_password(tmp_path: Path) -> None:
    """Nobody listens there."""
    url = f"postgresql+psycopg://ada:hidden@127.0.0.1:{free_port()}/shop"
    ledger = found(made(tmp_path, f"[stores]\nledger = '{url}'\n"))["ledger"]
    assert ledger.status is Status.FAIL
    assert "hidden" not in ledger.said


def test_a_tracking_server_is_asked_for_its_health(tmp_path: Path) -> None:
    """One that answers is well, one that is gone is not."""

    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Healthy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = made(tmp_path, f"[stores]\ntracking = 'http://127.0.0.1:{server.server_port}'\n")
    assert found(root)["tracking"].status is Status.OK
    server.shutdown()
    server.server_close()
    assert found(root)["tracking"].status is Status.FAIL


def test_a_remote_executor_with_local_databases_fails(tmp_path: Path) -> None:
    """Before anything is sent there."""
    assert found(made(tmp_path), "dask://scheduler:8786")["executor"].status is Status.FAIL


def test_secrets_that_others_may_read_fail(tmp_path: Path) -> None:
    """The command that mends it is given."""
    root = made(tmp_path)
    secrets = root / ".workbench/secrets.toml"
    secrets.write_text("TOKEN = 'x'\n")
    secrets.chmod(0o644)
    assert found(root)["secrets"].todo == f"chmod 600 {secrets}"
    secrets.chmod(0o600)
    assert found(root)["secrets"].status is Status.OK


@pytest.mark.parametrize(
    ("free", "status"), [(10**11, Status.OK), (2 * 10**9, Status.WARN), (10**8, Status.FAIL)]
)
def test_little_room_is_a_warning_and_too_little_a_failure(tmp_path: Path, free: int, status: Status) -> None:
    """A run keeps notebooks, datasets and models."""
    assert room(tmp_path, lambda _: free).status is status


def test_git_that_compares_notebooks_as_json_is_a_warning(tmp_path: Path) -> None:
    """With nbdime set up and its attribute written it is well; a program that is gone is named."""
    root = made(tmp_path)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    assert found(root)["nbdime"].status is Status.WARN
    assert "this clone has not been configured" in found(root)["nbdime"].said
    assert "nbdime config-git" in found(root)["nbdime"].todo
    configure(root)
    assert ".gitattributes" in found(root)["nbdime"].said
    (root / ".gitattributes").write_text("*.ipynb diff=jupyternotebook\n")
    assert found(root)["nbdime"].status is Status.OK
    for command in ('"/gone/git-nbdiffdriver" diff', 'A=1 "/gone/a=b/git-nbdiffdriver" diff', 'A="1', "A=1"):
        gone = ["git", "config", "diff.jupyternotebook.command", command]
        subprocess.run(gone, cwd=root, check=True)
        assert "does not find" in found(root)["nbdime"].said


def test_without_git_a_run_cannot_say_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is a loss, no failure."""
    monkeypatch.setenv("PATH", os.devnull)
    assert shutil.which("git") is None
    assert found(made(tmp_path))["git"].status is Status.WARN


def test_the_environment_holds_what_the_package_declares() -> None:
    """Each declared version is looked up, not only a few names."""
    assert unmet() == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:secret@db:5432/x", "postgresql://db:5432/x"),
        ("sqlite:////a/b@c.db", "sqlite:////a/b@c.db"),
        ("http://db/x", "http://db/x"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    """User and password are left out."""
    assert without_password(url) == shown


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
