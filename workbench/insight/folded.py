"""The state of everything that is shown, folded from the ledger's events in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from workbench.insight.drafts import Runs
from workbench.insight.windows import WindowBrief, window_of
from workbench.ledger import Event
from workbench.monitoring.alerts import ModelAlerts
from workbench.monitoring.judgement import JUDGED, Judgement
from workbench.registry.model import ModelState
from workbench.registry.window import JUDGED as WINDOW_JUDGED
from workbench.scheduling.history import History


@dataclass(frozen=True)
class Judged:
    """A judgement of a challenger, and when it was made."""

    position: int
    at: datetime
    judgement: Judgement


@dataclass
class Folded:
    """What the ledger tells up to a position.

    Attributes:
        windows: by model, in the order in which they were looked at.
        histories: of schedules and triggers, as `schedule/NAME` and `trigger/NAME`.
        changed: by kind of stream (`run`, `model` …), the position of its newest event.
        unread: positions of events that are not as this workbench writes them, and were passed over.
    """

    position: int = 0
    hash: str = ""
    runs: Runs = field(default_factory=Runs)
    models: dict[str, ModelState] = field(default_factory=dict)
    windows: dict[str, list[WindowBrief]] = field(default_factory=dict)
    alerts: dict[str, ModelAlerts] = field(default_factory=dict)
    judgements: dict[str, list[Judged]] = field(default_factory=dict)
    histories: dict[str, History] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    unread: set[int] = field(default_factory=set)

    def take(self, events: Iterable[Event]) -> None:
        """Take in what follows."""
        for event in events:
            self._learn(event)
            self.changed[event.stream.partition("/")[0]] = self.position = event.position
            self.hash = event.hash

    def learn(self, events: Iterable[Event]) -> None:
        """Take in what streams tell that were left out so far, up to this position."""
        for event in events:
            self._learn(event)

    def _learn(self, event: Event) -> None:
        kind, _, name = event.stream.partition("/")
        step = _STEPS.get(kind)
        try:
            if step is not None:
                step(self, name, event)
        except (KeyError, TypeError, ValueError, AttributeError):
            self.unread.add(event.position)


def _run(folded: Folded, _name: str, event: Event) -> None:
    folded.runs.take(event)


def _model(folded: Folded, name: str, event: Event) -> None:
    folded.models.setdefault(name, ModelState(name)).take((event,))


def _window(folded: Folded, name: str, event: Event) -> None:
    if event.kind == WINDOW_JUDGED:
        folded.windows.setdefault(name, []).append(window_of(event))


def _alert(folded: Folded, name: str, event: Event) -> None:
    folded.alerts.setdefault(name, ModelAlerts(name)).take((event,))


def _judgement(folded: Folded, name: str, event: Event) -> None:
    if event.kind == JUDGED:
        judged = Judged(event.position, event.at, Judgement.from_dict(event.data))
        folded.judgements.setdefault(name, []).append(judged)


def _history(folded: Folded, _name: str, event: Event) -> None:
    folded.histories.setdefault(event.stream, History()).learn((event,))


_STEPS = {
    "run": _run,
    "model": _model,
    "monitoring": _window,
    "alert": _alert,
    "judgement": _judgement,
    "schedule": _history,
    "trigger": _history,
}
KINDS = tuple(_STEPS)
"""Kinds of streams that something is folded from."""
