"""Checks what somebody names: stages, notebooks, or a whole pipeline in a throw-away space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from workbench.clock import system_clock
from workbench.errors import UnknownNameError, UsageError, WorkbenchError
from workbench.kernels.settings import KernelSettings, settings_of
from workbench.parity.check import Check, Progress, Silent
from workbench.parity.fault import SKIPPED, Checked, Report
from workbench.parity.smoke import reduced
from workbench.parity.subject import Subject, asked_stage, subject_of
from workbench.parity.supply import Supply
from workbench.parity.trial import Means
from workbench.passing import passing_folder
from workbench.pipeline.interruption import Interruption
from workbench.pipeline.request import Requests
from workbench.project import Project, load_project
from workbench.root import find_root
from workbench.workspace import Workspace


def check(
    names: Sequence[str] = (),
    *,
    smoke: bool = False,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Report:
    """Check stages and notebooks; without names all stages of the default pipeline.

    Ctrl-C and SIGTERM end the kernels, remove the throw-away space, and raise KeyboardInterrupt.

    Stages read what is committed. Where nothing is, and always when a whole pipeline or a sample is checked,
    the stages before run first, in a throw-away space: nothing reaches the project's ledger.

    Args:
        names: stages, or paths of notebooks.
        smoke: whether inputs are sampled and parameters reduced, as `smoke` in workbench.toml says.
        progress: is told how it goes on.
        folder: where to look for the project; the current one by default.

    Raises:
        UsageError: a name is neither a stage nor a notebook.
    """
    with passing_folder("workbench-check-") as place, Interruption():
        return _Checks(place, folder or Path.cwd(), smoke, progress or Silent()).report(names)


class _Checks:
    def __init__(self, place: Path, folder: Path, smoke: bool, progress: Progress) -> None:
        self._place = place
        self._folder = folder
        self._smoke = smoke
        self._progress = progress
        self._at = system_clock().now()

    def report(self, names: Sequence[str]) -> Report:
        stages = [name for name in names if not _is_path(name)]
        found = []
        if stages or not names:
            project = self._project
            if project is None:
                raise UsageError(
                    f"There is no project around {self._folder}, so nothing of it can be checked.",
                    hint="Name a notebook file, or go to a folder with a workbench.toml.",
                )
            for name in stages:
                if name not in project.config.stages:
                    raise UnknownNameError("stage or notebook", name, project.config.stages)
            found = self._stages(project, stages)
        for name in names:
            if _is_path(name):
                found.append(self._notebook((self._folder / name).resolve()))
        return Report(tuple(found), self._smoke)

    @cached_property
    def _project(self) -> Project | None:
        return _around(self._folder)

    def _stages(self, project: Project, names: Sequence[str]) -> list[Checked]:
        if self._smoke:
            project = reduced(project)
        wanted = list(names) or list(project.order())
        with Workspace(project, system_clock()) as workspace:
            supply = Supply(workspace, self._place, smoke=self._smoke, anew=self._smoke or not names)
            return [each for each in self._in_order(project, wanted, supply) if each]

    def _in_order(self, project: Project, wanted: Sequence[str], supply: Supply) -> list[Checked]:
        found, broken = [], dict[str, str]()
        for stage in _with_those_before(project, wanted, supply):
            before = [
                maker for name in project.stage(stage).inputs if (maker := project.producer(name)) in broken
            ]
            if before:
                broken[stage] = broken[before[0]]
                if stage in wanted:
                    why = f"stage {before[0]} did not make what it reads: {broken[stage]}"
                    found.append(self._skipped(project, stage, why))
                continue
            try:
                one = self._check(project, self._subject(project, stage), supply)
                if stage not in wanted:
                    first = one.once()
                else:
                    verdict = one.judge()
                    found.append(verdict.checked)
                    first_or_none = verdict.first
                    if first_or_none is None:
                        broken[stage] = "it was not run"
                        continue
                    first = first_or_none
            except WorkbenchError as error:
                broken[stage] = error.message
                if stage in wanted:
                    raise
                continue
            if not supply.add(stage, first):
                broken[stage] = first.reason
        return found

    def _skipped(self, project: Project, stage: str, reason: str) -> Checked:
        notebook = project.stage(stage).notebook.as_posix()
        checked = Checked(notebook, stage, outcome=SKIPPED, reason=reason)
        self._progress.ended(checked)
        return checked

    def _subject(self, project: Project, stage: str) -> Subject:
        prepared = Requests(project).prepared(stage)
        return subject_of(prepared.notebook, project, prepared)

    def _check(self, project: Project, subject: Subject, supply: Supply) -> Check:
        return Check(subject, supply.inputs(subject.name), self._means(project), self._progress)

    def _means(self, project: Project | None) -> Means:
        means = Means(self._place, self._at, warm=KernelSettings())
        if project is None:
            return means
        return replace(
            means,
            seed=project.config.project.seed,
            data=str(project.layout.data),
            warm=settings_of(project) if project.config.runner.warm else None,
        )

    def _notebook(self, path: Path) -> Checked:
        project = _around(path.parent)
        for name, stage in project.config.stages.items() if project else ():
            assert project is not None
            if (project.root / stage.notebook).resolve() == path:
                return self._stages(project, [name])[0]
        subject = subject_of(path, project)
        home = project or self._project
        asked = asked_stage(subject)
        if home is not None and asked in home.config.stages:
            return self._stages(_with_notebook(home, asked, path), [asked])[0]
        return Check(subject, {}, self._means(project), self._progress).judge().checked


def _with_notebook(project: Project, stage: str, path: Path) -> Project:
    """Return the project with another notebook for a stage: a copy of its own, that is being worked on."""
    changed = project.stage(stage).model_copy(update={"notebook": path})
    stages = {**project.config.stages, stage: changed}
    return Project(project.root, project.config.model_copy(update={"stages": stages}))


def _with_those_before(project: Project, wanted: Sequence[str], supply: Supply) -> list[str]:
    needed: dict[str, None] = {}
    for stage in wanted:
        needed |= dict.fromkeys((*supply.lacking(stage), stage))
    return [name for name in _sorted(project) if name in needed]


def _sorted(project: Project) -> list[str]:
    """Return all stages, each after those that it reads from."""
    done: dict[str, None] = {}

    def visit(stage: str) -> None:
        for name in project.stage(stage).inputs:
            maker = project.producer(name)
            if maker and maker not in done and maker != stage:
                visit(maker)
        done[stage] = None

    for stage in project.config.stages:
        visit(stage)
    return list(done)


def _around(folder: Path) -> Project | None:
    try:
        root = find_root(folder)
    except WorkbenchError:
        return None
    return load_project(root)


def _is_path(name: str) -> bool:
    return name.endswith(".ipynb") or "/" in name
