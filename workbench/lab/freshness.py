"""What saving a stage's notebook has made stale, why, and what rerunning would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import ParameterError
from workbench.root import FILE

if TYPE_CHECKING:
    from workbench.pipeline.plan import PlanStep
    from workbench.project import Project
    from workbench.workspace import Workspace

_TOLD = 3  # changes that are named
_MINUTE = 60


@dataclass(frozen=True)
class Freshness:
    """How a stage stands after its notebook was saved.

    Attributes:
        stage: its name.
        pipeline: in which it would run; empty when it is in none.
        changes: what is other than when it last ran, a sentence each; of its inputs only where nothing else
            is; empty when it is fresh.
        stale: the stages that would run, or may have to, because of it: itself first.
        seconds: how long these took when they last ran; None when none ever has.
        untimed: how many of them never ran.
    """

    stage: str
    pipeline: str
    changes: tuple[str, ...]
    stale: tuple[str, ...]
    seconds: float | None
    untimed: int

    @property
    def words(self) -> str:
        """All of it in a line."""
        if not self.stale:
            return f"{self.stage}: fresh"
        more = len(self.changes) - _TOLD
        why = "; ".join(self.changes[:_TOLD]) + (f"; {more} more" if more > 0 else "")
        return f"{why} → {', '.join(self.stale)}{self._cost()}"

    def _cost(self) -> str:
        if self.seconds is None:
            return ", never run"
        new = f" and {self.untimed} that never ran" if self.untimed else ""
        if self.seconds < _MINUTE:
            return f", about {self.seconds:.0f} s{new}"
        minutes, seconds = divmod(round(self.seconds), _MINUTE)
        return f", about {minutes} min {seconds} s{new}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "stage": self.stage,
            "changes": list(self.changes),
            "stale": list(self.stale),
            "seconds": self.seconds,
            "words": self.words,
            "command": f"workbench run {self.pipeline}".strip(),
        }


def freshness(notebook: Path) -> Freshness | None:
    """Return how the stage that a notebook is stands; None where it is no project's stage.

    Args:
        notebook: the file, as it was saved.

    Raises:
        NotebookError: the notebook cannot be read as a stage.
        ParameterError: it has a parameter that must be given a value in workbench.toml.
        ConfigurationError: workbench.toml cannot be used as it is.
        StorageError: the ledger cannot be reached.
    """
    from workbench.workspace import open_workspace

    root = project_of(notebook)
    if root is None:
        return None
    with open_workspace(root) as workspace:
        stage = stage_of(workspace.project, notebook)
        if stage is None:
            return None
        pipeline = _pipeline_of(workspace.project, stage)
        return _told(workspace.project, stage, pipeline or "", _steps(workspace, stage, pipeline))


def _steps(workspace: Workspace, stage: str, pipeline: str | None) -> Sequence[PlanStep]:
    """Return the plan of a stage's pipeline; as far as the stage where a later one lacks a parameter."""
    if pipeline is None:
        return (workspace.why(stage),)
    try:
        return workspace.plan(pipeline).steps
    except ParameterError:
        return workspace.plan(pipeline, until=stage).steps


def project_of(path: Path) -> Path | None:
    """Return the folder of the project that a file or folder lies in, None outside of any."""
    found = path.resolve()
    return next((folder for folder in (found, *found.parents) if (folder / FILE).is_file()), None)


def stage_of(project: Project, notebook: Path) -> str | None:
    """Return the stage whose notebook a file is."""
    found = notebook.resolve()
    for name, stage in project.config.stages.items():
        if (project.root / stage.notebook).resolve() == found:
            return name
    return None


def _pipeline_of(project: Project, stage: str) -> str | None:
    names = [name for name, config in project.config.pipelines.items() if stage in config.stages]
    return min(names, key=lambda name: not project.config.pipelines[name].default, default=None)


def _told(project: Project, stage: str, pipeline: str, steps: Sequence[PlanStep]) -> Freshness:
    own = next(step for step in steps if step.stage == stage)
    if own.action == "reuse":
        return Freshness(stage, pipeline, (), (), None, 0)
    behind = _behind(project, stage)
    stale = [own, *(step for step in steps if step.stage in behind and step.action != "reuse")]
    reasons = [reason for reason in own.reasons if reason.kind != "input"] or own.reasons
    took = [step.seconds for step in stale if step.seconds is not None]
    return Freshness(
        stage,
        pipeline,
        tuple(dict.fromkeys(reason.text for reason in reasons)),
        tuple(step.stage for step in stale),
        sum(took) if took else None,
        len(stale) - len(took),
    )


def _behind(project: Project, stage: str) -> set[str]:
    """Return the stages that read what a stage makes, and those that read what they make, and so on."""
    behind: set[str] = set()
    fresh = [stage]
    while fresh:
        made = set(project.stage(fresh.pop()).outputs)
        more = {name for name, config in project.config.stages.items() if made & set(config.inputs)} - behind
        behind |= more
        fresh += more
    return behind - {stage}
