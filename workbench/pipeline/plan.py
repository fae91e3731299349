"""What would run, and why: decided by content, never by time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from workbench.errors import UsageError
from workbench.pipeline.commits import Commit, Commits, missing_files
from workbench.pipeline.extension import Extension
from workbench.pipeline.fingerprint import Fingerprint, Reason, explain
from workbench.pipeline.interactive import Committed
from workbench.pipeline.prepare import PreparedStage
from workbench.project import Project

if TYPE_CHECKING:
    from workbench.data.source import Sources

Action = Literal["run", "reuse", "maybe"]


@dataclass(frozen=True)
class Decision:
    """Whether an entry runs, given the records of its inputs."""

    fingerprint: Fingerprint
    reuse: Commit | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class PlanStep:
    """One stage of a plan.

    Attributes:
        action: `run`; `reuse`; or `maybe`: it runs if what is made before it turns out different.
        seconds: how long it took when it was last made, None if never.
    """

    stage: str
    action: Action
    reasons: tuple[Reason, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True)
class Plan:
    """What a run of a pipeline would do."""

    pipeline: str
    steps: tuple[PlanStep, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON."""
        steps = [
            {
                "stage": s.stage,
                "action": s.action,
                "seconds": s.seconds,
                "reasons": [{"kind": r.kind, "name": r.name, "text": r.text} for r in s.reasons],
            }
            for s in self.steps
        ]
        return {"pipeline": self.pipeline, "steps": steps}


@dataclass
class Planner:
    """Decides about stages from the ledger."""

    project: Project
    commits: Commits
    committed: Committed
    extension: Extension

    @cached_property
    def sources(self) -> Sources:
        """The project's sources, each looked at once while this planner lives."""
        from workbench.data.source import Sources

        return Sources(self.project)

    def decide(
        self,
        stage: PreparedStage,
        inputs: Mapping[str, Mapping[str, Any]],
        *,
        force: bool = False,
        explored: bool = False,
    ) -> Decision:
        """Return whether a stage's result exists already for these inputs."""
        fingerprint = stage.fingerprint(inputs)
        if force:
            reason = Reason("new", "", None, None, "forced")
            return Decision(fingerprint, None, (reason,))
        commit = self.commits.with_digest(stage.name, fingerprint.digest, explored=explored)
        if commit:
            gone = missing_files(commit.outputs, self.project.root)
            if not gone:
                return Decision(fingerprint, commit)
            reasons = tuple(Reason("output", n, None, None, f"output {n}: its files are gone") for n in gone)
            return Decision(fingerprint, None, reasons)
        latest = self.commits.latest(stage.name)
        return Decision(
            fingerprint, None, tuple(explain(latest.fingerprint if latest else None, fingerprint))
        )

    def plan(self, pipeline: str, stages: Sequence[PreparedStage], *, force: bool = False) -> Plan:
        """Return what a run of these stages, in order, would do."""
        made: dict[str, Action] = {}
        records: dict[str, dict[str, Any]] = {}
        steps = []
        for stage in stages:
            pending = {n: made[n] for n in stage.config.inputs if made.get(n) in ("run", "maybe")}
            step, outputs = self._step(stage, records, pending, force=force)
            steps.append(step)
            made.update(dict.fromkeys(stage.config.outputs, step.action))
            records.update(outputs)
        return Plan(pipeline, tuple(steps))

    def _step(
        self,
        stage: PreparedStage,
        records: Mapping[str, dict[str, Any]],
        pending: Mapping[str, Action],
        *,
        force: bool,
    ) -> tuple[PlanStep, Mapping[str, dict[str, Any]]]:
        latest = self.commits.latest(stage.name)
        seconds = latest.seconds if latest else None
        known = self.inputs(stage, records, skip=tuple(pending))
        if not pending:
            decision = self.decide(stage, known, force=force)
            if decision.reuse:
                return PlanStep(stage.name, "reuse", (), seconds), decision.reuse.outputs
            return PlanStep(stage.name, "run", decision.reasons, seconds), {}
        coming = [Reason("input", n, None, None, f"input {n}: {_will(a)}") for n, a in pending.items()]
        own = [
            r
            for r in explain(latest.fingerprint if latest else None, stage.fingerprint(known))
            if not (r.kind == "input" and r.name in pending)
        ]
        sure = force or bool(own)
        return PlanStep(stage.name, "run" if sure else "maybe", (*own, *coming), seconds), {}

    def inputs(
        self, stage: PreparedStage, upstream: Mapping[str, dict[str, Any]], *, skip: Sequence[str] = ()
    ) -> dict[str, dict[str, Any]]:
        """Return the record of each input: a source's, made in this run, last committed, or the registry's.

        Raises:
            UsageError: an input was never committed, and nothing in this run makes it.
        """
        found: dict[str, dict[str, Any]] = {}
        for name in stage.config.inputs:
            if name in self.project.config.sources:
                found[name] = self.sources.record(name)
            producer = self.project.producer(name)
            if name in skip or producer is None:
                continue
            record = upstream.get(name) or self.committed.current(name)
            if record is None:
                raise UsageError(
                    f"Stage {stage.name!r} reads {name!r}, which has never been committed.",
                    hint=f"Run stage {producer!r} before it: leave --from out, or name an earlier stage.",
                )
            found[name] = record
        own = {**upstream, **found}
        for name in stage.config.inputs:
            if name not in found and name not in skip:
                absent = {"kind": "absent", "name": name, "fingerprint": "absent", "files": []}
                found[name] = self.extension.resolve_input(name, own) or absent
        return found


def _will(action: Action) -> str:
    return "will be made anew" if action == "run" else "may be made anew"
