"""The tab of alerts: when each rule failed, what is known of why, who is on it; and the two answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool

from workbench.dashboards.app.components import (
    Action,
    Flow,
    Live,
    empty_state,
    export_button,
    figure,
    heading,
    html,
    legend_above,
    shown,
    viewer_zone,
)
from workbench.dashboards.views.drift.alert_card import alert_card
from workbench.dashboards.views.drift.parts import (
    BLUE,
    ORANGE,
    RED,
    column,
    cut,
    on_tap,
    span_text,
    styled,
    ticks,
    wall,
)
from workbench.insight.drift import (
    AlertStep,
    acknowledge,
    acknowledge_consequence,
    alert_steps,
    alerts,
    resolve,
    resolve_consequence,
)
from workbench.monitoring.alerts import Alert, AlertState

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_SHOWN = 12  # alerts in full; of more, the newest
_NEEDS = "Needs the role operator or more."


class Alerting:
    """The tab.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, location: Location, model: str) -> None:
        self._store, self._person, self._model, self._location = store, person, model, location
        self._chosen = location.get("alert")
        self._answers: dict[str, Flow] = {}
        if self._chosen and all(alert.id != self._chosen for alert in alerts(store, person, model)):
            location.stray("alert")
        self._live: Live[Any] = Live(store, self._read, self._draw, "alert")
        self.panel = self._live.panel

    def choose(self, alert: str) -> None:
        """Put an alert first, and into the address."""
        self._chosen = alert
        self._location.set(alert=alert)
        self._live.refresh()

    def _again(self) -> None:
        self._live.refresh()

    def _read(self) -> Any:
        found = alerts(self._store, self._person, self._model)
        first = sorted(found, key=lambda alert: alert.id != self._chosen)[:_SHOWN]
        steps = {a.id: alert_steps(self._store, self._person, self._model, a.id) for a in first}
        return found, first, steps, self._chosen

    def _draw(self, found: Any) -> Any:
        every, first, steps, _ = found
        if not every:
            return self._nothing()
        left = len(every) - len(first)
        return column(
            _time_line(every, self.choose),
            pn.Row(
                heading("Alerts", note=f"{left} more are in the CSV" if left else ""),
                export_button(lambda: _frame(every), "alerts"),
                sizing_mode="stretch_width",
                margin=0,
            ),
            *(self._card(alert, steps[alert.id]) for alert in first),
        )

    def _card(self, alert: Alert, steps: tuple[AlertStep, ...]) -> pn.Column:
        card = styled(alert_card(alert, steps, chosen=alert.id == self._chosen))
        answers = [self._answer(alert)] if alert.state.is_open else []
        return column(card, *answers, margin=(8, 0))

    def _answer(self, alert: Alert) -> Flow:
        """Return the two buttons of an alert: the same ones each time, so that an open dialog stays open."""
        key = f"{alert.id} {alert.state.value}"
        if key not in self._answers:
            name = f"{alert.model}/{alert.id}"
            why = "" if self._person.may("acknowledge") else _NEEDS
            given = (self._store, self._person, name)
            made = []
            if alert.state is AlertState.FIRING:
                made.append(
                    Action(
                        "Acknowledge",
                        title=f"Acknowledge {alert.id}?",
                        consequence=lambda: acknowledge_consequence(*given),
                        act=lambda reason: acknowledge(*given, reason=reason),
                        then=self._again,
                        disabled_because=why,
                    ).panel
                )
            made.append(
                Action(
                    "Resolve",
                    title=f"Resolve {alert.id}?",
                    consequence=lambda: resolve_consequence(*given),
                    act=lambda reason: resolve(*given, reason=reason),
                    then=self._again,
                    disabled_because=why,
                ).panel
            )
            words = html('<p class="quiet">{why}</p>', why=why)
            beside = [styled(words, sizing_mode=None, styles={"align-self": "center"})] if why else []
            self._answers[key] = Flow(*made, *beside, gap="12px", align_items="center", margin=(8, 0))
        return self._answers[key]

    def _nothing(self) -> Any:
        rules = [r.name for r in self._store.project.config.alerts.values() if r.model in (None, self._model)]
        if rules:
            return empty_state(
                "No alert has fired", f"Watching: {', '.join(rules)}. What fires shows up here by itself."
            )
        return empty_state(
            "No rule watches this model",
            "Declare one in workbench.toml; windows that fail then make an alert.",
            f'[alerts.drift]\nmodel = "{self._model}"\non = ["drift"]',
        )


def _time_line(found: Sequence[Alert], picked: Any) -> pn.Column:
    """Return a line for each rule, with a bar from the first window that failed to the last."""
    rules = sorted({alert.rule for alert in found}, reverse=True)
    made = figure(
        x=f"Time ({viewer_zone()})",
        height=44 * len(rules) + 112,
        x_axis_type="datetime",
        tools="xpan,xbox_zoom,reset",
    )
    places = [rules.index(alert.rule) + 0.5 for alert in found]
    data: dict[str, list[Any]] = {
        "y": places,
        "left": [wall(alert.since) for alert in found],
        "right": [wall(alert.until) for alert in found],
        "fired": [wall(alert.at) for alert in found],
        "over": [wall(alert.changed) for alert in found],
        "colour": [RED if alert.severity == "critical" else ORANGE for alert in found],
        "alpha": [0.9 if alert.state.is_open else 0.45 for alert in found],
        "alert": [alert.id for alert in found],
        "state": [f"{alert.severity}, {alert.state.value}" for alert in found],
        "span": [span_text(alert.since, alert.until) for alert in found],
    }
    source = ColumnDataSource(data)
    bars = made.hbar("y", 0.5, "right", left="left", source=source, color="colour", alpha="alpha")
    made.scatter(
        "fired",
        "y",
        source=source,
        marker="triangle",
        size=11,
        fill_color="#ffffff",
        line_color="#12151c",
        line_width=1.4,
        legend_label="fired",
    )
    _ended(made, found, places)
    made.add_tools(
        HoverTool(renderers=[bars], tooltips=[("alert", "@alert"), ("", "@state"), ("failing", "@span")])
    )
    ticks(made.yaxis, [place + 0.5 for place in range(len(rules))], [cut(rule, 18) for rule in rules])
    made.y_range.start, made.y_range.end = 0, len(rules)
    made.ygrid.visible = False
    legend_above(made)

    def tapped(x: float, y: float) -> None:
        for alert, place, left, right in zip(found, places, data["left"], data["right"], strict=True):
            if abs(place - y) < 0.4 and _ms(left) <= x <= _ms(right):
                picked(alert.id)
                return

    on_tap(made, tapped)
    note = "Bars are the windows that failed; pale ones are resolved. A click shows an alert first."
    return shown(made, title="When rules failed", name="alerts", note=note)


def _ms(moment_: Any) -> float:
    from datetime import UTC

    return float(moment_.replace(tzinfo=UTC).timestamp() * 1000)


def _ended(made: Any, found: Sequence[Alert], places: Sequence[float]) -> None:
    """Mark when somebody said that they are on it, and when it was over."""
    for state, marker, colour in (
        (AlertState.ACKNOWLEDGED, "square", BLUE),
        (AlertState.RESOLVED, "circle", "#2f9e77"),
    ):
        mine = [(wall(a.changed), y) for a, y in zip(found, places, strict=True) if a.state is state]
        if mine:
            made.scatter(
                [x for x, _ in mine],
                [y for _, y in mine],
                marker=marker,
                size=9,
                color=colour,
                legend_label=state.value,
            )


def _frame(found: Sequence[Alert]) -> pd.DataFrame:
    rows = [
        {
            "alert": alert.id,
            "rule": alert.rule,
            "severity": alert.severity,
            "state": alert.state.value,
            "fired": alert.at.isoformat(),
            "since": alert.since.isoformat(),
            "until": alert.until.isoformat(),
            "windows": alert.windows,
            "failed": "; ".join(str(check.get("name", "")) for check in alert.checks),
            "by": alert.by,
            "reason": alert.reason,
        }
        for alert in found
    ]
    return pd.DataFrame(rows)
