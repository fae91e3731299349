"""What serves now: the split of the traffic, who put it there, and what changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Action,
    Flow,
    IntSlider,
    Live,
    html,
    joined,
    percent,
)
from workbench.dashboards.views.deployments.parts import (
    because,
    role_chip,
    safely,
    since,
    styled,
    version_link,
)
from workbench.insight.deployments import (
    POLICIES,
    Arm,
    Deployment,
    deployment,
    remove_shadow,
    remove_shadow_consequence,
    roll_back,
    roll_back_consequence,
    set_traffic,
    set_traffic_consequence,
    withdraw,
    withdraw_consequence,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from workbench.access import Person
    from workbench.insight import Store

_WHOLE = 100
_APART = (10, 12, 0, 0)  # pixels around a button


class ServingNow:
    """The card of what serves, with what changes the traffic; it follows the ledger.

    The controls are made once, so that a change by somebody else takes no open dialog from anybody.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, model: str) -> None:
        self._store, self._person, self._model = store, person, model
        self._seen = deployment(store, person, model).seen
        self._drawn_share = self._seen.share  # where nobody has moved it
        self._share = IntSlider(
            label="Challenger's share of the requests, in %",
            value=round(self._drawn_share * _WHOLE),
            end=_WHOLE,
            width=260,
        )
        self._traffic = self._traffic_action()
        self._withdraw = self._withdraw_action()
        self._back = self._back_action()
        for control in (self._share, self._traffic, self._withdraw, self._back):
            control.margin = _APART
        why = because(person, "rollback")
        words = html('<p class="quiet">{why}</p>', why=why)
        self._why = (
            [styled(words, sizing_mode=None, margin=_APART, styles={"align-self": "center"})] if why else []
        )
        self._shadows: dict[int, Action] = {}
        self._buttons = Flow(sizing_mode="stretch_width", margin=0, align_items="flex-end")
        live: Live[Deployment] = Live(store, self._read, self._draw, "model", ages=True)
        self.panel = pn.Column(live.panel, self._buttons, sizing_mode="stretch_width", margin=0)

    def _read(self) -> Deployment:
        return deployment(self._store, self._person, self._model)

    def _draw(self, found: Deployment) -> Any:
        self._offer(found)
        return styled(_card(found, self._store.now()))

    def _offer(self, found: Deployment) -> None:
        """Put the buttons below that mean something now; one whose dialog is open stays."""
        if found.seen.share != self._drawn_share and not self._traffic.is_open:
            self._drawn_share = found.seen.share
            self._share.value = round(found.seen.share * _WHOLE)
        offered: list[Any] = []
        if found.challenger is not None or self._traffic.is_open:
            offered += [self._share, self._traffic]
        if found.challenger is not None or self._withdraw.is_open:
            offered.append(self._withdraw)
        if found.champion is not None or self._back.is_open:
            offered.append(self._back)
        for arm in found.shadows:
            if arm.version not in self._shadows:
                self._shadows[arm.version] = self._shadow_action(arm.version)
                self._shadows[arm.version].margin = _APART
        serving = {arm.version for arm in found.shadows}
        offered += [a for number, a in self._shadows.items() if number in serving or a.is_open]
        offered += self._why if offered else []
        if list(self._buttons) != offered:
            self._buttons[:] = offered

    def _traffic_action(self) -> Action:
        return self._action(
            "Change traffic",
            f"Change the traffic of {self._model}?",
            lambda: set_traffic_consequence(self._store, self._person, self._model, self._asked_share),
            lambda reason: set_traffic(
                self._store, self._person, self._model, self._asked_share, reason=reason, seen=self._seen
            ),
            permission="traffic",
        )

    def _withdraw_action(self) -> Action:
        return self._action(
            "Withdraw challenger",
            f"Withdraw the challenger of {self._model}?",
            lambda: withdraw_consequence(self._store, self._person, self._model),
            lambda reason: withdraw(self._store, self._person, self._model, reason=reason, seen=self._seen),
            permission="rollback",
        )

    def _back_action(self) -> Action:
        return self._action(
            "Roll back",
            f"Roll back {self._model}?",
            lambda: roll_back_consequence(self._store, self._person, self._model),
            lambda reason: roll_back(self._store, self._person, self._model, reason=reason, seen=self._seen),
            permission="rollback",
        )

    @property
    def _asked_share(self) -> float:
        return float(self._share.value) / _WHOLE

    def _action(
        self,
        label: str,
        title: str,
        consequence: Callable[[], str],
        act: Callable[[str], str],
        *,
        permission: str,
    ) -> Action:
        """Return what acts on what serves at the moment at which somebody is told what follows."""

        def told() -> str:
            self._store.catch_up()
            self._seen = self._read().seen
            return consequence()

        made = Action(
            label,
            title=title,
            consequence=safely(told),
            act=act,
            danger=permission == "rollback",
            disabled_because=because(self._person, permission),
        )
        made.param.watch(self._closed, "is_open")
        return made

    def _closed(self, event: Any) -> None:
        """Take away a button that only its dialog has kept."""
        if not event.new:
            self._offer(self._read())

    def _shadow_action(self, version: int) -> Action:
        return Action(
            f"End shadow {version}",
            title=f"Let version {version} of {self._model} be a shadow no more?",
            consequence=safely(
                lambda: remove_shadow_consequence(self._store, self._person, self._model, version)
            ),
            act=lambda reason: remove_shadow(self._store, self._person, self._model, version, reason=reason),
            disabled_because=because(self._person, "traffic"),
        )


def _card(found: Deployment, now: datetime) -> Markup:
    return html(
        '<article class="card" aria-label="What serves"><header><h2>What answers callers</h2>'
        '<span class="quiet">{policy}</span></header>{split}{rows}</article>',
        policy=f"Promotion: {POLICIES[found.policy]}" if found.policy in POLICIES else "",
        split=_split(found),
        rows=_rows(found, now),
    )


def _split(found: Deployment) -> Markup:
    if found.champion is None:
        told = "Nobody is champion: nothing of this model serves yet. Promote a version below."
        return html('<p><span class="chip quiet">– not deployed</span> {told}</p>', told=told)
    answering = [arm for arm in found.arms if arm.share > 0]
    words = ", ".join(f"version {arm.version}, {arm.role}, {percent(arm.share)}" for arm in answering)
    parts = (
        html(
            '<span class="{role}" style="flex:{share:.4f} 1 0" title="{words}"><b>{percent}</b></span>',
            role=arm.role,
            share=max(arm.share, 0.03),
            words=f"Version {arm.version}, {arm.role}",
            percent=percent(arm.share),
        )
        for arm in answering
    )
    return html(
        '<div class="split" role="img" aria-label="Traffic: {words}">{parts}</div>',
        words=words,
        parts=joined(parts),
    )


def _rows(found: Deployment, now: datetime) -> Markup:
    rows = joined(_row(found.model, arm, now) for arm in (*found.arms, *found.shadows))
    return html('<ul class="arms">{rows}</ul>', rows=rows)


def _row(model: str, arm: Arm, now: datetime) -> Markup:
    refused = (
        html('<p class="bad">✗ A server does not let it serve. {why}</p>', why=arm.refused)
        if arm.refused
        else ""
    )
    return html(
        '<li class="{role}"><div class="who"><i></i><b>{version}</b> {chip}</div>'
        '<div class="does">{does}{since}{reason}{refused}</div></li>',
        role=arm.role,
        version=version_link(model, arm.version),
        chip=role_chip(arm.role),
        does=_does(arm),
        since=_since(arm, now),
        reason=html('<p class="quiet">{reason}</p>', reason=arm.reason) if arm.reason else "",
        refused=refused,
    )


def _does(arm: Arm) -> Markup:
    if arm.role == "shadow":
        return html("<p>scores every request beside those that answer; no caller sees it</p>")
    if arm.share <= 0:
        return html("<p>answers nobody yet; what it would have said is compared with the champion</p>")
    return html("<p>answers <b>{share}</b> of the requests</p>", share=percent(arm.share))


def _since(arm: Arm, now: datetime) -> Markup:
    if arm.since is None:
        return Markup("")
    instead = f", in place of version {arm.replaced}" if arm.replaced is not None else ""
    return html(
        '<p class="quiet">{role} since {since}{instead}, by {actor}</p>',
        role=arm.role,
        since=since(arm.since, now),
        instead=instead,
        actor=arm.actor,
    )
