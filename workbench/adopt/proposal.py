"""What `adopt` would do with a notebook: shown before anything is written."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.adopt.files import Output
from workbench.adopt.finding import Finding
from workbench.adopt.setting import Setting


@dataclass(frozen=True)
class Proposal:
    """A notebook as a stage.

    Attributes:
        stage: the name of the stage, and of the pipeline that runs it.
        source: the notebook that somebody wrote; `target` is the stage's, the same when it is there already.
        root: the project's folder.
        original: the notebook as read, without outputs; `adopted` is what would be written.
        files: paths in the project whose content decides.
        toml: `workbench.toml` as it is; `declared` is what would be written.
        dependencies: packages that the notebook installed by itself.
    """

    stage: str
    pipeline: str
    source: Path
    target: Path
    root: Path
    original: Mapping[str, Any]
    adopted: Mapping[str, Any]
    settings: tuple[Setting, ...]
    inputs: tuple[str, ...]
    files: tuple[str, ...]
    outputs: tuple[Output, ...]
    findings: tuple[Finding, ...]
    dependencies: tuple[str, ...]
    toml: str
    declared: str

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What a person has to do before this can run."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def additions(self) -> str:
        """The change of workbench.toml, as a unified diff."""
        lines = difflib.unified_diff(
            self.toml.splitlines(),
            self.declared.splitlines(),
            "workbench.toml",
            "workbench.toml",
            lineterm="",
            n=1,
        )
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the proposal as JSON."""
        return {
            "stage": self.stage,
            "pipeline": self.pipeline,
            "source": str(self.source),
            "target": self.target.relative_to(self.root).as_posix(),
            "parameters": [setting.to_dict() for setting in self.settings],
            "inputs": list(self.inputs),
            "files": list(self.files),
            "outputs": [
                {"name": o.name, "file": o.file, "path": o.path, "cell": o.cell} for o in self.outputs
            ],
            "findings": [finding.to_dict() for finding in self.findings],
            "dependencies": list(self.dependencies),
            "workbench_toml": self.additions,
        }
