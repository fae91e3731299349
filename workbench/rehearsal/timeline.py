"""A time of a model on one page: everything that happened, from the ledger, and what came of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.errors import UsageError
from workbench.monitoring.alerts.change import stream_of as alerts_of
from workbench.registry.model import ModelState, fold, stream_of
from workbench.registry.version import CHAMPION
from workbench.rehearsal.alarms import alarms
from workbench.rehearsal.attempts import retrainings
from workbench.rehearsal.decisions import decisions
from workbench.rehearsal.moment import (
    ALERT,
    OVERRIDE,
    PROMOTION,
    REFUSAL,
    RETRAINING,
    ROLLBACK,
    WITHDRAWAL,
    Moment,
)
from workbench.rehearsal.reign import Reign, reigns

if TYPE_CHECKING:
    from workbench.ledger import Head
    from workbench.rehearsal.comparison import Comparison
    from workbench.workspace import Workspace

_COUNTED = {
    ALERT: ("alert", "alerts"),
    RETRAINING: ("training", "trainings"),
    PROMOTION: ("promotion", "promotions"),
    REFUSAL: ("refusal", "refusals"),
    ROLLBACK: ("rollback", "rollbacks"),
    WITHDRAWAL: ("withdrawal", "withdrawals"),
    OVERRIDE: ("decision by hand", "decisions by hand"),
}


@dataclass(frozen=True)
class Timeline:
    """What happened to a model in a time.

    Attributes:
        since, until: project time, the first moment and the first moment after.
        moments: in the order of the ledger.
        reigns: which version held which alias, from when to when.
        head: the last event that was read.
        timezone: in which people read its times; the ledger's own are UTC.
        comparison: what answered against the first version alone; None where nothing could be compared.
        missing: why not.
        files: what was written, by what it is: `html`, `png`, `svg`, `json`.
    """

    model: str
    since: datetime
    until: datetime
    moments: tuple[Moment, ...]
    reigns: tuple[Reign, ...]
    head: Head
    timezone: str = "UTC"
    comparison: Comparison | None = None
    missing: str = ""
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def champions(self) -> tuple[Reign, ...]:
        """Who was champion from when to when, whatever share of the traffic a challenger had."""
        made: list[Reign] = []
        for each in self.reigns:
            if each.alias != CHAMPION:
                continue
            if made and (made[-1].version, made[-1].until) == (each.version, each.since):
                made[-1] = replace(made[-1], until=each.until)
            else:
                made.append(replace(each, share=1.0))
        return tuple(made)

    def local(self, moment: datetime) -> datetime:
        """Return a moment as people read it."""
        return moment.astimezone(ZoneInfo(self.timezone))

    @property
    def counts(self) -> Mapping[str, int]:
        """How many moments there are of each kind."""
        return Counter(moment.kind for moment in self.moments)

    @property
    def title(self) -> str:
        """The model and the days."""
        first, last = self.local(self.since), self.local(self.until - timedelta(seconds=1))
        return f"{self.model}, {first.day} {first:%B %Y} to {last.day} {last:%B %Y}"

    @property
    def sentence(self) -> str:
        """What happened, counted."""
        counts = self.counts
        told = [
            f"{counts[kind]} {one if counts[kind] == 1 else many}"
            for kind, (one, many) in _COUNTED.items()
            if counts.get(kind)
        ]
        answered = [f"{self.comparison.answered:,} answers"] if self.comparison else []
        return " · ".join([*answered, *told]) or "Nothing happened."

    def to_dict(self) -> dict[str, Any]:
        """Return the timeline as JSON."""
        return {
            "model": self.model,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "timezone": self.timezone,
            "counts": dict(self.counts),
            "moments": [moment.to_dict() for moment in self.moments],
            "reigns": [reign.to_dict() for reign in self.reigns],
            "comparison": self.comparison.to_dict() if self.comparison else None,
            "missing": self.missing,
            "head": {"position": self.head.position, "hash": self.head.hash},
            "files": {name: str(path) for name, path in self.files.items()},
        }


def read(
    workspace: Workspace, model: str, *, since: datetime | None = None, until: datetime | None = None
) -> Timeline:
    """Return what happened to a model, from the ledger alone; nothing is compared.

    Args:
        workspace: the project's.
        model: its name.
        since: project time, the first moment; when its first version became champion, when None.
        until: project time, the first moment after it; now, when None.

    Raises:
        UnknownNameError: there is no such model.
        UsageError: nobody was ever champion, or the time ends before it begins.
    """
    ledger, config = workspace.ledger, workspace.project.model(model)
    head = ledger.head()
    events = ledger.read(stream_of(model))
    state = fold(model, events)
    begins = since or _first_champion(state)
    ends = until or workspace.clock.now()
    if begins >= ends:
        raise UsageError(
            f"Nothing lies between {begins:%Y-%m-%d %H:%M} and {ends:%Y-%m-%d %H:%M} UTC.",
            hint="Name a time that ends later with --until, or one that begins earlier with --since.",
        )
    moments = [
        *decisions(model, events),
        *alarms(ledger.read(alerts_of(model))),
        *retrainings(ledger, state, config.trained_by, begins, ends),
    ]
    told = sorted((each for each in moments if begins <= each.at < ends), key=lambda each: each.position)
    spans = reigns(model, events, begins, ends)
    return Timeline(model, begins, ends, tuple(told), spans, head, config.monitoring.timezone)


def write(
    workspace: Workspace,
    model: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    folder: Path,
) -> Timeline:
    """Write a timeline's page, picture and JSON into a folder, with the comparison where one can be had.

    Args:
        workspace: the project's.
        model: its name.
        since: as `read` takes it.
        until: as `read` takes it.
        folder: is made when it is not there; `timeline.html`, `.png`, `.svg` and `.json` in it are replaced.

    Raises:
        UnknownNameError, UsageError: as `read`.
        IntegrityError: the first version's files are not those that were recorded.
    """
    from workbench.registry.card import as_page
    from workbench.rehearsal.page import as_document
    from workbench.rehearsal.picture import draw

    found = compared(read(workspace, model, since=since, until=until), workspace)
    folder.mkdir(parents=True, exist_ok=True)
    files = {kind: folder / f"timeline.{kind}" for kind in ("html", "png", "svg", "json")}
    figure = draw(found)
    figure.savefig(files["png"], dpi=150)
    figure.savefig(files["svg"])
    found = replace(found, files=files)
    document = as_document(found, files["png"], workspace.project.name)
    files["html"].write_text(as_page(document), encoding="utf-8")
    files["json"].write_text(json.dumps(found.to_dict(), indent=2), encoding="utf-8")
    return found


def compared(timeline: Timeline, workspace: Workspace) -> Timeline:
    """Return a timeline with what answered held against its first champion alone.

    Raises:
        IntegrityError: that version's files are not those that were recorded.
    """
    from workbench.rehearsal.comparison import compare

    if not timeline.champions:
        return replace(timeline, missing="Nobody was champion in this time, so nothing can be compared.")
    first = workspace.registry.model(timeline.model).find(timeline.champions[0].version)
    try:
        found = compare(first, workspace.project, since=timeline.since, until=timeline.until)
    except UsageError as error:
        return replace(timeline, missing=error.message)
    return replace(timeline, comparison=found)


def _first_champion(state: ModelState) -> datetime:
    moved = next((move.at for move in state.moves if move.alias == CHAMPION), None)
    if moved is None:
        raise UsageError(
            f"{state.name!r} never had a champion, so there is nothing to tell.",
            hint=f"Promote a version first: workbench promote {state.name} VERSION",
        )
    return moved
