"""`workbench kernels` starts, shows and ends the fork server, and puts it into JupyterLab."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.said import Said, type_in
from tests.projects import notebook, write_project
from workbench.kernels.folder import VARIABLE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project whose fork server loads nothing but the kernel and one module."""
    place = tempfile.mkdtemp(prefix="wb-cli-")
    monkeypatch.setenv(VARIABLE, place)
    extra = "[kernels]\nusual = false\npreload = ['colorsys', 'no_such_module']\n"
    yield write_project(tmp_path / "shop", {"one": {"notebook": notebook()}}, extra=extra)
    type_in(tmp_path, "kernels stop")
    shutil.rmtree(place, ignore_errors=True)


def _servers(said: Said) -> list[dict[str, object]]:
    assert (said.code, said.err) == (0, "")
    found: list[dict[str, object]] = said.document["servers"]
    return found


def test_a_server_is_started_shown_and_stopped(folder: Path) -> None:
    """`start` waits until it is ready; what could not be loaded is named; `stop` ends it."""
    assert _servers(type_in(folder, "kernels status --json")) == []
    started = _servers(type_in(folder, "kernels start --json"))
    assert [state["ready"] for state in started] == [True]
    assert list(started[0]["failures"]) == ["no_such_module"]  # type: ignore[call-overload]
    assert _servers(type_in(folder, "kernels start --json"))[0]["pid"] == started[0]["pid"]
    shown = type_in(folder, "kernels status")
    assert str(started[0]["pid"]) in shown.out
    assert "no_such_module could not be loaded: ModuleNotFoundError" in shown.out
    assert "1 fork server" in shown.out
    assert [state["pid"] for state in _servers(type_in(folder, "kernels stop --json"))] == [started[0]["pid"]]
    assert "No fork server is at work" in type_in(folder, "kernels status").out


def test_of_a_server_that_hangs_nothing_is_claimed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither that it is loading nor what it holds; `stop` ends it."""
    (started,) = _servers(type_in(folder, "kernels start --json"))
    pid = started["pid"]
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr("workbench.kernels.servers._PATIENCE", 0.2)
    shown = type_in(folder, "kernels status").out
    (row,) = (line for line in shown.splitlines() if line.startswith("✗"))
    assert row.split() == ["✗", *"??????"]
    assert "One did not answer; its log: " in shown
    assert type_in(folder, "kernels stop").code == 0
    assert "No fork server is at work" in type_in(folder, "kernels status").out


def test_a_folder_that_is_not_private_is_an_error_that_says_what_to_do(folder: Path) -> None:
    """Exit code 1, one line and a hint."""
    public = folder / "public"
    public.mkdir(mode=0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(public))
        said = type_in(folder, "kernels status")
    assert said.code == 1
    assert "is not private" in said.err
    assert VARIABLE in said.err


def test_the_kernel_is_installed_into_the_environment(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupyterLab finds it below the environment's prefix, with our provisioner."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    said = type_in(folder, "kernels install --json")
    assert (said.code, said.document["kernel"]) == (0, "Python (workbench, warm)")
    spec = json.loads(Path(said.document["folder"], "kernel.json").read_text(encoding="utf-8"))
    assert spec["argv"][1:3] == ["-m", "ipykernel_launcher"]
    assert spec["metadata"]["kernel_provisioner"] == {"provisioner_name": "workbench-warm"}
