"""The same six small notebooks under DVC and Ploomber, each in an environment made for it and thrown away."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, interleaved, seconds
from benchmarks.overhead import PAPERMILL, WORKBENCH
from tests.projects import notebook, write_notebook, write_project

STAGES = 6


def measure(rounds: int) -> list[Figure]:
    """Return the figures for six notebooks built anew, and for nothing changed."""
    with tempfile.TemporaryDirectory(prefix="wb-rivals-") as folder:
        base = Path(folder)
        dvc = _dvc(base / "dvc", _environment(base / "dvc-env", "dvc"))
        needs = ("ploomber", "ipykernel", "setuptools<80")
        ploomber = _ploomber(base / "ploomber", _environment(base / "ploomber-env", *needs))
        root = write_project(base / "shop", _stages(), heartbeat="5s")
        ours = (WORKBENCH, "run", "--json")
        built = interleaved(
            min(rounds, 3),
            lambda: seconds((*ours, "--force"), root),
            lambda: seconds((*dvc, "--force"), base / "dvc"),
            lambda: seconds((*ploomber, "--force"), base / "ploomber"),
        )
        unchanged = interleaved(
            rounds,
            lambda: seconds(ours, root),
            lambda: seconds(dvc, base / "dvc"),
            lambda: seconds(ploomber, base / "ploomber"),
        )
    return [
        *_figures("six notebooks built anew", built, "dvc repro of papermill"),
        *_figures("nothing changed, six notebooks", unchanged, "dvc repro"),
    ]


def _figures(what: str, taken: list[float], dvc: str) -> list[Figure]:
    ours, by_dvc, by_ploomber = taken
    return [
        Figure(what, ours, "s", dvc, by_dvc, 1.0),
        Figure(what, ours, "s", "ploomber build", by_ploomber, 1.0),
    ]


def _environment(folder: Path, *packages: str) -> Path:
    uv = str(Path(sys.executable).with_name("uv"))
    python = str(folder / "bin" / "python")
    seconds((uv, "venv", "--quiet", str(folder)), folder.parent)
    seconds((uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *packages), folder)
    return folder / "bin"


def _dvc(folder: Path, binaries: Path) -> tuple[str, ...]:
    """Make a project of DVC whose stages run Papermill, as its users do with notebooks."""
    folder.mkdir()
    dvc = str(binaries / "dvc")
    seconds(("git", "init", "-q"), folder)
    seconds((dvc, "init", "-q"), folder)
    for number in range(STAGES):
        write = f"from pathlib import Path\nPath('out{number}').write_text('{number}')"
        write_notebook(folder / f"s{number}.ipynb", notebook(write))
        before = ["-d", f"out{number - 1}"] if number else []
        command = f"{PAPERMILL} s{number}.ipynb done{number}.ipynb --log-level ERROR"
        words = ("stage", "add", "-q", "-n", f"s{number}", "-d", f"s{number}.ipynb", *before)
        seconds((dvc, *words, "-o", f"out{number}", command), folder)
    return (dvc, "repro", "-q")


def _ploomber(folder: Path, binaries: Path) -> tuple[str, ...]:
    folder.mkdir()
    tasks: list[dict[str, Any]] = []
    for number in range(STAGES):
        upstream = [f"s{number - 1}"] if number else None
        write = f"from pathlib import Path\nPath(product['data']).write_text('{number}')"
        made = notebook(write, parameters=f"upstream = {upstream!r}\nproduct = None")
        write_notebook(folder / f"s{number}.ipynb", made)
        product = {"nb": f"done{number}.ipynb", "data": f"out{number}"}
        tasks.append({"source": f"s{number}.ipynb", "name": f"s{number}", "product": product})
    (folder / "pipeline.yaml").write_text(json.dumps({"tasks": tasks}))  # every JSON is YAML
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
