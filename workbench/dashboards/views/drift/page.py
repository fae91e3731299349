"""The page of drift: a model's windows at a glance, and six ways to look closer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workbench.dashboards.app.components import (
    Flow,
    Live,
    Select,
    Status,
    Tabs,
    chip,
    empty_state,
    heading,
    html,
    joined,
    link,
    of_verdict,
    short,
    tabbed,
)
from workbench.dashboards.app.frames import Framed
from workbench.dashboards.views.drift.alerting import Alerting
from workbench.dashboards.views.drift.choice import Choice
from workbench.dashboards.views.drift.mapping import Mapping as MapTab
from workbench.dashboards.views.drift.measuring import Measuring
from workbench.dashboards.views.drift.outcomes import outcomes
from workbench.dashboards.views.drift.parts import ALERTS, FIELD, PAGE, column, span_text, styled
from workbench.dashboards.views.drift.reporting import Reporting
from workbench.dashboards.views.drift.slicing import Slicing
from workbench.errors import UsageError
from workbench.insight.drift import Summary, read_full_report, summary

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_DIGITS = 12  # of a position in the ledger
_OF_A_MODEL = ("window", "feature", "alert", "slice", "metric", "whose")


def page(store: Store, person: Person, location: Location) -> Any:
    """Return the page."""
    return Live(
        store,
        lambda: tuple(model.name for model in store.models()),
        lambda names: _models(store, person, location, names) if names else _no_model(),
        "model",
    ).panel


def report(store: Store, person: Person, query: Mapping[str, str]) -> Framed:
    """Return Evidently's report of a window for a sandboxed frame; `model` and `window` say which."""
    window = query.get("window", "")
    if not (window.isascii() and window.isdecimal() and len(window) <= _DIGITS):
        raise UsageError("The position of a window was expected.", hint="Open the frame from the page Drift.")
    return Framed(read_full_report(store, person, query.get("model", ""), int(window)), scripts=True)


def _no_model() -> Any:
    return column(
        heading("Drift", level=1),
        empty_state(
            "No model is declared yet",
            "Declare one in workbench.toml, [models.NAME], and run the pipeline that trains it.",
            "workbench run",
        ),
    )


def _models(store: Store, person: Person, location: Location, names: tuple[str, ...]) -> Any:
    watched = [name for name in names if store.windows(name)]
    model = Select(
        label="Model", options=list(names), value=(watched or list(names))[0], width=240, margin=FIELD
    )
    location.bind(model, "model")
    place = column()

    def draw() -> None:
        place[:] = [_of_model(store, person, location, model)]

    def changed(_event: Any) -> None:
        location.set(**dict.fromkeys(_OF_A_MODEL))
        draw()

    model.param.watch(changed, "value")
    draw()
    return column(
        heading("Drift", level=1, note="What is asked and answered, against what was learnt"), place
    )


def _of_model(store: Store, person: Person, location: Location, model: Any) -> Any:
    name = model.value

    def draw(has_windows: bool) -> Any:
        if has_windows:
            return _closer(store, person, location, model)
        return column(model, _no_window(summary(store, person, name)))

    return Live(store, lambda: summary(store, person, name).windows > 0, draw, "monitoring").panel


def _no_window(found: Summary) -> Any:
    if not found.is_declared:
        return empty_state(
            f"Nothing watches {found.model} yet",
            "Declare a stage that looks at its windows; its notebook calls wb.monitor.",
            f'[stages.{found.stage or "monitor"}]\nnotebook = "notebooks/monitor.ipynb"',
        )
    return empty_state(
        f"No window of {found.model} was looked at yet",
        "Once the model serves and is asked, hold a window of what was asked against what it was trained on.",
        f"workbench monitor {found.model}",
    )


def _closer(store: Store, person: Person, location: Location, model: Any) -> Any:
    """Return what is shown of a model that has windows."""
    name = model.value
    choice = Choice(store, person, location, name)
    made: list[Alerting] = []

    def alerted(alert: str) -> None:
        location.set(alert=alert)
        tabs.value = ALERTS
        made[0].choose(alert)

    def alerting() -> Any:
        made.append(Alerting(store, person, location, name))
        return made[0].panel

    makers: dict[str, Callable[[], Any]] = {
        "Map": lambda: MapTab(store, person, location, choice, alerted).panel,
        "Predictions and truths": lambda: outcomes(store, person, choice),
        "Performance": lambda: Measuring(store, person, location, choice).panel,
        "Slices": lambda: Slicing(store, person, location, choice).panel,
        "Alerts": alerting,
        "Full report": lambda: Reporting(store, person, choice).panel,
    }
    tabs = Tabs(list(makers))
    location.bind(tabs, "tab")
    if location.get("alert") and not location.get("tab"):
        tabs.value = ALERTS
    glance: Live[Summary] = Live(
        store,
        lambda: summary(store, person, name, window=choice.position),
        lambda found: _glance(found, choice),
        "monitoring",
        "alert",
    )
    choice.watch(glance.refresh)
    return column(
        Flow(model, choice.window, sizing_mode="stretch_width", margin=0, align_items="center"),
        glance.panel,
        tabs,
        tabbed(tabs, list(makers.values())),
    )


def _glance(found: Summary, choice: Choice) -> Any:
    """Return what the chosen window came to, in a line."""
    choice.follow()
    assert found.window is not None
    answers = (
        html(
            "<div><dt>{question}</dt><dd>{chip}</dd></div>",
            question=answer.question,
            chip=chip(Status(of_verdict(answer.verdict).tone, answer.words, answer.reason)),
        )
        for answer in found.answers
    )
    alerts = html(
        "<div><dt>Alerts</dt><dd>{link}</dd></div>",
        link=link(PAGE, chip(_alerts(found.open_alerts)), model=found.model, tab=ALERTS),
    )
    estimated = " Its truths are not known yet: the performance is estimated." if found.is_estimated else ""
    return styled(
        html(
            '<dl class="glance">{answers}{alerts}</dl><p class="quiet">{which}, {span}: {rows} rows, '
            "{labelled} with their truth; {count} windows in all.{estimated}</p>",
            answers=joined(answers),
            alerts=alerts,
            which="The last window" if found.is_last else "This window",
            span=span_text(found.window.since, found.window.until),
            rows=short(found.window.rows),
            labelled=short(found.window.labelled),
            count=short(found.windows),
            estimated=estimated,
        )
    )


def _alerts(count: int) -> Status:
    return Status("bad", f"{count} open") if count else Status("good", "none open")
