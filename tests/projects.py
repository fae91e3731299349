"""Small projects made on the spot: a workbench.toml and a few notebooks."""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

_HEAD = "[project]\nname = 'shop'\nseed = 7\n\n[runner]\nheartbeat = '{heartbeat}'\nhtml = false\n"


def cell(source: str, *tags: str, kind: str = "code") -> dict[str, object]:
    """Return a notebook cell as nbformat-4 JSON."""
    made: dict[str, object] = {
        "cell_type": kind,
        "metadata": {"tags": list(tags)} if tags else {},
        "source": textwrap.dedent(source).strip("\n"),
    }
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    return made


def notebook(*sources: str | dict[str, object], parameters: str = "") -> dict[str, object]:
    """Return a notebook whose first code cell holds the parameters."""
    cells = [cell("# A stage", kind="markdown"), cell(parameters, "parameters")]
    cells += [source if isinstance(source, dict) else cell(source) for source in sources]
    for number, made in enumerate(cells):
        made["id"] = f"cell-{number}"
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}


def write_notebook(path: Path, content: Mapping[str, object]) -> None:
    """Write a notebook as Jupyter would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def write_project(
    root: Path,
    stages: Mapping[str, Mapping[str, object]],
    *,
    heartbeat: str = "1s",
    extra: str = "",
    runner: str = "",
) -> Path:
    """Write a project with one pipeline `main` of all stages.

    Args:
        root: the folder, made if need be.
        stages: by name: `notebook` (content), and any key of `[stages.NAME]`.
        heartbeat: of its runner.
        extra: more TOML.
        runner: more keys of `[runner]`.
    """
    root.mkdir(parents=True, exist_ok=True)
    lines = [_HEAD.format(heartbeat=heartbeat) + runner, extra]
    for name, stage in stages.items():
        content = stage["notebook"]
        assert isinstance(content, dict)
        write_notebook(root / "notebooks" / f"{name}.ipynb", content)
        lines.append(f"[stages.{name}]\nnotebook = 'notebooks/{name}.ipynb'")
        lines += [f"{key} = {_toml(value)}" for key, value in stage.items() if key != "notebook"]
        lines.append("")
    lines.append(f"[pipelines.main]\nstages = {_toml(list(stages))}\ndefault = true\n")
    (root / "workbench.toml").write_text("\n".join(lines), encoding="utf-8")
    (root / ".workbench").mkdir(exist_ok=True)
    shutil.copy(migrated_tracking(), root / ".workbench" / "mlflow.db")
    return root


@functools.cache
def migrated_tracking() -> Path:
    """Return MLflow's empty database: its first use costs seconds, which each test would pay again."""
    from workbench.tracking.store import open_client

    path = Path(tempfile.mkdtemp(prefix="tracking-")) / "mlflow.db"
    open_client(f"sqlite:///{path}", path.parent.as_uri())
    return path


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value)
