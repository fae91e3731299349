"""Whether a trigger starts its pipeline, or is held by its cool-down or its budget."""

from __future__ import annotations

from datetime import datetime

from workbench.duration import format_duration
from workbench.ledger import NewEvent
from workbench.pipeline.run_id import new_run
from workbench.project.automation import TriggerConfig
from workbench.scheduling.cause import Cause, cause_of
from workbench.scheduling.claim import PIPELINE, Claim
from workbench.scheduling.declared import parameters_of
from workbench.scheduling.due import day_of
from workbench.scheduling.history import History
from workbench.workspace import Workspace

COOLDOWN = "cooldown"
BUDGET = "budget"


def fired(workspace: Workspace, config: TriggerConfig, history: History, now: datetime) -> NewEvent | None:
    """Return the event that a trigger's cause makes: that it fired, or that it was held; None: nothing new.

    A held trigger fires as soon as it may, when its cause still stands. While a run that it started goes on,
    it waits.
    """
    if history.open or history.paused is not None:
        return None
    cause = cause_of(workspace, config, history, now)
    if cause is None:
        return None
    by = _holder(config, history, now)
    if by is None:
        return _fired(config, cause, now)
    return None if history.held.get(by) == cause.identity else _held(config, cause, by)


def _holder(config: TriggerConfig, history: History, now: datetime) -> str | None:
    if history.fired and now - history.fired[-1] < config.cooldown:
        return COOLDOWN
    lately = [at for at in history.fired if now - at < config.budget_time]
    return BUDGET if config.budget is not None and len(lately) >= config.budget else None


def _fired(config: TriggerConfig, cause: Cause, now: datetime) -> NewEvent:
    claim = Claim(
        origin="trigger",
        name=config.name,
        due=now,
        action=PIPELINE,
        target=config.pipeline,
        run=new_run(now, size=4),
        reason=f"trigger {config.name}: {cause.because}",
        parameters=parameters_of(config.parameters, {"today": day_of(now, config.timezone)}),
    )
    data = {**claim.to_dict(), "cause": cause.details, "seen": cause.seen}
    return NewEvent("trigger.fired", data, subject=config.name, key=claim.run)


def _held(config: TriggerConfig, cause: Cause, by: str) -> NewEvent:
    limit = (
        f"at least {format_duration(config.cooldown)} between two starts"
        if by == COOLDOWN
        else f"at most {config.budget} starts in {format_duration(config.budget_time)}"
    )
    data = {
        "trigger": config.name,
        "because": by,
        "limit": limit,
        "cause": cause.identity,
        "wanted": cause.because,
        "details": cause.details,
        "pipeline": config.pipeline,
    }
    return NewEvent("trigger.held", data, subject=config.name, key=by)
