"""What is known of why an alert fires: the worst checks, and what changed since the last good window."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.data.place import portable
from workbench.monitoring.alerts.changed import changes_between
from workbench.monitoring.finding import DRIFT, LABEL_DRIFT, PREDICTION_DRIFT, Check
from workbench.pipeline.history import fold

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.monitoring.alerts.look import Look
    from workbench.project import Project

_DRIFTS = (DRIFT, PREDICTION_DRIFT, LABEL_DRIFT)
_WORST = 5
_KEPT = 50  # checks of an alert; the report of the window has all
_LONGEST = 300  # characters of a name or a note


def cause_of(
    project: Project,
    ledger: Ledger,
    model: str,
    failing: Sequence[Check],
    *,
    seen: tuple[Look, Look | None],
    since: datetime,
    now: datetime,
) -> dict[str, Any]:
    """Return what is known of why an alert fires, as JSON.

    Args:
        project: where notebooks lie.
        ledger: what happened meanwhile.
        model: whose windows they are.
        failing: the checks that failed.
        seen: the window that failed, and the last one that passed, None where none did.
        since: the first moment of the first window that failed.
        now: project time.

    Returns:
        `notebook`: the executed one that looked at the window, as a path; empty when there is none.
        `features`, `slices`: the worst of the checks that failed.
        `good`: the last window that passed, None where none did.
        `drifted`: what has drifted now and had not in that window.
        `changes`: what happened to the model and the data since then, the oldest first.
    """
    bad, good = seen
    worst = sorted(failing, key=_excess, reverse=True)
    before = good.failed(*_DRIFTS) if good else frozenset()
    return {
        "notebook": _notebook(project, ledger, bad.run),
        "features": brief(check for check in worst if not _is_slice(check))[:_WORST],
        "slices": brief(check for check in worst if _is_slice(check))[:_WORST],
        "good": _window(good) if good else None,
        "drifted": sorted(name[:_LONGEST] for name in bad.failed(*_DRIFTS) - before)[:_KEPT],
        "changes": changes_between(ledger, model, good.until if good else since, now),
    }


def brief(checks: Iterable[Check]) -> list[dict[str, Any]]:
    """Return checks as JSON, without their evidence and with texts of bounded length."""
    kept = []
    for check in checks:
        said = {name: value for name, value in check.to_dict().items() if _is_kept(name, value)}
        kept.append({**said, "name": check.name[:_LONGEST], "note": check.note[:_LONGEST]})
    return kept[:_KEPT]


def _excess(check: Check) -> float:
    """Return by what factor a check is beyond its limit, whichever side of it is the wrong one."""
    value, limit = check.value, check.limit
    if value is None or limit is None or not 0 < value * limit < math.inf:
        return 0.0
    return max(value / limit, limit / value)


def _is_kept(name: str, value: object) -> bool:
    return name != "evidence" and not (isinstance(value, float) and not math.isfinite(value))


def _is_slice(check: Check) -> bool:
    return "=" in check.name


def _window(look: Look) -> dict[str, str]:
    return {"since": look.since.isoformat(), "until": look.until.isoformat(), "run": look.run}


def _notebook(project: Project, ledger: Ledger, run: str) -> str:
    """Return the last notebook of a run, relative to the project where it lies in it."""
    notebooks = (
        [entry.notebook for entry in fold(run, ledger.read(f"run/{run}")).entries.values()] if run else []
    )
    found = next((notebook for notebook in reversed(notebooks) if notebook), None)
    return str(portable({"uri": found}, project.root)["uri"]) if found else ""
