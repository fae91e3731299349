"""A stage made ready: its notebook, typed parameters and everything that its fingerprint needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbench.data.contract.contract import read_contract
from workbench.notebook_file import INJECTED, INJECTED_PARAMETERS, read_notebook
from workbench.parameters import Signature, signature_of
from workbench.pipeline.code import CellPrint, cell_prints
from workbench.pipeline.files import file_prints
from workbench.pipeline.fingerprint import Fingerprint, InputPrint, input_prints
from workbench.pipeline.modules import local_modules
from workbench.project import ContractConfig, Project, StageConfig


@dataclass(frozen=True)
class PreparedStage:
    """What a stage is at this moment; editing its files afterwards does not change it.

    Attributes:
        document: the notebook as read, nbformat 4.
        values: every parameter's typed value; `given` those that differ from the notebook's defaults.
    """

    name: str
    config: StageConfig
    notebook: Path
    document: Mapping[str, Any]
    signature: Signature
    values: Mapping[str, Any]
    given: tuple[str, ...]
    modules: Mapping[str, str]
    environment: Mapping[str, str]
    root: Path
    contracts: tuple[ContractConfig, ...] = ()
    files: Mapping[str, InputPrint] = field(default_factory=dict)

    @cached_property
    def canonical(self) -> dict[str, Any]:
        """The parameters as JSON, for the ledger and for MLflow; secrets stay references."""
        return self.signature.canonical(self.values)

    @cached_property
    def prints(self) -> tuple[CellPrint, ...]:
        """The prints of the code cells."""
        return cell_prints(self.document["cells"])

    @property
    def cells(self) -> int:
        """How many cells the notebook to execute has, that of the given parameters included."""
        return len(self.own_cells) + bool(self.given)

    @cached_property
    def own_cells(self) -> list[dict[str, Any]]:
        """The notebook's cells without those that an earlier execution injected."""
        return own_cells(self.document["cells"])

    def fingerprint(self, inputs: Mapping[str, Mapping[str, Any]]) -> Fingerprint:
        """Return what this stage's result depends on, given the records of its inputs."""
        return Fingerprint(
            code=self.prints,
            parameters=self.canonical,
            inputs={**input_prints(inputs), **self.files},
            modules=self.modules,
            environment=self.environment,
            outputs=tuple(self.config.outputs),
        )

    def modules_now(self) -> dict[str, str]:
        """Return the digests of the local modules and contracts as they are on disk now."""
        modules = local_modules(self.document["cells"], self.notebook.parent, self.root)
        return modules | _contract_prints(self.contracts, self.root)

    def files_now(self) -> dict[str, InputPrint]:
        """Return the prints of the files that the stage reads besides its inputs, as they are now."""
        return file_prints(self.root, self.name, self.config.files)

    def source(self) -> str:
        """Return the notebook to execute: old outputs removed, given parameters injected."""
        cells = [clean_cell(cell) for cell in self.own_cells]
        if self.given:
            values = {name: self.values[name] for name in self.given}
            place = next(index for index, cell in enumerate(cells) if "parameters" in _tags(cell))
            cells.insert(place + 1, _injected(self.signature.render(values)))
        return json.dumps({**self.document, "cells": cells})


def prepare(
    project: Project,
    stage: str,
    *,
    texts: Mapping[str, str],
    environment: Mapping[str, str],
    typed: Mapping[str, Any] | None = None,
) -> PreparedStage:
    """Read and check a stage before anything runs.

    Args:
        project: the stage's project.
        stage: its name.
        texts: parameters from the command line, as written there.
        environment: the print of the declared environment.
        typed: parameters that are Python values already.

    Raises:
        NotebookError: the notebook is missing, invalid, or has no parameters cell.
        ParameterError: a parameter is unknown, mistyped or out of range.
    """
    config = project.stage(stage)
    notebook = project.root / config.notebook
    document = read_notebook(notebook)
    signature = signature_of(document["cells"], where=str(config.notebook))
    where = f"stage {stage!r}"
    configured = {k: v for k, v in config.parameters.items() if not isinstance(v, str)}
    as_text = {k: v for k, v in config.parameters.items() if isinstance(v, str)}
    declared = f"stages.{stage}.parameters in workbench.toml"
    given = {
        **signature.check(configured, where=declared),
        **signature.parse(as_text, where=declared),
        **signature.parse(texts, where=where),
        **(typed or {}),
    }
    values = signature.validate(given, where=where)
    contracts = tuple(c for c in project.config.contracts.values() if c.quarantine in config.outputs)
    defaults = {p.name: p.default for p in signature.parameters if not p.required}
    changed = tuple(n for n in signature.names if n in given and _differs(values[n], defaults, n))
    return PreparedStage(
        name=stage,
        config=config,
        notebook=notebook,
        document=document,
        signature=signature,
        values=values,
        given=changed,
        modules=local_modules(document["cells"], notebook.parent, project.root)
        | _contract_prints(contracts, project.root),
        environment={**environment, **_model_settings(project, config.inputs)},
        root=project.root,
        contracts=contracts,
        files=file_prints(project.root, stage, config.files),
    )


def _contract_prints(contracts: Sequence[ContractConfig], root: Path) -> dict[str, str]:
    """Return the digest of what each contract says, by its path."""
    return {c.path.as_posix(): read_contract(root / c.path).digest for c in contracts}


def _model_settings(project: Project, inputs: Sequence[str]) -> dict[str, str]:
    """Return a digest of what is declared for each model that a stage reads by its alias: its gates count."""
    names = sorted({name.partition("@")[0] for name in inputs if "@" in name})
    return {
        f"workbench.toml:models.{name}": sha256(project.model(name).model_dump_json().encode()).hexdigest()
        for name in names
    }


def _differs(value: Any, defaults: Mapping[str, Any], name: str) -> bool:
    if name not in defaults:
        return True
    default = defaults[name]
    return type(value) is not type(default) or value != default or isinstance(value, str)


def own_cells(cells: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a notebook's cells without those that an earlier execution injected."""
    return [cell for cell in cells if not INJECTED & {*_tags(cell)}]


def _tags(cell: Mapping[str, Any]) -> list[str]:
    tags: list[str] = cell.get("metadata", {}).get("tags", [])
    return tags


def clean_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cell as it was written: without results, and without the mark that a restart left it out."""
    if cell["cell_type"] != "code":
        return dict(cell)
    metadata = {key: value for key, value in cell["metadata"].items() if key != "workbench"}
    return {**cell, "metadata": metadata, "outputs": [], "execution_count": None}


def _injected(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": "injected-parameters",
        "metadata": {"tags": [INJECTED_PARAMETERS]},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }
