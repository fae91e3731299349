"""How a stage ends itself before its last cell; the runner reads why in the attempt's space."""

from __future__ import annotations


class StageFinished(Exception):
    """Ends a stage early as a success; the remaining cells are not run."""

    def _render_traceback_(self) -> list[str]:
        return [f"Stage finished early: {self}"]


class StageRejected(Exception):
    """Ends a stage with a no: nothing of it is committed but its evidence."""

    def _render_traceback_(self) -> list[str]:
        return [f"Rejected: {self}"]
