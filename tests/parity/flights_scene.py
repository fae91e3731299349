"""This repository's own project, copied, and what its stages read on a small sample."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.clock import system_clock
from workbench.kernels.settings import settings_of
from workbench.parity.check import Check, Silent
from workbench.parity.fault import Checked
from workbench.parity.smoke import reduced
from workbench.parity.subject import subject_of
from workbench.parity.supply import Supply
from workbench.parity.trial import Means
from workbench.pipeline.request import Requests
from workbench.project import Project, load_project
from workbench.workspace import Workspace

ROOT = Path(__file__).parents[2]
_NEEDED = ("flights", "notebooks", "contracts", "workbench.toml", "pyproject.toml", "locks")


def copy_project(folder: Path) -> Path:
    """Copy what the project's stages need, but for what they made."""
    for name in _NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    (folder / "extra").mkdir()
    (folder / "extra" / "limits.csv").write_text("item,limit\na,3\n")
    return folder


@dataclass
class Scene:
    """A copy of the project whose stages have what they read."""

    root: Path
    means: Means
    inputs: dict[str, Mapping[str, dict[str, Any]]]

    def check(self, stage: str, cells: list[dict[str, Any]] | None = None) -> Checked:
        """Check a stage, with other cells in its notebook."""
        project = self.project
        path = project.root / project.stage(stage).notebook
        before = path.read_text(encoding="utf-8")
        if cells is not None:
            path.write_text(json.dumps({**json.loads(before), "cells": cells}), encoding="utf-8")
        try:
            prepared = Requests(project).prepared(stage)
            subject = subject_of(prepared.notebook, project, prepared)
            return Check(subject, self.inputs[stage], self.means, Silent()).judge().checked
        finally:
            path.write_text(before, encoding="utf-8")

    def cells(self, stage: str) -> list[dict[str, Any]]:
        """Return the cells of a stage's notebook."""
        path = self.root / self.project.stage(stage).notebook
        cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [{**each, "source": "".join(each["source"])} for each in cells]

    @property
    def project(self) -> Project:
        """The project with its smoke parameters."""
        return reduced(load_project(self.root))


def prepare_scene(folder: Path) -> Scene:
    """Copy the project, and run its stages once, each on a sample of what the one before made."""
    root = copy_project(folder / "flights")
    project = reduced(load_project(root))
    (folder / "space").mkdir()
    means = Means(
        folder / "space",
        system_clock().now(),
        seed=project.config.project.seed,
        data=str(project.layout.data),
        warm=settings_of(project),
    )
    inputs: dict[str, Mapping[str, dict[str, Any]]] = {}
    with Workspace(project, system_clock()) as workspace:
        supply = Supply(workspace, folder / "space", smoke=True, anew=True)
        for stage in project.order():
            inputs[stage] = supply.inputs(stage)
            prepared = Requests(project).prepared(stage)
            subject = subject_of(prepared.notebook, project, prepared)
            trial = Check(subject, inputs[stage], means, Silent()).once()
            assert supply.add(stage, trial), trial.result.reason
    return Scene(root, means, inputs)
