"""Promotions that wait for an approval: what would follow, what speaks for them, and who decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import Action, Flow, Live, ago, chip, html, of_verdict, percent
from workbench.dashboards.views.deployments.parts import because, run_link, safely, styled, version_link
from workbench.insight.deployments import (
    Waiting,
    approve,
    approve_consequence,
    deployment,
    reject,
    reject_consequence,
)

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store
    from workbench.registry.deployment import Deployment as Seen


@dataclass
class _Card:
    """One promotion on the page."""

    words: pn.pane.HTML
    approve: Action
    reject: Action
    panel: pn.Column

    @property
    def is_open(self) -> bool:
        """Whether somebody is about to decide."""
        return bool(self.approve.is_open or self.reject.is_open)


class WaitingList:
    """What waits for somebody; a card stays while its dialog is open, whatever others do meanwhile.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, location: Location, model: str) -> None:
        self._store, self._person, self._model = store, person, model
        self._asked = location.get("promotion")
        if self._asked and self._asked not in map(str, store.model(model).promotions):
            location.stray("promotion")
        self._cards: dict[int, _Card] = {}
        self._seen: dict[int, Seen] = {}
        self._place = pn.Column(sizing_mode="stretch_width", margin=0)
        live: Live[tuple[Waiting, ...]] = Live(store, self._read, self._draw, "model", ages=True)
        self.panel = pn.Column(live.panel, self._place, sizing_mode="stretch_width", margin=0)

    def _read(self) -> tuple[Waiting, ...]:
        return deployment(self._store, self._person, self._model).waiting

    def _draw(self, found: tuple[Waiting, ...]) -> Any:
        for waiting in found:
            number = waiting.promotion.number
            words = self._words(waiting)
            if number in self._cards:
                self._cards[number].words.object = words.object
            else:
                self._cards[number] = self._card(waiting, words)
        numbers = {waiting.promotion.number for waiting in found}
        kept = {n: card for n, card in self._cards.items() if n in numbers or card.is_open}
        self._cards = kept
        shown = [card.panel for _, card in sorted(kept.items(), reverse=True)]
        if list(self._place) != shown:
            self._place[:] = shown
        return pn.Spacer(height=0)

    def _words(self, waiting: Waiting) -> pn.pane.HTML:
        return styled(_told(self._model, waiting, self._store, asked=self._asked))

    def _card(self, waiting: Waiting, words: pn.pane.HTML) -> _Card:
        number, version = waiting.promotion.number, waiting.promotion.version
        own = "You asked for it; under four eyes somebody else approves." if waiting.own else ""
        yes = Action(
            "Approve",
            title=f"Approve version {version} of {self._model} as {waiting.promotion.alias}?",
            consequence=safely(lambda: self._consequence(number)),
            act=lambda reason: approve(
                self._store, self._person, self._model, number, reason=reason, seen=self._seen.get(number)
            ),
            disabled_because=because(self._person, "approve") or own,
        )
        no = Action(
            "Reject",
            title=f"Reject version {version} of {self._model} as {waiting.promotion.alias}?",
            consequence=safely(lambda: reject_consequence(self._store, self._person, self._model, number)),
            act=lambda reason: reject(self._store, self._person, self._model, number, reason=reason),
            danger=True,
            disabled_because=because(self._person, "reject"),
        )
        for action in (yes, no):
            action.margin = (8, 12, 0, 0)
            action.param.watch(self._closed, "is_open")
        why = because(self._person, "approve") or own
        words_beside = html('<p class="quiet">{why}</p>', why=why)
        centred = {"align-self": "center"}
        beside = [styled(words_beside, sizing_mode=None, margin=(8, 0, 0, 0), styles=centred)] if why else []
        buttons = Flow(yes, no, *beside, sizing_mode="stretch_width", margin=0)
        panel = pn.Column(words, buttons, sizing_mode="stretch_width", margin=(0, 0, 12, 0))
        return _Card(words, yes, no, panel)

    def _closed(self, event: Any) -> None:
        """Let a card go that only its dialog has kept, when others decided meanwhile."""
        if not event.new:
            self._draw(self._read())

    def _consequence(self, number: int) -> str:
        self._store.catch_up()
        self._seen[number] = deployment(self._store, self._person, self._model).seen
        return approve_consequence(self._store, self._person, self._model, number)


def _told(model: str, waiting: Waiting, store: Store, *, asked: str) -> Markup:
    promotion = waiting.promotion
    instead = f" in place of version {promotion.replaces}" if promotion.replaces is not None else ""
    share = f" with {percent(promotion.share)} of the requests" if promotion.share else ""
    run = html(", in {run}", run=run_link(promotion.run)) if promotion.run else ""
    blocked = (
        html('<p class="bad">✗ It cannot be approved as things stand: {why}</p>', why=waiting.blocked)
        if waiting.blocked
        else ""
    )
    return html(
        '<article class="card waiting{chosen}" aria-label="Promotion {number}"><header><h2>{version} waits '
        "to become {alias}{instead}{share}</h2>{verdict}</header>"
        '<p>{reason}</p><p class="quiet">asked by {who}, {when}{run} · promotion {number}</p>{blocked}'
        "</article>",
        chosen=" chosen" if asked == str(promotion.number) else "",
        number=promotion.number,
        version=version_link(model, promotion.version),
        alias=promotion.alias,
        instead=instead,
        share=share,
        verdict=chip(_verdict(waiting)),
        reason=promotion.reason or "No reason was given.",
        who=promotion.author or promotion.actor,
        when=ago(promotion.at, store.now()),
        run=run,
        blocked=blocked,
    )


def _verdict(waiting: Waiting) -> Any:
    status = of_verdict(waiting.verdict)
    word = f"gates {status.word}" if waiting.verdict else "gates never ran"
    return type(status)(status.tone, word)
