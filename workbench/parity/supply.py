"""What the stages under check read: what is committed, or what earlier ones made in the throw-away space."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.data.place import located
from workbench.parity.smoke import sampled
from workbench.parity.trial import Trial
from workbench.pipeline.space import Space
from workbench.workspace import Workspace


class Supply:
    """Gives stages their inputs; nothing of it is written to the project's ledger.

    Args:
        workspace: the project's, only read.
        folder: throw-away.
        smoke: whether tables are sampled.
        anew: whether what is committed is left aside, so that each stage reads what was just made.
    """

    def __init__(self, workspace: Workspace, folder: Path, *, smoke: bool, anew: bool) -> None:
        self._workspace = workspace
        self._project = workspace.project
        self._folder = folder
        self._smoke = smoke
        self._anew = anew
        self._made: dict[str, dict[str, Any]] = {}

    def lacking(self, stage: str) -> tuple[str, ...]:
        """Return the stages that must run before, as nothing is committed of what a stage reads of them."""
        found: dict[str, None] = {}
        for name in self._project.stage(stage).inputs:
            maker = self._project.producer(name)
            if maker and self._record(name) is None:
                found |= dict.fromkeys((*self.lacking(maker), maker))
        return tuple(found)

    def inputs(self, stage: str) -> dict[str, dict[str, Any]]:
        """Return the records of a stage's inputs, located, and sampled where that is asked for."""
        project, names = self._project, self._project.stage(stage).inputs
        upstream = {name: self._record(name) or _missing(name) for name in names if project.producer(name)}
        resolved = dict(upstream)
        for name in names:
            if name in project.config.sources:
                resolved[name] = self._source(name)
            elif name not in resolved:
                found = self._workspace.extension.resolve_input(name, upstream)
                resolved[name] = found or {"kind": "absent", "fingerprint": ""}
        here = {name: located(record, project.root) for name, record in resolved.items()}
        return sampled(project, stage, here, self._folder) if self._smoke else here

    def add(self, stage: str, trial: Trial) -> bool:
        """Let others read what a stage made; False when it made not all that it declares."""
        declared: Iterable[str] = self._project.stage(stage).outputs
        records: Mapping[str, dict[str, Any]] = trial.result.records
        space = Space(trial.folder)
        for name in declared:
            if name in records:
                self._made[name] = {**records[name], "uri": str(space.output(name))}
        return all(name in self._made for name in declared)

    def _record(self, name: str) -> dict[str, Any] | None:
        if name in self._made or self._anew:
            return self._made.get(name)
        found = self._workspace.catalog.current(name)
        return None if found is None else dict(found)

    def _source(self, name: str) -> dict[str, Any]:
        from workbench.data.source import Sources

        return dict(Sources(self._project).fetch(name))


def _missing(name: str) -> dict[str, Any]:
    return {"kind": "missing", "name": name, "stage": "", "fingerprint": ""}
