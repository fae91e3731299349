"""Windows of a model, as its reports tell of them, written straight into the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.insight.scene import DAY, RUN, Scene
from tests.registry.models import MODEL
from workbench.access import Person, Role
from workbench.monitoring.finding import Check, WindowReport
from workbench.registry.verdict import Verdict

VIEWER = Person("eve", Role.VIEWER, "eve@dashboards")
OPERATOR = Person("olga", Role.OPERATOR, "olga@dashboards")
PASS, FAIL, UNSURE = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE

NUMBERS = {
    "kind": "numbers",
    "edges": [0.0, 1.0, 2.0],
    "reference": [0.75, 0.25],
    "window": [0.25, 0.75],
    "means": [0.7, 1.3],
}
NAMES = {
    "kind": "names",
    "names": ["AA", "UA", None],
    "reference": [0.5, 0.3, 0.2],
    "window": [0.2, 0.6, 0.2],
}


def drifted(name: str, value: float = 0.3, verdict: Verdict = FAIL, **more: Any) -> Check:
    """Return a check of a column by its Wasserstein distance, held to 0.1."""
    given: dict[str, Any] = {"note": "it moved", "limit": 0.1, "method": "wasserstein", **more}
    return Check("drift", name, verdict, value=value, **given)


def metric(name: str, value: float | None, verdict: Verdict = PASS, **more: Any) -> Check:
    """Return a check of a metric with its interval."""
    ends = {} if value is None else {"lower": value - 0.05, "upper": value + 0.05}
    return Check("performance", name, verdict, value=value, method="block bootstrap", **{**ends, **more})


def look(scene: Scene, since: datetime, days: int, *checks: Check, run: str = RUN) -> WindowReport:
    """Write what was found in a window that begins at a moment."""
    until = since + days * DAY
    report = WindowReport(MODEL, since, until, until, 840, 800, reference=1, checks=checks)
    data = {"model": MODEL, "run": run, "report": report.to_dict()}
    scene.write(f"monitoring/{MODEL}", "window.judged", data)
    return report
