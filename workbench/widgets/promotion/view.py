"""A deployment as people decide about it: who answers whom, what waits, and buttons that ask first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets

from workbench.errors import WorkbenchError
from workbench.insight.deployments import (
    SHADOW,
    Waiting,
    approve,
    approve_consequence,
    promote,
    promote_consequence,
    propose,
    propose_consequence,
    reject,
    reject_consequence,
    roll_back,
    roll_back_consequence,
    set_traffic,
    set_traffic_consequence,
)
from workbench.registry.version import CHALLENGER, CHAMPION
from workbench.widgets.parts import Column, block, confirm, frame, html, joined, moment, notice, table
from workbench.widgets.promotion.serving import shown_decision, shown_serving, shown_verdict, shown_waiting

if TYPE_CHECKING:
    from workbench.insight.deployments import VersionBrief
    from workbench.widgets.promotion.widget import Promotion

_NEEDS = {"propose": "scientist", "approve": "approver", "reject": "approver", "promote": "approver"}
_PERMISSIONS = {
    "Approve": "approve",
    "Reject": "reject",
    "Propose": "propose",
    "Promote": "promote",
    "Set traffic": "traffic",
    "Roll back": "rollback",
}


class View:
    """Draws a deployment.

    Args:
        promotion: whose it is.
    """

    def __init__(self, promotion: Promotion) -> None:
        self._promotion = promotion
        self._head, self._told = block(), block()
        self._waiting, self._actions = ipywidgets.VBox(), ipywidgets.VBox()
        self._shown_waiting: object = None
        self._versions = table([], _VERSIONS, empty="No version yet: run the pipeline that trains it.")
        self._past = table([], _PAST, empty="Nothing was decided yet.")
        folded = ipywidgets.Accordion(
            [self._versions, self._past], titles=("Versions", "What was decided"), selected_index=0
        )
        self.panel = frame(self._head, self._waiting, self._told, self._actions, folded, title="Promotion")
        self.draw_all()

    def draw_all(self, _change: object = None) -> None:
        """Show a model from the beginning."""
        self._shown_waiting = None
        self._told.value = ""
        self._actions.children = self._made_actions()
        self.draw()

    def draw(self) -> None:
        """Show how things stand now; what somebody is about to confirm stays as it is."""
        promotion = self._promotion
        try:
            found, versions, past = promotion.deployment, promotion.versions, promotion.past
        except WorkbenchError as error:
            self._head.value = notice(error)
            return
        self._head.value = shown_serving(found, promotion.session.person)
        self._of_challenger.layout.display = None if found.challenger else "none"
        self._versions.show(versions)
        self._past.show(past)
        options = [(_option(version), version.number) for version in versions]
        if self._version.options != tuple(options):
            chosen = self._version.value
            self._version.options = options
            numbers = [number for _, number in options]
            self._version.value = chosen if chosen in numbers else numbers[0] if numbers else None
        stamp = (promotion.model, found.waiting)
        if stamp != self._shown_waiting:
            self._shown_waiting = stamp
            self._waiting.children = [self._shown_wish(each) for each in found.waiting]

    def _shown_wish(self, waiting: Waiting) -> Any:
        number = waiting.promotion.number
        why_not = "It is your own, and four eyes are asked for." if waiting.own else ""
        buttons = [
            self._button(
                "Approve",
                approve_consequence,
                lambda reason, seen, asked: self._promotion.act(approve, reason=reason, seen=seen, **asked),
                lambda: {"proposal": number},
                because=why_not,
            ),
            self._button(
                "Reject",
                reject_consequence,
                lambda reason, _, asked: self._promotion.act(reject, reason=reason, **asked),
                lambda: {"proposal": number},
                danger=True,
            ),
        ]
        return ipywidgets.VBox([block(shown_waiting(waiting)), _row(*buttons)])

    def _made_actions(self) -> list[Any]:
        """Return what asks for a promotion, promotes, sets the traffic and rolls back."""
        self._version = ipywidgets.Dropdown(description="Version")
        role = ipywidgets.Dropdown(description="becomes", options=[CHAMPION, CHALLENGER, SHADOW])
        share = ipywidgets.IntSlider(description="with %", value=10, max=100, step=1)
        share.layout.display = "none"

        def chose(_change: object) -> None:
            share.layout.display = None if role.value == CHALLENGER else "none"

        def wanted() -> dict[str, Any]:
            traffic = share.value / 100 if role.value == CHALLENGER else 0.0
            return {"version": self._version.value, "to": role.value, "traffic": traffic}

        role.observe(chose, "value")
        act = self._promotion.act
        ask = self._button(
            "Propose",
            propose_consequence,
            lambda reason, _, asked: act(propose, reason=reason, **asked),
            wanted,
        )
        do = self._button(
            "Promote",
            promote_consequence,
            lambda reason, seen, asked: act(promote, reason=reason, seen=seen, **asked),
            wanted,
        )
        return [_row(self._version, role, share), _row(ask, do), *self._traffic()]

    def _traffic(self) -> list[Any]:
        traffic = ipywidgets.IntSlider(
            description="Challenger's share of the requests, %",
            max=100,
            style={"description_width": "initial"},
            layout={"width": "460px"},
        )
        act = self._promotion.act
        give = self._button(
            "Set traffic",
            set_traffic_consequence,
            lambda reason, seen, asked: act(set_traffic, reason=reason, seen=seen, **asked),
            lambda: {"share": traffic.value / 100},
        )
        back = self._button(
            "Roll back",
            roll_back_consequence,
            lambda reason, seen, _: act(roll_back, reason=reason, seen=seen),
            danger=True,
        )
        self._of_challenger = _row(traffic, give)
        return [self._of_challenger, back]

    def _button(
        self,
        label: str,
        consequence: Callable[..., str],
        act: Callable[[str, Any, Mapping[str, Any]], str],
        wanted: Callable[[], Mapping[str, Any]] = dict,
        *,
        danger: bool = False,
        because: str = "",
    ) -> Any:
        """Return a button that says what follows from what serves and is chosen now, and does just that."""
        session, permission = self._promotion.session, _PERMISSIONS[label]
        told: list[Any] = [None, {}]

        def tell() -> str:
            told[:] = self._promotion.deployment.seen, wanted()
            return consequence(session.store, session.person, self._promotion.model, **told[1])

        if not session.person.may(permission):
            because = f"Your role does not allow it; that needs {_NEEDS.get(permission, 'operator')} or more."
        return confirm(
            label,
            tell,
            lambda reason: act(reason, *told),
            then=self._done,
            danger=danger,
            disabled_because=because,
        )

    def _done(self) -> None:
        self._told.value = notice(self._promotion.told, "good")
        self.draw()


def _option(version: VersionBrief) -> str:
    verdict = f"{version.verdict.mark} {version.verdict.value}" if version.verdict else "not judged"
    roles = f", {', '.join(version.roles)}" if version.roles else ""
    return f"{version.number} ({verdict}{roles})"


def _row(*widgets: Any) -> Any:
    return ipywidgets.HBox(widgets, layout={"flex_flow": "row wrap", "align_items": "flex-start"})


def _metric(version: VersionBrief) -> Any:
    if version.value is None:
        return None
    return html(
        '{value} <span class="wb-quiet">{metric}</span>', value=f"{version.value:.4g}", metric=version.metric
    )


_VERSIONS = [
    Column("version", lambda version: version.number, True),
    Column("gates", shown_verdict),
    Column("measured", _metric, True),
    Column("is", lambda version: joined(version.roles, ", ") or None),
    Column("registered", lambda version: moment(version.at)),
    Column("run", lambda version: version.run),
]
_PAST = [
    Column("when", lambda decision: moment(decision.at)),
    Column("what", shown_decision),
    Column("by", lambda decision: decision.actor),
    Column("why", lambda decision: html('<span class="wb-why">{why}</span>', why=decision.why or "–")),
]
