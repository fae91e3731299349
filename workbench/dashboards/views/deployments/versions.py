"""The versions of a model: all as a table, one with its gates, its card, and what can be asked for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Column,
    Flow,
    Live,
    RadioButtonGroup,
    chip,
    empty_state,
    html,
    joined,
    moment_text,
    of_verdict,
    table,
    viewer_zone,
    zoned,
)
from workbench.dashboards.app.frames import frame
from workbench.dashboards.views.deployments.asking import Asking
from workbench.dashboards.views.deployments.checklist import checklist
from workbench.dashboards.views.deployments.parts import PAGE, role_chip, run_link, saving, since, styled
from workbench.insight.deployments import (
    GateShown,
    VersionBrief,
    VersionShown,
    gates,
    version_shown,
    versions,
)

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_GATES, _CARD = "Gates", "Model card"
_ROWS = 8
_COLUMNS = (
    Column("version", "Version", width=80),
    Column("roles", "Is", width=100),
    Column("gates", "Gates", width=110),
    Column("value", "Metric", "number", digits=4),
    Column("at", "Registered", width=140),
    Column("run", "Run", width=180),
)


class Versions:
    """The table, and the version that is chosen in it.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, location: Location, model: str) -> None:
        self._store, self._person, self._location, self._model = store, person, location, model
        self._found: tuple[VersionBrief, ...] = ()
        self._table = table(
            _frame(()), _COLUMNS, name="Versions", page_size=_ROWS, on_row=self._clicked, margin=0
        )
        self._part = RadioButtonGroup(label="Show", options=[_GATES, _CARD], value=_GATES, margin=0)
        location.bind(self._part, "show")
        self._part.param.watch(lambda _: self._draw_chosen(), "value")
        self._chosen = pn.Column(sizing_mode="stretch_width", margin=0)
        live: Live[tuple[VersionBrief, ...]] = Live(store, self._read, self._draw, "model")
        self.panel = pn.Column(live.panel, self._chosen, sizing_mode="stretch_width", margin=0)
        self._number = self._wanted()
        self._draw_chosen()

    def choose(self, number: int) -> None:
        """Show another version."""
        self._number = number
        self._location.set(version=number)
        self._draw_chosen()

    def _read(self) -> tuple[VersionBrief, ...]:
        return versions(self._store, self._person, self._model)

    def _draw(self, found: tuple[VersionBrief, ...]) -> Any:
        self._found = found
        if not found:
            return empty_state("No version yet", "Run the pipeline that trains this model.", "workbench run")
        metric = found[0].metric
        titles = {"value": metric, "at": f"Registered ({viewer_zone()})"}
        self._table.columns = [replace(c, title=titles.get(c.key) or c.title) for c in _COLUMNS]
        self._table.value = _frame(found)
        return pn.Column(
            saving(lambda: zoned(_frame(self._found), "at"), "versions"),
            self._table,
            sizing_mode="stretch_width",
            margin=0,
        )

    def _wanted(self) -> int | None:
        """Return the version that the address names, else the champion, else the newest."""
        said = self._location.get("version")
        known = {str(each.number): each.number for each in self._found}
        if said in known:
            return known[said]
        if said:
            self._location.stray("version")
        champion = next((each for each in self._found if "champion" in each.roles), None)
        first = champion or next(iter(self._found), None)
        return first.number if first else None

    def _clicked(self, place: int) -> None:
        if place < len(self._found):
            self.choose(self._found[place].number)

    def _draw_chosen(self) -> None:
        number = self._number
        if number is None:
            self._chosen[:] = []
            return
        if self._part.value == _CARD:
            part: Any = frame(
                PAGE, "card", title=f"The card of version {number}", model=self._model, version=str(number)
            )
        else:
            part = self._live(lambda: gates(self._store, self._person, self._model, number), _gates)
        asking = Asking(self._store, self._person, self._model, number)

        def headed(shown: VersionShown) -> Any:
            asking.panel.visible = asking.is_open or "champion" not in shown.brief.roles
            return styled(_head(shown, self._store.now()))

        head = self._live(
            lambda: version_shown(self._store, self._person, self._model, number), headed, ages=True
        )
        self._chosen[:] = [head, asking.panel, Flow(self._part, margin=(8, 0)), part]

    def _live(self, read: Callable[[], Any], draw: Callable[[Any], Any], *, ages: bool = False) -> Any:
        return Live(self._store, read, draw, "model", ages=ages).panel


def _gates(found: tuple[GateShown, ...]) -> Any:
    if not found:
        return empty_state(
            "No gate", "Declare at least one: nothing is promoted without.", "[models.NAME.gates]"
        )
    return styled(checklist(found))


def _head(shown: VersionShown, now: datetime) -> Markup:
    brief = shown.brief
    against = f", against version {shown.against}" if shown.against is not None else ""
    judged = (
        html("judged {when}{against}", when=since(shown.judged, now), against=against)
        if shown.judged
        else "never judged"
    )
    refused = (
        html('<p class="bad">✗ A server does not let it serve. {why}</p>', why=shown.refused)
        if shown.refused
        else ""
    )
    return html(
        '<div class="chosen"><h2>Version {number} {roles} {verdict}</h2><p class="quiet">registered {when} '
        "by {actor}, trained by {stage} in {run} · {judged}</p>{refused}{blocked}</div>",
        number=brief.number,
        roles=joined(map(role_chip, brief.roles), Markup(" ")),
        verdict=chip(of_verdict(brief.verdict))
        if brief.verdict
        else html('<span class="chip quiet">– not judged</span>'),
        when=since(brief.at, now),
        actor=shown.actor,
        stage=shown.stage,
        run=run_link(brief.run),
        judged=judged,
        refused=refused,
        blocked=_blocked(shown),
    )


def _blocked(shown: VersionShown) -> Markup:
    if "champion" in shown.brief.roles:
        return Markup("")
    if not shown.blocked:
        return html('<p class="good">✓ Its evidence carries it: it could become champion now.</p>')
    return html(
        '<details class="why"><summary class="bad">✗ It could not become champion now</summary><p>{why}</p>'
        "</details>",
        why=shown.blocked,
    )


def _frame(found: tuple[VersionBrief, ...]) -> pd.DataFrame:
    rows = [
        {
            "version": str(each.number),
            "roles": ", ".join(each.roles),
            "gates": f"{each.verdict.mark} {each.verdict.value}" if each.verdict else "not judged",
            "value": each.value,
            "at": moment_text(each.at),
            "run": each.run,
        }
        for each in found
    ]
    return pd.DataFrame(rows, columns=[column.key for column in _COLUMNS])
