"""Whether MLflow shows what was decided; while it does not, it is brought level again and again."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

from workbench.insight.deployments.behind import Behind
from workbench.insight.deployments.kept import kept
from workbench.registry.later import LOG, project_later
from workbench.registry.projection import Projection

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.project import Project

_EVERY = 2.0  # seconds between two looks
_PATIENCE = 5.0  # seconds for which a decision may be on its way
_AGAIN = 10.0  # seconds between two tries
_LINE = re.compile(r"^\d{4}-\d\d-\d\dT\S+ (.+)$")
_TAIL = 4096  # bytes of the log
_LONGEST = 300  # characters of why


def mlflow_trouble(store: Store, person: Person) -> str:
    """Return why MLflow does not show what was decided; empty when it does, or nobody told it yet.

    Args:
        store: the project's state.
        person: who asks.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    mirror = kept(store, "mlflow", None, lambda: _Mirror(store))
    return mirror.behind.ask() or ""


class _Mirror:
    """Looks at how far MLflow was brought, and brings it further while somebody looks at a page."""

    def __init__(self, store: Store) -> None:
        self._project: Project = store.project
        self._store = store
        self._since: float | None = None
        self._began = float("-inf")
        self._process: int | None = None
        self.behind: Behind[str] = Behind(self._look, every=_EVERY)

    def _look(self) -> str:
        if not self._was_brought() or not Projection.of(self._project, self._store.ledger).is_behind():
            self._since = None
            self._is_at_it()
            return ""
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if now - self._since < _PATIENCE:
            return ""
        is_at_it = self._is_at_it()
        if not is_at_it and now - self._began >= _AGAIN:
            self._process, self._began, is_at_it = project_later(self._project), now, True
        if is_at_it and now - self._since < _PATIENCE + _AGAIN:
            return ""  # our first try may well be enough
        return _last_word(self._project.layout.state / "logs" / LOG) or "it does not answer"

    def _was_brought(self) -> bool:
        """Whether MLflow was ever told of this project's models; it may never be meant to be."""
        state = self._project.layout.state
        return (state / "projection.json").exists() or (state / "logs" / LOG).exists()

    def _is_at_it(self) -> bool:
        """Whether our last try is still under way."""
        if self._process is not None:
            try:
                ended, _ = os.waitpid(self._process, os.WNOHANG)
            except ChildProcessError:  # somebody else took note of its end
                ended = self._process
            if ended:
                self._process = None
        return self._process is not None


def _last_word(log: Path) -> str:
    """Return why the newest try failed, as its log says; empty where it says nothing."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    found = next((match for line in reversed(lines) if (match := _LINE.match(line))), None)
    return found[1][:_LONGEST].rstrip(".") if found else ""
