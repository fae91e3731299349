"""Every model in one card: what serves, how it is, when it was trained last, what waits for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.insight.windows import CheckBrief, WindowBrief
from workbench.monitoring.finding import (
    DRIFT,
    ESTIMATE,
    LABEL_DRIFT,
    PERFORMANCE,
    PREDICTION_DRIFT,
    QUALITY,
    SERVICE,
)
from workbench.registry.verdict import Verdict, combined
from workbench.registry.version import CHALLENGER, CHAMPION

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.runs import RunSummary
    from workbench.insight.store import Store
    from workbench.monitoring.alerts import Alert
    from workbench.registry.model import ModelState
    from workbench.registry.version import Promotion

SHADOW = "shadow"
_NAMED = 3
"""Failing checks that a reason names; the rest are counted."""

_QUESTIONS = (
    ("quality", (PERFORMANCE, ESTIMATE, QUALITY)),
    ("drift", (DRIFT, PREDICTION_DRIFT, LABEL_DRIFT)),
    ("latency", (SERVICE,)),
)


@dataclass(frozen=True)
class Serving:
    """A version that answers or listens.

    Attributes:
        role: champion, challenger or shadow.
        share: of the requests that it answers, from 0 to 1.
        since: when it took that role; None for a shadow.
    """

    version: int
    role: str
    share: float
    since: datetime | None


@dataclass(frozen=True)
class Health:
    """One question about a model's last window.

    Attributes:
        question: quality, drift or latency.
        verdict: None when nobody has looked yet.
        reason: in words.
    """

    question: str
    verdict: Verdict | None
    reason: str


@dataclass(frozen=True)
class ModelCard:
    """A model at a glance.

    Attributes:
        serving: those that answer or listen, the champion first.
        health: the three questions.
        window: that they are about.
        trained: the newest version and when it was registered.
        run: the newest run of the pipeline that trains it.
        alerts: that are open, the worst and newest first.
        waiting: promotions that wait for an approval, each with what it would do.
    """

    name: str
    description: str
    serving: tuple[Serving, ...]
    health: tuple[Health, ...]
    window: tuple[datetime, datetime] | None
    trained: tuple[int, datetime] | None
    run: RunSummary | None
    alerts: tuple[Alert, ...]
    waiting: tuple[Promotion, ...]


def overview(store: Store, person: Person) -> tuple[ModelCard, ...]:
    """Return a card for each model, those first that need somebody.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    cards = [_card(store, model) for model in store.models()]
    return tuple(sorted(cards, key=lambda card: (not card.alerts, not card.waiting, card.name)))


def _card(store: Store, model: ModelState) -> ModelCard:
    declared = store.project.config.models.get(model.name)
    windows = store.windows(model.name)
    last = windows[-1] if windows else None
    newest = max(model.versions.values(), key=lambda version: version.number, default=None)
    alerts = [alert for alert in store.alerts(model.name) if alert.state.is_open]
    return ModelCard(
        name=model.name,
        description=declared.description if declared else "",
        serving=_serving(model),
        health=_health(last),
        window=(last.since, last.until) if last else None,
        trained=(newest.number, newest.at) if newest else None,
        run=_last_run(store, declared.trained_by) if declared else None,
        alerts=tuple(sorted(alerts, key=lambda alert: alert.severity != "critical")),
        waiting=tuple(model.pending),
    )


def _serving(model: ModelState) -> tuple[Serving, ...]:
    deployment = model.deployment
    found = []
    if deployment.champion is not None:
        share = 1 - deployment.share
        found.append(Serving(deployment.champion, CHAMPION, share, _since(model, CHAMPION)))
    if deployment.challenger is not None:
        since = _since(model, CHALLENGER)
        found.append(Serving(deployment.challenger, CHALLENGER, deployment.share, since))
    return (*found, *(Serving(number, SHADOW, 0.0, None) for number in deployment.shadows))


def _since(model: ModelState, alias: str) -> datetime | None:
    return next((move.at for move in reversed(model.moves) if move.alias == alias), None)


def _health(window: WindowBrief | None) -> tuple[Health, ...]:
    if window is None:
        return tuple(Health(name, None, "No window was looked at yet.") for name, _ in _QUESTIONS)
    return tuple(_answer(name, window.of(*kinds)) for name, kinds in _QUESTIONS)


def _answer(question: str, checks: Sequence[CheckBrief]) -> Health:
    if not checks:
        return Health(question, None, "The last window asked nothing about it.")
    verdict = combined(check.verdict for check in checks)
    decisive = [check for check in checks if check.verdict is verdict]
    if verdict is Verdict.PASS:
        return Health(
            question, verdict, f"{len(checks)} checks passed." if len(checks) > 1 else "1 check passed."
        )
    said = [f"{check.name}: {check.note}" if check.note else check.name for check in decisive[:_NAMED]]
    more = f" · and {len(decisive) - _NAMED} more" if len(decisive) > _NAMED else ""
    return Health(question, verdict, " · ".join(said) + more)


def _last_run(store: Store, stage: str) -> RunSummary | None:
    trains = {name for name, pipeline in store.project.config.pipelines.items() if stage in pipeline.stages}
    return next((run for run in store.runs() if run.pipeline in trains), None)
