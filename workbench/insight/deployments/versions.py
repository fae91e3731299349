"""The versions of a model: all in brief, one with its standing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.insight.deployments.serving import SHADOW, allows_by_hand, declared_gates
from workbench.registry.evidence import why_blocked
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.registry.model import ModelState
    from workbench.registry.version import Version


@dataclass(frozen=True)
class VersionBrief:
    """A version in a line.

    Attributes:
        roles: what it is now: champion, challenger, shadow.
        verdict: of its gates; None when they never ran.
        value: of the model's own metric, None where nobody measured it.
    """

    number: int
    at: datetime
    roles: tuple[str, ...]
    verdict: Verdict | None
    metric: str
    value: float | None
    run: str


@dataclass(frozen=True)
class VersionShown:
    """A version, and whether it could become champion.

    Attributes:
        brief: what its line says.
        actor: who registered it.
        stage: that trained it.
        against: the version that its gates compared it with; None for none.
        judged: when its gates ran last.
        blocked: why it could not become champion today; empty when it could.
        refused: why a server does not let it serve; empty when none says so.
        evaluations: how often its gates ran.
    """

    brief: VersionBrief
    actor: str
    stage: str
    against: int | None
    judged: datetime | None
    blocked: str
    refused: str
    evaluations: int


def versions(store: Store, person: Person, model: str) -> tuple[VersionBrief, ...]:
    """Return a model's versions in brief, the newest first.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    state = store.model(model)
    metric = _metric(store, model)
    numbers = sorted(state.versions, reverse=True)
    return tuple(_brief(state, state.versions[number], metric) for number in numbers)


def version_shown(store: Store, person: Person, model: str, version: int) -> VersionShown:
    """Return one version with its standing.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or version.
    """
    person.require("view", model=model)
    state = store.model(model)
    found = state.find(version)
    refusal = state.refusals.get(version)
    evaluation = found.evaluation
    return VersionShown(
        brief=_brief(state, found, _metric(store, model)),
        actor=found.actor,
        stage=found.stage,
        against=evaluation.against if evaluation else None,
        judged=evaluation.at if evaluation else None,
        blocked=why_blocked(state, found, declared_gates(store, model), by_hand=allows_by_hand(store, model)),
        refused=f"{refusal.step}: {refusal.sentence}" if refusal else "",
        evaluations=len(found.evaluations),
    )


def _metric(store: Store, model: str) -> str:
    declared = store.project.config.models.get(model)
    return declared.metric if declared else ""


def _brief(state: ModelState, version: Version, metric: str) -> VersionBrief:
    number = version.number
    roles = [alias for alias, holder in state.aliases.items() if holder == number]
    if number in state.shadows:
        roles.append(SHADOW)
    return VersionBrief(
        number=number,
        at=version.at,
        roles=tuple(roles),
        verdict=version.verdict,
        metric=metric,
        value=_measured(version, metric),
        run=version.run,
    )


def _measured(version: Version, metric: str) -> float | None:
    """Return what the gates measured on days that nothing had learnt from, else what training logged."""
    for gate in version.gates:
        if gate.evidence.get("metric") == metric and metric:
            for name in ("candidate", "value"):
                found = gate.evidence.get(name)
                if isinstance(found, int | float):
                    return float(found)
    return version.metrics.get(metric)
