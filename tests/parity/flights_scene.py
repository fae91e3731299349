"""This repository's own project, copied, and what its stages read on a small sample."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
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


class Scene:
    """A copy of the project; what a stage reads is made when that is first asked for, on a small sample.

    Args:
        folder: for the copy, and for what its stages make.
    """

    def __init__(self, folder: Path) -> None:
        self.root = copy_project(folder / "flights")
        self._space = folder / "space"
        self._space.mkdir()
        self._inputs: dict[str, Mapping[str, dict[str, Any]]] = {}
        self._made: set[str] = set()
        self._workspace = Workspace(self.project, system_clock())
        self._supply = Supply(self._workspace, self._space, smoke=True, anew=True)

    def close(self) -> None:
        """Close the project's stores."""
        self._workspace.close()

    def check(self, stage: str, cells: list[dict[str, Any]] | None = None) -> Checked:
        """Check a stage, with other cells in its notebook."""
        inputs = self._read_by(stage)
        path = self.root / self.project.stage(stage).notebook
        before = path.read_text(encoding="utf-8")
        if cells is not None:
            path.write_text(json.dumps({**json.loads(before), "cells": cells}), encoding="utf-8")
        try:
            return self._checked(stage, inputs).judge().checked
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

    def _read_by(self, stage: str) -> Mapping[str, dict[str, Any]]:
        """Return what a stage reads; the stages before it run once for that."""
        for maker in self.project.order():
            if maker not in self._inputs:
                self._inputs[maker] = self._supply.inputs(maker)
            if maker == stage:
                break
            if maker not in self._made:
                self._made.add(maker)
                trial = self._checked(maker, self._inputs[maker]).once()
                assert self._supply.add(maker, trial), trial.result.reason
        return self._inputs[stage]

    def _checked(self, stage: str, inputs: Mapping[str, dict[str, Any]]) -> Check:
        project = self.project
        means = Means(
            self._space,
            system_clock().now(),
            seed=project.config.project.seed,
            data=str(project.layout.data),
            warm=settings_of(project),
        )
        prepared = Requests(project).prepared(stage)
        return Check(subject_of(prepared.notebook, project, prepared), inputs, means, Silent())
