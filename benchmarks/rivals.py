"""The same small pipeline under DVC and Ploomber, each in an environment made for it and thrown away."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.figure import Figure, interleaved, seconds
from benchmarks.overhead import WORKBENCH
from tests.projects import notebook, write_project

STAGES = 6


def measure(rounds: int) -> list[Figure]:
    """Return the figures for nothing changed, against DVC and Ploomber on six stages that do nothing."""
    with tempfile.TemporaryDirectory(prefix="wb-rivals-") as folder:
        base = Path(folder)
        dvc = _dvc(base / "dvc", _environment(base / "dvc-env", "dvc"))
        ploomber = _ploomber(
            base / "ploomber", _environment(base / "ploomber-env", "ploomber", "setuptools<80")
        )
        root = write_project(base / "shop", _stages(), heartbeat="5s")
        ours, dvc_taken, ploomber_taken = interleaved(
            rounds,
            lambda: seconds((WORKBENCH, "run", "--json"), root),
            lambda: seconds(dvc, base / "dvc"),
            lambda: seconds(ploomber, base / "ploomber"),
        )
    what = "nothing changed, six stages, whole command"
    return [
        Figure(what, ours, "s", "dvc repro, six echo stages", dvc_taken, 1.0),
        Figure(what, ours, "s", "ploomber build, six stages", ploomber_taken, 1.0),
    ]


def _environment(folder: Path, *packages: str) -> Path:
    uv = str(Path(sys.executable).with_name("uv"))
    python = str(folder / "bin" / "python")
    seconds((uv, "venv", "--quiet", str(folder)), folder.parent)
    seconds((uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *packages), folder)
    return folder / "bin"


def _dvc(folder: Path, binaries: Path) -> tuple[str, ...]:
    folder.mkdir()
    dvc = str(binaries / "dvc")
    seconds(("git", "init", "-q"), folder)
    seconds((dvc, "init", "-q"), folder)
    before = ""
    for number in range(STAGES):
        depends = ["-d", before] if before else []
        command = f"echo {number} > out{number}"
        words = ("stage", "add", "-q", "-n", f"s{number}", *depends, "-o", f"out{number}", command)
        seconds((dvc, *words), folder)
        before = f"out{number}"
    return (dvc, "repro", "-q")


def _ploomber(folder: Path, binaries: Path) -> tuple[str, ...]:
    folder.mkdir()
    tasks = [f"  - source: tasks.s{n}\n    product: out{n}" for n in range(STAGES)]
    (folder / "pipeline.yaml").write_text("tasks:\n" + "\n".join(tasks) + "\n")
    functions = [
        f"def s{n}(product, upstream):\n"
        + (f"    upstream['s{n - 1}']\n" if n else "")
        + f"    from pathlib import Path\n    Path(str(product)).write_text('{n}')\n"
        for n in range(STAGES)
    ]
    functions[0] = functions[0].replace("product, upstream", "product")
    (folder / "tasks.py").write_text("\n\n".join(functions))
    os.environ["PLOOMBER_STATS_ENABLED"] = "false"
    return (str(binaries / "ploomber"), "build")


def _stages() -> dict[str, dict[str, object]]:
    stages: dict[str, dict[str, object]] = {}
    for number in range(STAGES):
        begin = f"import workbench as wb\nstage = wb.stage('stage{number}')"
        stages[f"stage{number}"] = {
            "notebook": notebook(begin, f"stage.save('out{number}', {{'n': {number}}})"),
            "inputs": [f"out{number - 1}"] if number else [],
            "outputs": [f"out{number}"],
        }
    return stages
