"""How schedules and triggers stand: what ran last, what comes next."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.duration import format_duration
from workbench.errors import WorkbenchError
from workbench.project.automation import ScheduleConfig, TriggerConfig
from workbench.scheduling.checkout import full_commit
from workbench.scheduling.claim import LIVE, PIPELINE
from workbench.scheduling.declared import action_of, parameters_of, schedules, triggers
from workbench.scheduling.due import day_of
from workbench.scheduling.history import Histories, History
from workbench.scheduling.times import Times
from workbench.workspace import Workspace

NEXT = 5


@dataclass(frozen=True)
class Standing:
    """A schedule or a trigger.

    Attributes:
        origin: `schedule` or `trigger`.
        what: what it does, `{"pipeline": "training"}`.
        when: in words or as cron has it.
        code: `live`, or the full hash of the commit that its notebooks are taken from.
        paused: by whom it stands still, empty when it does not.
        last: what it did last: `due`, `run`, `outcome`; empty before the first time.
        next: the next times that it is due, in UTC; empty for a trigger, and while it stands still.
        trouble: why it will fail when its time comes, as far as that is known.
    """

    name: str
    origin: str
    what: dict[str, str]
    when: str
    timezone: str
    code: str
    paused: str
    last: dict[str, Any]
    missed: int = 0
    next: tuple[datetime, ...] = ()
    trouble: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**vars(self), "next": [due.isoformat() for due in self.next]}


def standings(workspace: Workspace) -> list[Standing]:
    """Return how all schedules and triggers of a project stand, as they are declared."""
    histories = Histories(workspace.ledger)
    found = [
        _of_schedule(workspace, config, histories.of("schedule", name))
        for name, config in schedules(workspace.project).items()
    ]
    return found + [
        _of_trigger(workspace, config, histories.of("trigger", name))
        for name, config in triggers(workspace.project).items()
    ]


def _of_schedule(workspace: Workspace, config: ScheduleConfig, history: History) -> Standing:
    action, target = action_of(config)
    paused = "workbench.toml" if config.paused else history.paused_by
    now = workspace.clock.now()
    dues = tuple(itertools.islice(Times(config.cron, config.timezone).after(now), NEXT))
    code, trouble = _code(workspace, config.commit)
    if not trouble and action == PIPELINE and code == LIVE:
        parameters = parameters_of(config.parameters, {"due": day_of(dues[0], config.timezone)})
        trouble = _trouble(workspace, target, parameters)
    return Standing(
        name=config.name,
        origin="schedule",
        what={action: target},
        when=config.cron,
        timezone=config.timezone,
        code=code,
        paused=paused,
        last=_last(history),
        missed=history.missed,
        next=() if paused else dues,
        trouble=trouble,
    )


def _of_trigger(workspace: Workspace, config: TriggerConfig, history: History) -> Standing:
    parameters = parameters_of(config.parameters, {"today": day_of(workspace.clock.now(), config.timezone)})
    return Standing(
        name=config.name,
        origin="trigger",
        what={PIPELINE: config.pipeline},
        when=_when(config),
        timezone=config.timezone,
        code=LIVE,
        paused=history.paused_by,
        last=_last(history),
        trouble=_trouble(workspace, config.pipeline, parameters),
    )


def _when(config: TriggerConfig) -> str:
    causes = {
        "alert": f"an alert of {config.model} fires"
        if not config.alerts
        else f"alert {' or '.join(config.alerts)} of {config.model} fires",
        "data": f"{config.dataset} has a new version",
        "labels": f"{config.labels or 0:,} labels of {config.model} have arrived",
        "time": f"{format_duration(config.every)} have passed" if config.every else "",
    }
    limits = [f"at most every {format_duration(config.cooldown)}"] if config.cooldown else []
    if config.budget is not None:
        limits.append(f"at most {config.budget} in {format_duration(config.budget_time)}")
    return ", ".join([causes[config.on], *limits])


def _last(history: History) -> dict[str, Any]:
    claim = history.last
    if claim is None:
        return {}
    ended = history.ended.get(claim.run, {})
    return {
        "due": claim.due.isoformat(),
        "run": claim.run,
        "outcome": ended.get("outcome"),
        "reason": ended.get("reason", ""),
        "because": claim.reason,
    }


def _code(workspace: Workspace, commit: str) -> tuple[str, str]:
    if commit == LIVE:
        return LIVE, ""
    try:
        return full_commit(workspace.project.root, commit), ""
    except WorkbenchError as error:
        return commit, error.message


def _trouble(workspace: Workspace, pipeline: str, parameters: dict[str, dict[str, str]]) -> str:
    """Return what is wrong with the parameters, so that nobody learns of it at three in the morning."""
    try:
        workspace.check(pipeline, parameters)
    except WorkbenchError as error:
        return error.message
    return ""
