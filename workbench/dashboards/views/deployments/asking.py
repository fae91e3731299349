"""What can be asked for a version: that it become champion, challenger or shadow, now or once approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.dashboards.app.components import Action, Flow, IntSlider, Select, html
from workbench.dashboards.views.deployments.parts import because, safely, styled
from workbench.insight.deployments import (
    SHADOW,
    deployment,
    promote,
    promote_consequence,
    propose,
    propose_consequence,
)
from workbench.registry.version import CHALLENGER, CHAMPION

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight import Store

_WHOLE = 100


class Asking:
    """What a version is to become, and the buttons that ask for it or do it.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, model: str, version: int) -> None:
        self._store, self._person, self._model, self._version = store, person, model, version
        self._seen = deployment(store, person, model).seen
        self._to = Select(
            label="It is to become", options=[CHAMPION, CHALLENGER, SHADOW], value=CHAMPION, width=180
        )
        self._share = IntSlider(label="Its share of the requests, in %", end=_WHOLE, width=240, visible=False)
        self._ask, self._do = self._propose(), self._promote()
        self._to.param.watch(lambda _: self._chosen(), "value")
        why = because(person, "propose") or because(person, "promote")
        beside = [styled(html('<p class="quiet">{why}</p>', why=why), sizing_mode=None)] if why else []
        for control in (self._to, self._share, self._ask, self._do):
            control.margin = (4, 12, 4, 0)
        self.panel = Flow(
            self._to, self._share, self._ask, self._do, *beside, sizing_mode="stretch_width", margin=0,
            align_items="flex-end",
        )  # fmt: skip

    @property
    def is_open(self) -> bool:
        """Whether somebody is about to ask."""
        return bool(self._ask.is_open or self._do.is_open)

    def _chosen(self) -> None:
        self._share.visible = self._to.value == CHALLENGER
        self._ask.visible = self._to.value != SHADOW

    @property
    def _traffic(self) -> float:
        return float(self._share.value / _WHOLE) if self._to.value == CHALLENGER else 0.0

    def _propose(self) -> Action:
        return Action(
            "Propose",
            title=f"Propose version {self._version} of {self._model}?",
            consequence=safely(
                lambda: propose_consequence(
                    self._store,
                    self._person,
                    self._model,
                    self._version,
                    to=str(self._to.value),
                    traffic=self._traffic,
                )
            ),
            act=lambda reason: propose(
                self._store,
                self._person,
                self._model,
                self._version,
                reason=reason,
                to=str(self._to.value),
                traffic=self._traffic,
            ),
            disabled_because=because(self._person, "propose"),
        )

    def _promote(self) -> Action:
        def consequence() -> str:
            self._store.catch_up()
            self._seen = deployment(self._store, self._person, self._model).seen
            return promote_consequence(
                self._store,
                self._person,
                self._model,
                self._version,
                to=str(self._to.value),
                traffic=self._traffic,
            )

        return Action(
            "Promote",
            title=f"Promote version {self._version} of {self._model}?",
            consequence=safely(consequence),
            act=lambda reason: promote(
                self._store,
                self._person,
                self._model,
                self._version,
                to=str(self._to.value),
                traffic=self._traffic,
                reason=reason,
                seen=self._seen,
            ),
            disabled_because=because(self._person, "promote"),
        )
