"""What was decided about a model: a line each, with who, when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Flow,
    Live,
    MultiChoice,
    Pagination,
    empty_state,
    export_button,
    html,
    joined,
    moment,
    moment_text,
    zoned,
)
from workbench.dashboards.views.deployments.parts import run_link, styled, version_link
from workbench.insight.deployments import KINDS, Decision, past

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_PAGE = 15
_LOOKS = {
    "asked": ("unsure", "?"),
    "promoted": ("good", "✓"),
    "approved": ("good", "✓"),
    "rejected": ("bad", "✗"),
    "rolled back": ("bad", "↶"),
    "withdrawn": ("unsure", "↶"),
    "traffic": ("busy", "⇄"),
    "shadow": ("quiet", "☾"),
    "server": ("unsure", "!"),
}
"""Tone and sign of each kind."""


class History:
    """The lines, newest first, a page of them at a time.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, location: Location, model: str) -> None:
        self._store, self._person, self._model = store, person, model
        self._kinds = MultiChoice(label="Only", options=list(KINDS), value=[], width=320)
        self._pages = Pagination(count=1, value=0)
        location.bind(self._kinds, "kinds")
        self._live: Live[tuple[Decision, ...]] = Live(store, self._read, self._draw, "model")
        self._kinds.param.watch(lambda _: self._first(), "value")
        self._pages.param.watch(lambda _: self._again(), "value")
        self.panel = pn.Column(
            Flow(
                self._kinds, export_button(self._frame, "decisions"), sizing_mode="stretch_width",
                margin=0, align_items="flex-end",
            ),
            self._live.panel,
            self._pages,
            sizing_mode="stretch_width",
            margin=0,
        )  # fmt: skip

    def _first(self) -> None:
        self._pages.value = 0
        self._again()

    def _again(self) -> None:
        self._live.panel[:] = [self._draw(self._read())]

    def _read(self) -> tuple[Decision, ...]:
        wanted = set(self._kinds.value)
        found = past(self._store, self._person, self._model)
        return tuple(each for each in found if each.kind in wanted) if wanted else found

    def _draw(self, found: tuple[Decision, ...]) -> Any:
        self._pages.count = max(1, -(-len(found) // _PAGE))
        begin = self._pages.value * _PAGE
        if not found:
            return empty_state("Nothing was decided", "Take out a choice above, or promote a version.")
        lines = joined(_line(self._model, each) for each in found[begin : begin + _PAGE])
        return styled(html('<ol class="past">{lines}</ol>', lines=lines))

    def _frame(self) -> pd.DataFrame:
        rows = [
            (
                moment_text(d.at),
                d.kind,
                d.version,
                d.what,
                d.actor,
                "machine" if d.machine else "person",
                d.why,
                d.run,
            )
            for d in self._read()
        ]
        frame = pd.DataFrame(rows, columns=["when", "kind", "version", "what", "by", "as", "why", "run"])
        return zoned(frame, "when")


def _chip(kind: str) -> Markup:
    tone, sign = _LOOKS.get(kind, ("quiet", "–"))
    return html(
        '<span class="chip {tone}"><span aria-hidden="true">{sign}</span> {kind}</span>',
        tone=tone,
        sign=sign,
        kind=kind,
    )


def _line(model: str, each: Decision) -> Markup:
    run = html(" · {run}", run=run_link(each.run, "the run that asked for it")) if each.run else Markup("")
    return html(
        '<li>{when}<div>{chip} <span>{what}</span> <p class="quiet">{by}{run} · {version}</p>{why}'
        "</div></li>",
        when=moment(each.at),
        chip=_chip(each.kind),
        what=each.what,
        by=each.by,
        run=run,
        version=version_link(model, each.version, f"version {each.version}"),
        why=html("<p>{why}</p>", why=each.why) if each.why else "",
    )
