"""The plan of what is asked, worked out beside the kernel's own work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError
from workbench.insight.experiments import plan_launch
from workbench.widgets.beside import beside

if TYPE_CHECKING:
    from workbench.insight.experiments import LaunchRequest
    from workbench.pipeline.plan import Plan
    from workbench.widgets.session import Session

_SETTLES = 0.3  # seconds without another change before the work begins


class Planning:
    """Works out one plan at a time, that of the newest request.

    Args:
        session: whose project it is.
        changed: called, from a thread, when there is another plan, or trouble.

    Attributes:
        plan: the newest one; None before the first.
        trouble: why there is none of what is asked now.
        busy: whether one is being worked out.
    """

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._session, self._changed = session, changed
        self._wanted: LaunchRequest | None = None
        self._lock = threading.Lock()
        self._is_done = threading.Event()
        self._is_done.set()
        self.plan: Plan | None = None
        self.trouble: WorkbenchError | None = None

    @property
    def busy(self) -> bool:
        """Whether a plan is being worked out."""
        return not self._is_done.is_set()

    def ask(self, request: LaunchRequest) -> None:
        """Let the plan of a request be worked out; an earlier one is given up."""
        with self._lock:
            self._wanted = request
            if self._is_done.is_set():
                self._is_done.clear()
                beside(self._work, "widgets plan")

    def wait(self, seconds: float | None) -> None:
        """Wait for the plan that was asked for, no longer than so many seconds; None: as long as it takes."""
        self._is_done.wait(seconds)

    def _work(self) -> None:
        seen: LaunchRequest | None = None
        while True:
            with self._lock:
                wanted = self._wanted
                if wanted is seen or wanted is None:
                    self._is_done.set()
                    break
            seen = wanted
            if self._is_superseded(wanted):
                continue
            self._make(wanted)
        self._changed()

    def _is_superseded(self, wanted: LaunchRequest) -> bool:
        if self.plan is None:
            return False
        threading.Event().wait(_SETTLES)
        return self._wanted is not wanted

    def _make(self, wanted: LaunchRequest) -> None:
        try:
            self.plan = plan_launch(self._session.store, self._session.person, wanted)
            self.trouble = None
        except WorkbenchError as error:
            self.trouble = error
        except Exception as error:  # noqa: BLE001 - a plan that cannot be made is said, and stops nothing
            self.trouble = WorkbenchError(f"The plan cannot be worked out: {error!r}.")
