"""A model's windows at a glance: what one of them came to, and what there is to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.insight.drift.looked import looked_at, window_at
from workbench.monitoring.finding import DRIFT, ESTIMATE, LABEL_DRIFT, PERFORMANCE, PREDICTION_DRIFT
from workbench.registry.verdict import Verdict, combined

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.insight.windows import WindowBrief

_NAMED = 4  # failing checks that a reason names
_QUESTIONS = (
    ("Columns", (DRIFT,)),
    ("Predictions", (PREDICTION_DRIFT,)),
    ("Truths", (LABEL_DRIFT,)),
    ("Performance", (PERFORMANCE,)),
)


@dataclass(frozen=True)
class Answer:
    """One question about a window.

    Attributes:
        verdict: None where nothing was asked.
        words: how many of what, such as `12 of 71 drifted`.
        reason: names those that decided, each with its note.
    """

    question: str
    verdict: Verdict | None
    words: str
    reason: str


@dataclass(frozen=True)
class Summary:
    """A model's windows at a glance.

    Attributes:
        windows: how many times were looked at.
        window: that is told of; None before the first.
        is_last: whether it is the last one.
        answers: what it came to.
        open_alerts: how many fire or are acknowledged.
        is_estimated: whether the window's truth is missing, so that its performance is estimated only.
        stage: the notebook stage that looks at windows.
        is_declared: whether workbench.toml has such a stage.
    """

    model: str
    windows: int
    window: WindowBrief | None
    is_last: bool
    answers: tuple[Answer, ...]
    open_alerts: int
    is_estimated: bool
    stage: str
    is_declared: bool


def summary(store: Store, person: Person, model: str, *, window: int | None = None) -> Summary:
    """Return a model's windows at a glance, from memory.

    Args:
        store: of the project.
        person: who asks.
        model: its name.
        window: the position of the one that is told of; the last one when None.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or window.
    """
    person.require("view")
    windows = looked_at(store, model)
    last = windows[-1] if windows else None
    told = last if window is None else window_at(store, model, window)
    declared = store.project.config.models.get(model)
    stage = declared.monitoring.stage if declared else ""
    return Summary(
        model=model,
        windows=len(windows),
        window=told,
        is_last=told is last,
        answers=tuple(_answer(told, *asked) for asked in _QUESTIONS) if told else (),
        open_alerts=sum(alert.state.is_open for alert in store.alerts(model)),
        is_estimated=told is not None and _is_estimated(told),
        stage=stage,
        is_declared=stage in store.project.config.stages,
    )


def _answer(window: WindowBrief, question: str, kinds: tuple[str, ...]) -> Answer:
    checks = [check for check in window.of(*kinds) if check.version is None or kinds == (PREDICTION_DRIFT,)]
    if not checks:
        return Answer(question, None, "not asked", "")
    verdict = combined(check.verdict for check in checks)
    decisive = [check for check in checks if check.verdict is verdict]
    named = [f"{check.name}: {check.note}" if check.note else check.name for check in decisive[:_NAMED]]
    more = f" · and {len(decisive) - _NAMED} more" if len(decisive) > _NAMED else ""
    reason = "" if verdict is Verdict.PASS else " · ".join(named) + more
    return Answer(question, verdict, _words(question, verdict, len(decisive), len(checks)), reason)


def _words(question: str, verdict: Verdict, decisive: int, asked: int) -> str:
    drifts = question != "Performance"
    if verdict is Verdict.PASS:
        return "stable" if drifts else "holds"
    if verdict is Verdict.INCONCLUSIVE:
        return "not known" if decisive == asked else f"{decisive} of {asked} not known"
    if asked == 1:
        return "drifted" if drifts else "worse"
    return f"{decisive} of {asked} {'drifted' if drifts else 'beyond limits'}"


def _is_estimated(window: WindowBrief) -> bool:
    measured = any(check.value is not None for check in window.of(PERFORMANCE))
    return not measured and any(check.value is not None for check in window.of(ESTIMATE))
