"""Requests, errors and latencies by version and caller: of the running service, and of the prediction log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Column,
    Flow,
    RadioButtonGroup,
    ago,
    duration,
    empty_state,
    error_state,
    html,
    joined,
    moment,
    percent,
    short,
    table,
)
from workbench.dashboards.views.deployments.curves import Curves, rate_of
from workbench.dashboards.views.deployments.parts import note, saving, styled
from workbench.errors import WorkbenchError
from workbench.insight.deployments import (
    SHADOW,
    SPANS,
    Answered,
    Calls,
    Failed,
    ServiceShown,
    deployment,
    live_service,
    logged_calls,
)

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

SERVICE, LOG = "Running service", "Prediction log"
_EVERY = 2000  # milliseconds
_MILLI = 1e3
_COLUMNS = (
    Column("version", "Version", width=80),
    Column("role", "As", width=100),
    Column("caller", "Caller", width=140),
    Column("requests", "Requests", "number", digits=0),
    Column("rows", "Rows", "number", digits=0),
    Column("rate", "Requests a second", "number", digits=2),
    Column("errors", "Errors", "number", digits=0),
    Column("p50", "p50, ms", "number", digits=2),
    Column("p95", "p95, ms", "number", digits=2),
    Column("p99", "p99, ms", "number", digits=2),
)


class Requests:
    """What callers get, as pictures over time and as a table; it follows while it is looked at.

    Args:
        store: the project's state.
        person: who looks.
        location: holds the source and the span.
        model: the model.
        watched: whether it is looked at, and not another part of the page.

    Attributes:
        panel: all of it.
    """

    def __init__(
        self, store: Store, person: Person, location: Location, model: str, *, watched: Callable[[], bool]
    ) -> None:
        self._store, self._person, self._model, self._watched = store, person, model, watched
        declared = bool(live_service(store, person, model, wait=0).address)
        self._source = RadioButtonGroup(
            label="Source", options=[SERVICE, LOG], value=SERVICE if declared else LOG
        )
        self._span = RadioButtonGroup(label="Time", options=list(SPANS), value="day")
        location.bind(self._source, "source")
        location.bind(self._span, "span")
        self._words = styled("")
        self._curves = Curves()
        self._frame, self._unit = _frame(()), "second"
        self._table = table(self._frame, _COLUMNS, name="Requests by version and caller", margin=0)
        self._failed = styled("")
        self._empty = pn.Column(sizing_mode="stretch_width", margin=0)
        self._body = pn.Column(
            self._curves.panel,
            saving(lambda: self._frame, "requests"),
            self._table,
            self._failed,
            sizing_mode="stretch_width",
            margin=0,
        )
        for control in (self._source, self._span):
            control.margin = (4, 12, 4, 0)
            control.param.watch(lambda _: self.refresh(), "value")
        self.panel = pn.Column(
            Flow(self._source, self._span, sizing_mode="stretch_width", margin=0),
            self._words,
            self._empty,
            self._body,
            sizing_mode="stretch_width",
            margin=0,
        )
        self.refresh()
        if pn.state.curdoc is not None:
            pn.state.add_periodic_callback(self._tick, period=_EVERY)

    def _tick(self) -> None:
        if self._watched():
            self.refresh()

    def refresh(self) -> None:
        """Show what is known now."""
        self._span.visible = self._source.value == LOG
        try:
            words, found, empty = self._service() if self._source.value == SERVICE else self._log()
        except WorkbenchError as error:
            words, found, empty = Markup(""), None, error_state(error)
        self._words.object = str(words)
        shown = [] if empty is None else [empty]
        if [pane.object for pane in self._empty] != [pane.object for pane in shown]:
            self._empty[:] = shown
        self._body.visible = found is not None
        if found is not None:
            self._show(found)

    def _show(self, found: Answered) -> None:
        unit, factor = rate_of(line.per_second for line in found.lines)
        serving = deployment(self._store, self._person, self._model).seen
        self._curves.show(found.moments, serving)
        frame = _frame(found.lines, factor)
        if not frame.equals(self._frame) or unit != self._unit:
            self._frame, self._unit = frame, unit
            title = f"Requests a {unit}"
            self._table.columns = [
                Column(c.key, title, c.kind, c.digits, c.width) if c.key == "rate" else c for c in _COLUMNS
            ]
            self._table.value = frame
        self._failed.object = str(_failed(found))

    def _service(self) -> tuple[Markup, Answered | None, Any]:
        shown = live_service(self._store, self._person, self._model)
        if not shown.address:
            return Markup(""), None, _undeclared(self._model)
        if shown.trouble:
            found, told, _ = self._log()
            return joined((_unreachable(shown), found), Markup("")), told, None
        if shown.answered is None:
            return (
                _told(shown, self._store),
                None,
                empty_state("Counting", "Rates need a second look: two seconds."),
            )
        return _told(shown, self._store), shown.answered, None

    def _log(self) -> tuple[Markup, Answered | None, Any]:
        logged = logged_calls(self._store, self._person, self._model, str(self._span.value))
        found = logged.answered
        if logged.trouble:
            return note("bad", "the log", logged.trouble), None, None
        if logged.reading:
            return note("busy", "the log", "It is being read."), None, None
        if found is None:
            return (
                Markup(""),
                None,
                empty_state(
                    "No request was logged yet",
                    "Serve the model, and ask it something; every answer stands in the log.",
                    f"workbench serve {self._model}",
                ),
            )
        rate = found.requests / max((found.until - found.since).total_seconds(), 1)
        unit, factor = rate_of([rate])
        words = html(
            "{count} requests from {since} to {until}, {rate} a {unit}. {note}",
            count=short(found.requests),
            since=moment(found.since),
            until=moment(found.until),
            rate=short(rate * factor),
            unit=unit,
            note=found.note,
        )
        return note("good", "the log", words), found, None


def _undeclared(model: str) -> Any:
    return empty_state(
        "No running service is named",
        "Say in workbench.toml where it tells its metrics; the prediction log is read meanwhile.",
        f'[models.{model}.monitoring]\nservice = {{ metrics = "http://127.0.0.1:8080/metrics" }}',
    )


def _unreachable(shown: ServiceShown) -> Markup:
    seen = html(" It was read last at {seen}.", seen=moment(shown.seen)) if shown.seen else Markup("")
    words = html(
        "{why}{seen} It is tried again by itself; below is what the log says.", why=shown.trouble, seen=seen
    )
    return note("bad", "not reachable", words)


def _told(shown: ServiceShown, store: Store) -> Markup:
    parts = [html("{address}, read {ago}", address=shown.address, ago=ago(shown.seen, store.now()))]
    if shown.workers is not None:
        word = "worker answers" if shown.workers == 1 else "workers answer"
        parts.append(html("{count} {word}", count=short(shown.workers), word=word))
    if shown.log_lag is not None:
        parts.append(html("the log is {lag} behind", lag=duration(shown.log_lag)))
    if shown.shares:
        split = ", ".join(
            f"version {v} as {arm}" + ("" if arm == SHADOW else f" with {percent(share)}")
            for v, arm, share in shown.shares
        )
        parts.append(html("it serves {split}", split=split))
    return note("good", "reachable", joined(parts, Markup(" · ")))


def _failed(found: Answered) -> Markup:
    """Return what was not answered, by reason."""
    if not found.failed:
        return Markup("")
    rows = (
        html(
            '<li><span class="chip {tone}">{sign} {word}</span> <b>{count}</b> {reason}{who}</li>',
            tone="bad" if each.served else "unsure",
            sign="✗" if each.served else "?",
            word="failed" if each.served else "turned away",
            count=short(each.count),
            reason=each.reason.replace("_", " "),
            who=_whose(each),
        )
        for each in found.failed
    )
    return html('<h3 class="under">Not answered</h3><ul class="plain">{rows}</ul>', rows=joined(rows))


def _whose(each: Failed) -> str:
    asked = f", asked by {each.caller}" if each.caller else ""
    return f", of version {each.version}{asked}" if each.version else asked


def _frame(lines: Sequence[Calls], factor: int = 1) -> pd.DataFrame:
    def milli(value: float | None) -> float | None:
        return None if value is None else value * _MILLI

    rows = [
        {
            "version": str(line.version),
            "role": line.arm,
            "caller": line.caller or "nobody said",
            "requests": line.requests,
            "rows": line.rows,
            "rate": line.per_second * factor,
            "errors": line.errors,
            "p50": milli(line.p50),
            "p95": milli(line.p95),
            "p99": milli(line.p99),
        }
        for line in lines
    ]
    return pd.DataFrame(rows, columns=[column.key for column in _COLUMNS])
