"""What chooses runs: words, comparisons, pipelines, outcomes, people and days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from workbench.dashboards.app.components import DatePicker, MultiChoice, TextInput, abreast, viewer_zone
from workbench.insight.experiments import RunQuery, known

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store
    from workbench.insight.experiments import Known

_HELP = "Words and comparisons: train auc>0.7 train.objective=binary"


class Filters:
    """The widgets above the runs; the address holds what they say.

    Attributes:
        panel: the widgets.
    """

    def __init__(self, store: Store, person: Person, location: Location) -> None:
        found = known(store, person)
        self.text = TextInput(label="Search", placeholder=_HELP, kind="search")
        self.pipelines = MultiChoice(label="Pipeline", options=list(found.pipelines))
        self.outcomes = MultiChoice(label="Outcome", options=list(found.outcomes))
        self.actors = MultiChoice(label="By", options=list(found.actors))
        self.since = DatePicker(label="From", value=None)
        self.until = DatePicker(label="To", value=None)
        self._widgets = {
            "q": self.text,
            "pipeline": self.pipelines,
            "outcome": self.outcomes,
            "by": self.actors,
            "from": self.since,
            "to": self.until,
        }
        self._begin(location)
        self.panel = abreast(
            (self.text, 260, 520),
            (self.pipelines, 160, 260),
            (self.outcomes, 160, 240),
            (self.actors, 160, 240),
            (self.since, 140, 170),
            (self.until, 140, 170),
        )

    @property
    def query(self) -> RunQuery:
        """What is asked for at present."""
        since, until = self.since.value, self.until.value
        return RunQuery(
            text=self.text.value or "",
            pipelines=tuple(self.pipelines.value),
            outcomes=tuple(self.outcomes.value),
            actors=tuple(self.actors.value),
            since=_midnight(since) if since else None,
            until=_midnight(until + timedelta(days=1)) if until else None,
        )

    def watch(self, act: Callable[[], None]) -> None:
        """Call something whenever one of them changes."""
        for widget in self._widgets.values():
            widget.param.watch(lambda _: act(), "value")

    def follow(self, found: Known) -> None:
        """Offer the pipelines, outcomes and people that there are by now, the new ones last."""
        every = (
            (self.pipelines, found.pipelines),
            (self.outcomes, found.outcomes),
            (self.actors, found.actors),
        )
        for widget, names in every:
            offered = list(dict.fromkeys([*widget.options, *names]))
            if offered != widget.options:
                widget.options = offered

    def narrow(self, by: str, name: str) -> bool:
        """Choose the runs of a group; whether that could be said with these widgets."""
        chosen = {"pipeline": self.pipelines, "outcome": self.outcomes, "by": self.actors}.get(by)
        if chosen is not None and name in chosen.options:
            chosen.value = [name]
        elif by == "day":
            self.since.value = self.until.value = date.fromisoformat(name)
        elif by == "week":
            self.since.value = date.fromisoformat(f"{name}-1")
            self.until.value = self.since.value + timedelta(days=6)
        elif by == "month":
            first = date.fromisoformat(f"{name}-01")
            self.since.value = first
            self.until.value = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        elif by == "why" or "." in by:
            self.text.value = f'{self.text.value or ""} "{by}={name}"'.strip()
        else:
            return False
        return True

    def _begin(self, location: Location) -> None:
        for name, widget in self._widgets.items():
            if name in ("from", "to"):
                widget.value = _day(location.get(name))
                widget.param.watch(_follow_day(location, name), "value")
            else:
                location.bind(widget, name)


def _follow_day(location: Location, name: str) -> Callable[[Any], None]:
    return lambda event: location.set(**{name: event.new.isoformat() if event.new else None})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=viewer_zone())
