"""Which due times of a schedule are claimed now, and which were missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workbench.duration import format_duration
from workbench.errors import WorkbenchError
from workbench.ledger import NewEvent
from workbench.pipeline.run_id import new_run
from workbench.project import Project
from workbench.project.automation import ScheduleConfig
from workbench.scheduling.checkout import full_commit
from workbench.scheduling.claim import LIVE, Claim
from workbench.scheduling.declared import action_of, parameters_of
from workbench.scheduling.times import Times

_MINUTE = timedelta(minutes=1)


class Decision(NamedTuple):
    """What becomes of the due times that nobody has decided on.

    Attributes:
        claimed: those that are done.
        missed: those that are not.
    """

    claimed: list[datetime]
    missed: list[datetime]


def decide(config: ScheduleConfig, considered: datetime, now: datetime) -> Decision:
    """Return what becomes of the due times after one moment, up to another.

    A time that lies back by no more than the schedule's grace is done. Older ones were missed; of those, all,
    none, or the latest are done late, the latest only where no newer time is done anyway.
    """
    dues = Times(config.cron, config.timezone).between(considered, now)
    missed = [due for due in dues if now - due > config.grace]
    timely = dues[len(missed) :]
    late: list[datetime] = []
    if config.catch_up == "all":
        late = missed
    elif config.catch_up == "latest" and not timely:
        late = missed[-1:]
    return Decision([*late, *timely], missed[: len(missed) - len(late)])


def claims_of(
    project: Project,
    config: ScheduleConfig,
    dues: Sequence[datetime],
    now: datetime,
    *,
    backfill: bool = False,
) -> list[NewEvent]:
    """Return the events that claim some due times, each with the id of its run and the code that it runs."""
    commit = _commit(project, config)
    events = []
    for due in dues:
        action, target = action_of(config)
        claim = Claim(
            origin="schedule",
            name=config.name,
            due=due,
            action=action,
            target=target,
            run=new_run(now, size=4),
            reason=_reason(config, due, now, commit, backfill),
            parameters=parameters_of(config.parameters, {"due": day_of(due, config.timezone)}),
            commit=commit,
        )
        data = {**claim.to_dict(), "backfill": backfill}
        events.append(NewEvent("schedule.claimed", data, subject=config.name, key=due.isoformat()))
    return events


def missed_event(config: ScheduleConfig, missed: Sequence[datetime]) -> NewEvent:
    """Return the event that says that some due times passed without being done."""
    data = {
        "schedule": config.name,
        "count": len(missed),
        "first": missed[0].isoformat(),
        "last": missed[-1].isoformat(),
        "catch_up": config.catch_up,
    }
    return NewEvent("schedule.missed", data, subject=config.name, key=missed[-1].isoformat())


def day_of(moment: datetime, timezone: str) -> date:
    """Return the day that it is in a time zone."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def due_text(due: datetime, timezone: str) -> str:
    """Return a due time as the clocks of its time zone show it."""
    return due.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M %Z")


def _commit(project: Project, config: ScheduleConfig) -> str:
    """Return the full hash of the pinned commit; what cannot be resolved fails when it is performed."""
    if config.commit == LIVE:
        return LIVE
    try:
        return full_commit(project.root, config.commit)
    except WorkbenchError:
        return config.commit


def _reason(config: ScheduleConfig, due: datetime, now: datetime, commit: str, backfill: bool) -> str:
    words = f"schedule {config.name}, due {due_text(due, config.timezone)}"
    if backfill:
        words = f"backfill of {words}"
    elif now - due > config.grace:
        words += f", caught up {format_duration((now - due) // _MINUTE * _MINUTE)} late"
    return words if commit == LIVE else f"{words}, at commit {commit[:10]}"
