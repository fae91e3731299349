"""The overview: a card for each model, which changes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Live,
    Status,
    ago,
    block,
    chip,
    empty_state,
    heading,
    html,
    joined,
    link,
    moment,
    of_outcome,
    of_verdict,
    percent,
)
from workbench.insight.overview import SHADOW, Health, ModelCard, Serving, overview

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_WORDS = {
    "quality": {"pass": "holds", "fail": "worse", "inconclusive": "not known"},
    "drift": {"pass": "stable", "fail": "drifted", "inconclusive": "not known"},
    "latency": {"pass": "in time", "fail": "late", "inconclusive": "not known"},
}


def page(store: Store, person: Person, location: Location) -> Any:  # noqa: ARG001 - every page's signature
    """Return the page."""
    cards = Live(store, lambda: overview(store, person), lambda found: _cards(found, store.now()), ages=True)
    return pn.Column(
        heading("Models", level=1, note=store.project.config.project.description),
        pn.Spacer(height=16),
        cards.panel,
        sizing_mode="stretch_width",
    )


def _cards(cards: tuple[ModelCard, ...], now: datetime) -> Any:
    if not cards:
        return empty_state(
            "No model is declared yet",
            "Declare one in workbench.toml, [models.NAME], and run the pipeline that trains it.",
            "workbench run",
        )
    return block(html('<div class="cards">{cards}</div>', cards=joined(_card(card, now) for card in cards)))


def _card(card: ModelCard, now: datetime) -> Markup:
    return html(
        '<article class="card" aria-label="{name}"><header><h2>{title}</h2>{flags}</header>'
        '<p class="quiet">{description}</p>{serving}<ul class="rows">{rows}</ul>'
        "<footer>{foot}</footer></article>",
        name=card.name,
        title=link("deployments", card.name, model=card.name),
        flags=_flags(card),
        description=card.description,
        serving=_serving(card.serving),
        rows=joined((*(_health(card, health) for health in card.health), *_work(card, now))),
        foot=joined(
            (
                link("drift", "Drift", model=card.name),
                link("deployments", "Deployment", model=card.name),
                link("experiments", "Runs", pipeline=card.run.pipeline if card.run else ""),
            )
        ),
    )


def _flags(card: ModelCard) -> Markup:
    flags = []
    if card.alerts:
        flags.append(chip(Status("bad", _count(len(card.alerts), "open alert"))))
    if card.waiting:
        flags.append(chip(Status("unsure", _count(len(card.waiting), "waiting approval"))))
    return html("<span>{flags}</span>", flags=joined(flags, " "))


def _serving(serving: tuple[Serving, ...]) -> Markup:
    if not serving:
        nobody = "Nobody is champion: nothing of this model serves yet."
        return html('<p><span class="chip quiet">– not deployed</span> {nobody}</p>', nobody=nobody)
    answering = [each for each in serving if each.role != SHADOW]
    bar = (html('<span style="flex:{share:.4f} 0 0"></span>', share=each.share) for each in answering)
    names = (
        html(
            '<span class="{role}"><i></i>Version {version}, {role}{share}</span>',
            role=each.role,
            version=each.version,
            share="" if each.role == SHADOW else f" · {percent(each.share)} of the traffic",
        )
        for each in serving
    )
    return html(
        '<div><div class="bar" aria-hidden="true">{bar}</div><div class="legend">{names}</div></div>',
        bar=joined(bar),
        names=joined(names),
    )


def _health(card: ModelCard, health: Health) -> Markup:
    status = of_verdict(health.verdict, health.reason)
    word = _WORDS[health.question][health.verdict.value] if health.verdict else status.word
    return html(
        '<li><span class="what">{question}</span><span class="why">{chip} {reason}{window}</span></li>',
        question=health.question.capitalize(),
        chip=chip(Status(status.tone, word)),
        reason=health.reason,
        window=_window(card) if health.question == "quality" else "",
    )


def _window(card: ModelCard) -> Markup:
    if card.window is None:
        return Markup("")
    since, until = card.window
    return html(' <span class="quiet">({since} to {until})</span>', since=moment(since), until=moment(until))


def _work(card: ModelCard, now: datetime) -> list[Markup]:
    """Return the rows of what was done last, and of what somebody has to do."""
    rows = [_row("Trained", _trained(card, now))]
    rows += [
        _row(
            "Alert",
            html(
                "{chip} {name}, {since}",
                chip=chip(Status("bad" if alert.severity == "critical" else "unsure", alert.severity)),
                name=link("drift", alert.rule, model=card.name, alert=alert.id),
                since=ago(alert.at, now),
            ),
        )
        for alert in card.alerts
    ]
    rows += [
        _row(
            "Waiting",
            html(
                "{what} · asked by {who}, {since}",
                what=link(
                    "deployments",
                    f"version {wish.version} to become {wish.alias}",
                    model=card.name,
                    promotion=wish.number,
                ),
                who=wish.actor,
                since=ago(wish.at, now),
            ),
        )
        for wish in card.waiting
    ]
    return rows


def _trained(card: ModelCard, now: datetime) -> Markup:
    version = (
        html("version {number}, {when}", number=card.trained[0], when=ago(card.trained[1], now))
        if card.trained
        else "no version yet"
    )
    if card.run is None:
        return html("{version}", version=version)
    return html(
        "{version} · last run {outcome} {link}",
        version=version,
        outcome=chip(of_outcome(card.run.outcome, card.run.reason)),
        link=link("experiments", card.run.because or "run", run=card.run.id),
    )


def _row(what: str, why: Markup) -> Markup:
    return html('<li><span class="what">{what}</span><span class="why">{why}</span></li>', what=what, why=why)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number > 1 else "")
