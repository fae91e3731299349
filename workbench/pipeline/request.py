"""Turns what somebody asks for into a run's entries, checked before anything starts."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from workbench.errors import UnknownNameError, UsageError
from workbench.pipeline.entry import Entry, RunRequest
from workbench.pipeline.environment import environment_print
from workbench.pipeline.prepare import PreparedStage, prepare
from workbench.project import Project

Texts = Mapping[str, Mapping[str, str]]
"""Parameters as written on a command line: stage → name → text."""


class Requests:
    """Makes the requests of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def pipeline(
        self,
        name: str | None,
        overrides: Texts | None = None,
        *,
        start: str | None = None,
        until: str | None = None,
        force: bool = False,
        reason: str = "asked for",
    ) -> RunRequest:
        """Return the request for a pipeline, or for the part of it between two stages.

        Raises:
            UsageError: a name, a parameter or a range is not what the project declares.
        """
        chosen = self._project.pipeline(name)
        overrides = overrides or {}
        stages = self._selected(chosen.name, start, until)
        for stage in overrides:
            if stage not in stages:
                raise UnknownNameError(f"stage in this run of {chosen.name!r}", stage, stages)
        entries = tuple(
            Entry(stage, self.prepared(stage, overrides.get(stage)), self._project.upstream(stage, stages))
            for stage in stages
        )
        words = {
            "pipeline": chosen.name,
            "overrides": {stage: dict(texts) for stage, texts in overrides.items()},
            "start": start,
            "until": until,
            "force": force,
        }
        return RunRequest(chosen.name, entries, words, force, reason)

    def sweep(self, stage: str, grid: Mapping[str, Sequence[str]]) -> RunRequest:
        """Return the request for one entry per combination of a stage's parameters."""
        entries = []
        for number, values in enumerate(itertools.product(*grid.values()), start=1):
            texts = dict(zip(grid, values, strict=True))
            entries.append(Entry(f"{stage}-{number}", self.prepared(stage, texts), explore=True))
        words = {"sweep": stage, "grid": {name: list(values) for name, values in grid.items()}}
        return RunRequest(f"sweep of {stage}", tuple(entries), words, reason="sweep")

    def again(self, words: Mapping[str, Any]) -> RunRequest:
        """Return an earlier request anew, from the notebooks and modules as they are now."""
        if "single" in words:
            return self.single(words["single"], {}, "resumed")
        if "sweep" in words:
            return self.sweep(words["sweep"], words["grid"])
        return self.pipeline(
            words["pipeline"],
            words["overrides"],
            start=words["start"],
            until=words["until"],
            force=words["force"],
        )

    def single(self, stage: str, typed: Mapping[str, Any], reason: str) -> RunRequest:
        """Return the request for one stage alone, executed whatever was committed before."""
        texts = {name: value for name, value in typed.items() if isinstance(value, str)}
        rest = {name: value for name, value in typed.items() if name not in texts}
        entry = Entry(stage, self.prepared(stage, texts, rest))
        return RunRequest(f"stage {stage}", (entry,), {"single": stage}, force=True, reason=reason)

    def prepared(
        self,
        stage: str,
        texts: Mapping[str, str] | None = None,
        typed: Mapping[str, Any] | None = None,
    ) -> PreparedStage:
        """Return a stage made ready."""
        return prepare(self._project, stage, texts=texts or {}, environment=self._environment, typed=typed)

    @cached_property
    def _environment(self) -> dict[str, str]:
        return environment_print(self._project)

    def _selected(self, pipeline: str, start: str | None, until: str | None) -> tuple[str, ...]:
        order = self._project.order(pipeline)
        for name in (start, until):
            if name is not None and name not in order:
                raise UnknownNameError(f"stage in pipeline {pipeline!r}", name, order)
        selected = set(order)
        if start is not None:
            selected &= self._downstream(start, order)
        if until is not None:
            selected &= self._upstream(until, order)
        if not selected:
            raise UsageError(
                f"Nothing lies between --from {start} and --until {until} in pipeline {pipeline!r}.",
                hint=f"Its order is: {', '.join(order)}.",
            )
        return tuple(name for name in order if name in selected)

    def _downstream(self, stage: str, order: Sequence[str]) -> set[str]:
        found = {stage}
        for name in order:
            if found & set(self._project.upstream(name, order)):
                found.add(name)
        return found

    def _upstream(self, stage: str, order: Sequence[str]) -> set[str]:
        found = {stage}
        for name in reversed(order):
            if name in found:
                found |= set(self._project.upstream(name, order))
        return found
