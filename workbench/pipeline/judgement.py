"""What the way in which a session ended means for its attempt."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from workbench.pipeline.outcome import Outcome

if TYPE_CHECKING:
    from workbench.pipeline.session import SessionEnd


def judge(end: SessionEnd) -> tuple[Outcome, str]:
    """Return the outcome of a session that was not ended by the stage itself, and why."""
    where = f"while cell {end.cell} ran" if end.cell else "before the first cell"
    if end.verdict:
        return end.verdict.outcome, f"{end.verdict.reason}, {where}"
    if end.died:
        return Outcome.KILLED, f"the kernel vanished {_how(end.exit_status)} {where}"
    if end.error:
        what = f"{end.error.ename}: {end.error.evalue}".strip().rstrip(":")
        return Outcome.FAILED, f"cell {end.error.cell} raised {what.splitlines()[0]}"
    return Outcome.SUCCEEDED, ""


def _how(status: int | None) -> str:
    if status is None:
        return "without a trace"
    if status < 0:
        return f"by {signal.Signals(-status).name}"
    return f"with exit code {status}"
