"""What people order: to pause, to resume, to make up for days that lie back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workbench.errors import ConflictError, UnknownNameError, UsageError
from workbench.ledger import Append, NewEvent
from workbench.project import Project
from workbench.project.automation import ScheduleConfig
from workbench.scheduling.claim import Claim, Kind
from workbench.scheduling.declared import schedules, triggers
from workbench.scheduling.due import claims_of
from workbench.scheduling.history import Histories
from workbench.scheduling.times import Times
from workbench.workspace import Workspace

_INSTANT = timedelta(microseconds=1)
_EARLIEST = 1970
"""Years; what lies before is a slip of the finger, and a claim for each of its days."""


@dataclass(frozen=True)
class Backfill:
    """Days that are made up for.

    Attributes:
        dues: the due times that are run.
        done: those that were claimed before.
        claims: what was claimed; empty when it was only asked what would be.
    """

    dues: tuple[datetime, ...]
    done: tuple[datetime, ...]
    claims: tuple[Claim, ...] = ()


def pause(workspace: Workspace, name: str, reason: str = "") -> bool:
    """Let a schedule or trigger stand still; return whether it did not already.

    Raises:
        UnknownNameError: there is none of that name.
    """
    return _turn(workspace, name, "paused", reason)


def resume(workspace: Workspace, name: str, reason: str = "") -> bool:
    """Let a schedule or trigger go on; what was due meanwhile is not made up for. Return whether it stood.

    Raises:
        UnknownNameError: there is none of that name.
        UsageError: workbench.toml says that it stands still.
    """
    declared = schedules(workspace.project).get(name)
    if declared is not None and declared.paused:
        raise UsageError(
            f"Schedule {name!r} stands still because workbench.toml says so.",
            hint=f"Take paused = true away under [schedules.{name}].",
        )
    return _turn(workspace, name, "resumed", reason)


def backfill(workspace: Workspace, name: str, first: date, last: date, *, dry_run: bool = False) -> Backfill:
    """Claim the due times of some days, both included, that were never claimed.

    Raises:
        UnknownNameError: there is no schedule of that name.
        UsageError: the range is empty, or lies in the future.
    """
    config = _schedule(workspace.project, name)
    now = workspace.clock.now()
    dues = _dues(config, first, last, now)
    histories = Histories(workspace.ledger)
    while True:
        history = histories.of("schedule", name)
        new = tuple(due for due in dues if due not in history.dues)
        done = tuple(due for due in dues if due in history.dues)
        if dry_run or not new:
            return Backfill(new, done)
        facts = {"schedule": name, "first": first.isoformat(), "last": last.isoformat(), "count": len(new)}
        events = claims_of(workspace.project, config, new, now, backfill=True)
        ordered = NewEvent("schedule.backfilled", facts, subject=name)
        with suppress(ConflictError):
            workspace.ledger.append(Append(f"schedule/{name}", history.version, (ordered, *events)))
            claims = histories.of("schedule", name).claims.values()
            return Backfill(new, done, tuple(claim for claim in claims if claim.due in new))


def _turn(workspace: Workspace, name: str, to: str, reason: str) -> bool:
    origin = _origin(workspace.project, name)
    histories = Histories(workspace.ledger)
    while True:
        history = histories.of(origin, name)
        if (history.paused is not None) == (to == "paused"):
            return False
        event = NewEvent(f"{origin}.{to}", {origin: name, "reason": reason}, subject=name)
        with suppress(ConflictError):
            workspace.ledger.append(Append(f"{origin}/{name}", history.version, (event,)))
            return True


def _origin(project: Project, name: str) -> Kind:
    if name in schedules(project):
        return "schedule"
    if name in triggers(project):
        return "trigger"
    raise UnknownNameError("schedule or trigger", name, [*schedules(project), *triggers(project)])


def _schedule(project: Project, name: str) -> ScheduleConfig:
    known = schedules(project)
    if name not in known:
        raise UnknownNameError("schedule", name, known)
    return known[name]


def _dues(config: ScheduleConfig, first: date, last: date, now: datetime) -> list[datetime]:
    if first.year < _EARLIEST:
        raise UsageError(
            f"A schedule has no days before {_EARLIEST}, but {first} was given.",
            hint="Give the first day to make up for as --from, such as 2013-03-01.",
        )
    zone = ZoneInfo(config.timezone)
    begin = datetime.combine(first, time(), zone)
    end = min(datetime.combine(last, time.max, zone), now)
    if last < first or begin > now:
        raise UsageError(
            f"Nothing lies between {first} and {last}{'' if last < first else ', for it is not past yet'}.",
            hint="Give a day as --from, and the same or a later one as --until.",
        )
    return Times(config.cron, config.timezone).between(begin - _INSTANT, end)
