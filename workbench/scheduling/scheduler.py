"""Starts what is due, once, whoever else ticks and whoever dies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.errors import ConflictError
from workbench.ledger import Append, NewEvent
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.reporter import Reporter
from workbench.project.automation import ScheduleConfig, TriggerConfig
from workbench.scheduling.claim import ACTOR, PIPELINE, Claim, Kind
from workbench.scheduling.declared import definition_of, schedules, triggers
from workbench.scheduling.due import claims_of, decide, missed_event
from workbench.scheduling.fire import fired
from workbench.scheduling.history import Histories, History
from workbench.scheduling.perform import Done, end, has_begun, perform
from workbench.workspace import Workspace

_Config = ScheduleConfig | TriggerConfig


@dataclass(frozen=True)
class Started:
    """Something that a tick has started.

    Attributes:
        done: what became of it; None when it goes on elsewhere.
    """

    claim: Claim
    done: Done | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        outcome, reason = self.done or (None, "")
        return {"name": self.claim.name, **self.claim.to_dict(), "outcome": outcome, "reason": reason}


class Scheduler:
    """Claims in the ledger what is due, and sees to it that what was claimed is started.

    Any number of them may be at work on one project, and any of them may be killed at any moment: a due
    time is claimed once, and a claim holds the id of its run, which can begin only once. A claim whose run
    never began is started by whoever ticks next.

    Args:
        workspace: of the project.
        start: starts a claim elsewhere and returns whether it did; without it, everything is done here, one
            after the other, before `tick` returns.
        reporter: told of the runs that are done here.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        start: Callable[[Claim], bool] | None = None,
        reporter: Reporter | None = None,
    ) -> None:
        self._workspace = workspace
        self._start = start
        self._reporter = reporter
        self._histories = Histories(workspace.ledger)

    def tick(self) -> list[Started]:
        """Claim what is due by now and start what is claimed; then likewise what triggers ask for.

        Returns:
            What was started.

        Raises:
            StorageError: the ledger cannot be read or written.
        """
        project = self._workspace.project
        for config in schedules(project).values():
            self._append("schedule", config, self._due)
        started = self._start_open("schedule", schedules(project))
        started += self._start_open("trigger", triggers(project))  # those that wait, or have ended by now
        for trigger in triggers(project).values():
            self._append("trigger", trigger, self._fired)
        return [*started, *self._start_open("trigger", triggers(project))]

    def _append(self, origin: Kind, config: _Config, decide_on: Callable[..., list[NewEvent]]) -> None:
        """Write what follows from a history, and decide again when somebody else was first."""
        while True:
            history = self._histories.of(origin, config.name)
            now = self._workspace.clock.now()
            events = _declared(origin, config, history) or decide_on(config, history, now)
            if not events:
                return
            with suppress(ConflictError):
                append = Append(f"{origin}/{config.name}", history.version, tuple(events))
                self._workspace.ledger.append(append, actor=ACTOR)

    def _due(self, config: ScheduleConfig, history: History, now: datetime) -> list[NewEvent]:
        if config.paused or history.paused is not None or history.considered is None:
            return []
        dues, missed = decide(config, history.considered, now)
        events = [missed_event(config, missed)] if missed else []
        wanted = [due for due in dues if due not in history.dues]  # a backfill may have been first
        return [*events, *claims_of(self._workspace.project, config, wanted, now)]

    def _fired(self, config: TriggerConfig, history: History, now: datetime) -> list[NewEvent]:
        event = fired(self._workspace, config, history, now)
        return [] if event is None else [event]

    def _start_open(self, origin: Kind, names: Iterable[str]) -> list[Started]:
        return self.perform(claim for name in names for claim in self._histories.of(origin, name).open)

    def perform(self, claims: Iterable[Claim]) -> list[Started]:
        """Start claims in the order in which they were due, as far as nobody is at them; return which.

        Raises:
            KeyboardInterrupt: a person stopped a run that is done here, and with it those that would follow.
        """
        started = []
        busy: set[tuple[str, str]] = set()
        for claim in sorted(claims, key=lambda claim: claim.due):
            thing = (claim.action, claim.target)
            if thing in busy or self._is_over(claim):  # one run of a pipeline at a time; the next one later
                continue
            found = self._begin(claim)
            if found is not None:
                started.append(found)
            if found is None or found.done is None:
                busy.add(thing)
        return started

    def _is_over(self, claim: Claim) -> bool:
        """Record the end of a claim whose run has ended, or vanished; return whether that is so."""
        workspace = self._workspace
        if claim.action != PIPELINE or not has_begun(workspace.ledger, claim):
            return False
        state = workspace.show(claim.run)
        if state.outcome is not None:
            end(workspace.ledger, claim, Done(state.outcome.value, state.reason))
        return state.outcome is not None

    def _begin(self, claim: Claim) -> Started | None:
        """Start a claim, unless its run goes on already or somebody else is at it."""
        workspace = self._workspace
        if claim.action == PIPELINE and has_begun(workspace.ledger, claim):
            return None
        if self._start is not None:
            return Started(claim) if self._start(claim) else None
        done = perform(workspace, claim, self._reporter)
        if done is not None and done.outcome == Outcome.INTERRUPTED:
            raise KeyboardInterrupt
        return None if done is None else Started(claim, done)


def _declared(origin: Kind, config: _Config, history: History) -> list[NewEvent]:
    definition = definition_of(config)
    if history.definition == definition:
        return []
    data = {origin: config.name, "definition": definition}
    return [NewEvent(f"{origin}.declared", data, subject=config.name)]
