"""Makes an attempt ready to start, and tells tracking of it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.place import located
from workbench.kernels.settings import settings_of
from workbench.ledger.actor import local_actor
from workbench.parameters import Secret
from workbench.pipeline.attempt import AttemptResult, AttemptSpec
from workbench.pipeline.backing import Backing
from workbench.pipeline.budget import Budget, share, thread_variables, width
from workbench.pipeline.checkpoint import forget_checkpoint, last_valid, restarted, shelves_of
from workbench.pipeline.entry import Entry, RunRequest
from workbench.pipeline.git import git_state
from workbench.pipeline.lean import import_engine
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.plan import Decision
from workbench.pipeline.prepare import PreparedStage
from workbench.pipeline.space import Space
from workbench.pipeline.ticket import Ticket

if TYPE_CHECKING:
    from workbench.tracking import TrackedAttempt, Tracker

_KERNEL = "python3"


@dataclass(frozen=True)
class Launched:
    """An attempt that was started and has ended."""

    spec: AttemptSpec
    tracked: TrackedAttempt | None
    result: AttemptResult

    @property
    def tracking_id(self) -> str | None:
        """The attempt's id in the tracking store."""
        return self.tracked.id if self.tracked else None


class Launch:
    """Prepares the attempts of one run; used from several threads."""

    def __init__(
        self,
        backing: Backing,
        request: RunRequest,
        run: str,
        warn: Callable[[str], None],
        *,
        budget: Budget,
        local: bool,
    ) -> None:
        self._backing = backing
        self._budget = budget
        self._warn = warn
        self._request = request
        self._run = run
        self._lock = threading.Lock()
        self._parent: str | None = None
        self._begins = local
        self._cold = False
        self._git = git_state(backing.project.root)

    def prepare(
        self, entry: Entry, number: int, decision: Decision, inputs: Mapping[str, dict[str, Any]]
    ) -> tuple[AttemptSpec, TrackedAttempt]:
        """Return what the executor needs, with the attempt shown in tracking."""
        backing, stage = self._backing, entry.stage
        runner = backing.project.config.runner
        self._expect_kernels()
        tracked = self._track(entry, number, decision)
        folder = backing.project.layout.attempt(self._run, entry.name, number)
        Space(folder).prepare()
        ticket = Ticket(
            root=str(backing.project.root),
            run=self._run,
            pipeline=self._request.pipeline,
            stage=stage.name,
            entry=entry.name,
            attempt=number,
            folder=str(folder),
            at=backing.clock.now().isoformat(),
            actor=local_actor(),
            seed=backing.project.config.project.seed,
            data=str(backing.project.layout.data),
            inputs={name: located(record, backing.project.root) for name, record in inputs.items()},
            outputs=tuple(stage.config.outputs),
            parameters=stage.canonical,
        )
        notebook, ticket = self._begin(stage, ticket, inputs)
        head = backing.ledger.head()
        spec = AttemptSpec(
            ticket=ticket,
            notebook=notebook,
            cwd=str(stage.notebook.parent),
            kernel_name=_KERNEL,
            env={**thread_variables(self._cpus(entry)), **tracked.env()},
            timeout=stage.config.timeout.total_seconds(),
            heartbeat=backing.heartbeat,
            output_limit=runner.output_limit,
            save_every=runner.save_every.total_seconds(),
            resources=self._resources(entry),
            stamp={
                "run": self._run,
                "stage": stage.name,
                "attempt": number,
                "parameters": stage.canonical,
                "ledger": {"position": head.position, "hash": head.hash},
            },
            secrets=_secret_values(stage.canonical),
            warm=settings_of(backing.project) if runner.warm else None,
        )
        return spec, tracked

    def _begin(
        self, stage: PreparedStage, ticket: Ticket, inputs: Mapping[str, dict[str, Any]]
    ) -> tuple[str, Ticket]:
        """Return the notebook to execute, behind a valid checkpoint if there is one, and the ticket."""
        place = self._backing.project.layout.checkpoints
        shelves = shelves_of(place, stage, inputs, ticket.seed)
        ticket = replace(
            ticket,
            checkpoints={c.name: str(folder) for c, folder in shelves.items() if not c.problem},
            unkept={c.name: c.problem for c in shelves if c.problem},
        )
        if self._request.force:  # what was kept is not trusted, in the next attempt neither
            for folder in shelves.values():
                forget_checkpoint(folder)
        restart = last_valid(shelves)
        if restart is None:
            return stage.source(), ticket
        self._warn(f"{ticket.entry} begins behind {restart.checkpoint.name!r}, kept by run {restart.run}")
        return restarted(stage.source(), restart), replace(ticket, behind=restart.to_dict())

    def _expect_kernels(self) -> None:
        """Let what the first kernel needs be loaded while tracking is being told."""
        with self._lock:
            begins, self._begins = self._begins, False
        if begins:
            threading.Thread(target=import_engine, name="import").start()
        if begins and self._backing.project.config.runner.warm:
            from workbench.kernels.start import expect

            expect(settings_of(self._backing.project))
        if begins:
            self._backing.aside.begin()

    def track_end(self, launched: Launched, outcome: Outcome, reason: str) -> None:
        """Show in tracking what became of an attempt."""
        from workbench.tracking import AttemptReport

        self._tell_cold(launched.result)
        if launched.tracked is None:
            return
        ticket, result = launched.spec.ticket, launched.result
        report = AttemptReport(
            outcome=outcome.value,
            reason=reason,
            seconds=result.seconds,
            cpu_seconds=result.cpu_seconds,
            peak_memory_bytes=result.peak_memory_bytes,
            error=result.error,
            parameters=ticket.parameters,
            metrics=Space(ticket.folder).metric_lines(),
            inputs=ticket.inputs,
            outputs=result.records,
            folder=Path(ticket.folder),
            head=str(self._backing.ledger.head()),
        )
        self._tracker.end_attempt(launched.tracked, report)

    def _tell_cold(self, result: AttemptResult) -> None:
        with self._lock:
            tell, self._cold = bool(result.cold) and not self._cold, self._cold or bool(result.cold)
        if tell:
            self._warn(f"kernels start cold: {result.cold}")

    def end(self, outcome: Outcome, summary: str, metrics: Mapping[str, float]) -> None:
        """Show in tracking how the run ended; nothing when nothing was executed."""
        if self._parent is not None:
            head = str(self._backing.ledger.head())
            self._tracker.end_run(self._parent, outcome.value, summary, head=head, metrics=metrics)

    @cached_property
    def _tracker(self) -> Tracker:
        from workbench.tracking import ForgivingTracker

        return ForgivingTracker(self._backing.tracker(), self._warn)

    def _track(self, entry: Entry, number: int, decision: Decision) -> TrackedAttempt:
        from workbench.tracking import AttemptInfo, RunInfo

        backing = self._backing
        at = backing.clock.now()
        with self._lock:
            if self._parent is None:
                parameters = {e.name: e.stage.canonical for e in self._request.entries}
                info = RunInfo(
                    run=self._run,
                    pipeline=self._request.pipeline,
                    at=at,
                    actor=local_actor(),
                    reason=self._request.reason,
                    git=self._git,
                    parameters=parameters,
                    description=backing.project.config.project.description,
                )
                self._parent = self._tracker.start_run(info)
        return self._tracker.start_attempt(
            AttemptInfo(
                parent=self._parent,
                run=self._run,
                entry=entry.name,
                stage=entry.stage.name,
                attempt=number,
                at=at,
                actor=local_actor(),
                notebook=str(entry.stage.config.notebook),
                seed=backing.project.config.project.seed,
                git=self._git,
                environment=_digest(entry.stage.environment),
                fingerprint=decision.fingerprint.digest,
            )
        )

    def _resources(self, entry: Entry) -> dict[str, float]:
        config = entry.stage.config
        wanted = {"cpus": config.cpus or 1, "memory": config.memory or 0, "gpu": config.gpu}
        return {name: float(amount) for name, amount in wanted.items() if amount}

    def _cpus(self, entry: Entry) -> int:
        return share(entry, self._budget, width(self._request.entries))


def _secret_values(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Resolve what must never be written; an unknown secret is an error before any kernel starts."""
    references = [v for v in parameters.values() if isinstance(v, str) and v.startswith("secret:")]
    return tuple(Secret(reference.removeprefix("secret:")).reveal() for reference in references)


def _digest(content: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(dict(content), sort_keys=True).encode()).hexdigest()
