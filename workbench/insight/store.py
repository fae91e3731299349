"""What pages and widgets know: the ledger's tail, followed on demand and kept folded in memory."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from workbench.errors import StorageError, UnknownNameError, WorkbenchError
from workbench.insight.folded import KINDS, Folded, Judged
from workbench.insight.following import TIMEOUT, Following
from workbench.insight.keeping import FILE, KEPT, keep, kept
from workbench.insight.looking import Looks
from workbench.insight.runs import RunSummary
from workbench.insight.windows import WindowBrief
from workbench.pipeline.history import RunState, fold
from workbench.pipeline.lost import notice
from workbench.registry.model import ModelState

if TYPE_CHECKING:
    from workbench.clock import Clock
    from workbench.ledger import Ledger
    from workbench.monitoring.alerts import Alert
    from workbench.monitoring.finding import WindowReport
    from workbench.project import Project
    from workbench.registry import Registry
    from workbench.scheduling.history import History

_BATCH = 2000
_NOTICE_EVERY = 5.0  # seconds
NO_MODEL = "Declare one in workbench.toml: [models.NAME]"
"""What to do in a project without a model."""

_WORTH_KEEPING = 2000  # events that the next process need not read
T = TypeVar("T")


class Store:
    """The state of a project, for every page of every viewer: one in a process.

    It reads only what the ledger has got since it last looked, in a thread of its own, so that a ledger
    that is locked or gone stops no page: what was known stands, and `trouble` says what is wrong until it
    is not. May be used from any thread. What it returns never changes afterwards.

    Args:
        project: whose ledger it follows.
        clock: tells project time.
        every: least seconds between two looks.
        patience: seconds that `refresh` waits for a look to end.
    """

    def __init__(self, project: Project, clock: Clock, *, every: float = 0.1, patience: float = 0.25) -> None:
        self.project = project
        self.clock = clock
        self.version = 0
        self.trouble: WorkbenchError | None = None
        self.seen: datetime | None = None
        self._folded = Folded()
        self._lock = threading.RLock()
        self._kept: dict[object, tuple[int, object]] = {}
        self._following = Following(project.layout.ledger_url, clock)
        self._file = project.layout.state / FILE
        self._kept_to: int | None = None  # before the first look
        self._noticed = float("-inf")
        self._looks = Looks(self._look, every=every, patience=patience)

    def refresh(self, *, wait: float | None = None) -> int:
        """Let the ledger be looked at, when the last look is long enough ago, and return the version.

        Args:
            wait: seconds to wait for the look to end; its usual patience when None. A new store is best
                given as long as the whole ledger takes.
        """
        self._looks.recent(wait)
        return self.version

    def catch_up(self, *, wait: float | None = None) -> int:
        """Let the ledger be looked at anew: what was written before this call is seen after it.

        Args:
            wait: seconds to wait for the look to end; its usual patience when None. A ledger that takes
                longer is seen later.
        """
        self._looks.new(wait)
        return self.version

    @property
    def ledger(self) -> Ledger:
        """The ledger itself, for what is read on demand and for what is decided.

        Raises:
            StorageError: it cannot be reached.
        """
        return self._following.ledger()

    @property
    def registry(self) -> Registry:
        """The models, for decisions; MLflow is brought to them by a process aside."""
        from workbench.registry import Registry

        return Registry(self.project, self.ledger, later=True)

    def now(self) -> datetime:
        """Return project time."""
        return self.clock.now()

    def runs(self) -> tuple[RunSummary, ...]:
        """Return all runs, the newest first."""
        return self._keep("runs", "run", lambda folded: tuple(reversed(folded.runs.by_id.values())))

    def run(self, run: str) -> RunSummary:
        """Return a run in brief.

        Raises:
            UnknownNameError: there is none of that id.
        """
        with self._lock:
            if run not in self._folded.runs.by_id:
                raise UnknownNameError("run", run, list(self._folded.runs.by_id)[-1000:])
            return self._folded.runs.by_id[run]

    def run_state(self, run: str) -> RunState:
        """Return a run with everything that its events tell, read now.

        Raises:
            StorageError: the ledger cannot be read.
        """
        return fold(run, self.ledger.read(f"run/{run}"))

    def models(self) -> tuple[ModelState, ...]:
        """Return every model that is declared or was ever registered, by name."""

        def make(folded: Folded) -> tuple[ModelState, ...]:
            names = sorted({*folded.models, *self.project.config.models})
            return tuple(folded.models[n].copy() if n in folded.models else ModelState(n) for n in names)

        return self._keep("models", "model", make)

    def model(self, name: str) -> ModelState:
        """Return one model.

        Raises:
            UnknownNameError: it is neither declared nor was it ever registered.
        """
        known = {model.name: model for model in self.models()}
        if name not in known:
            raise UnknownNameError("model", name, known, hint="" if known else NO_MODEL)
        return known[name]

    def windows(self, model: str) -> tuple[WindowBrief, ...]:
        """Return the windows of a model that were looked at, the oldest look first."""
        return self._keep(("windows", model), "monitoring", lambda f: tuple(f.windows.get(model, ())))

    def report(self, window: WindowBrief) -> WindowReport:
        """Return everything that was found in a window, read now.

        Raises:
            StorageError: the ledger cannot be read.
        """
        from workbench.monitoring.finding import WindowReport

        (event,) = self.ledger.find(after=window.position - 1, before=window.position + 1)
        return WindowReport.from_dict(event.data["report"])

    def alerts(self, model: str | None = None) -> tuple[Alert, ...]:
        """Return all alerts, of one model if asked, the newest first."""

        def make(folded: Folded) -> tuple[Alert, ...]:
            names = folded.alerts if model is None else {model} & folded.alerts.keys()
            every = (alert for name in names for alert in folded.alerts[name].alerts.values())
            return tuple(sorted(every, key=lambda alert: alert.at, reverse=True))

        return self._keep(("alerts", model), "alert", make)

    def judgements(self, model: str) -> tuple[Judged, ...]:
        """Return the judgements of a model's challengers, the oldest first."""
        return self._keep(("judged", model), "judgement", lambda f: tuple(f.judgements.get(model, ())))

    def history(self, stream: str) -> History | None:
        """Return what happened to `schedule/NAME` or `trigger/NAME`; read it only. None before anything."""
        with self._lock:
            return self._folded.histories.get(stream)

    def changed(self, *kinds: str) -> int:
        """Return the position of the newest event in streams of some kinds, as `run` or `alert`."""
        with self._lock:
            return max((self._folded.changed.get(kind, 0) for kind in kinds), default=0)

    @property
    def unread(self) -> int:
        """How many events are not as this workbench writes them, and are missing from what is shown."""
        return len(self._folded.unread)

    def close(self) -> None:
        """Let go of the ledger."""
        self._looks.finish(2 * TIMEOUT)
        self._following.close()

    def _keep(self, name: object, kind: str, make: Callable[[Folded], T]) -> T:
        """Return what `make` makes, made anew only after streams of that kind have got events."""
        with self._lock:
            stamp = self._folded.changed.get(kind, 0)
            found = self._kept.get(name)
            if found is None or found[0] != stamp:
                found = self._kept[name] = (stamp, make(self._folded))
            return found[1]  # type: ignore[return-value] # each name has its own kind of value

    def _look(self) -> None:
        try:
            self._follow()
            trouble: WorkbenchError | None = None
        except WorkbenchError as error:
            trouble = error
        except Exception as error:  # noqa: BLE001 - whatever it is, pages must say so and go on trying
            trouble = StorageError(f"The ledger cannot be followed: {error!r}.", hint="", store="ledger")
        with self._lock:
            if trouble is None:
                self.seen = self.clock.now()
            if str(trouble or "") != str(self.trouble or ""):
                self.version += 1
            self.trouble = trouble

    def _follow(self) -> None:
        ledger = self._following.ledger()
        if self._kept_to is None:
            self._begin(ledger)
        if not self._following.holds(self._folded.position, self._folded.hash):
            with self._lock:  # another ledger stands in its place
                self._folded, self._kept, self._kept_to = Folded(), {}, 0
                self.version += 1
        with nullcontext() if self._folded.position else _uncollected():
            while self._take_batch(ledger) == _BATCH:
                pass
        self._keep_file()
        self._notice_lost()

    def _take_batch(self, ledger: Ledger) -> int:
        """Take in what follows, up to a batch, and return how many events it were."""
        events = ledger.find(after=self._folded.position, limit=_BATCH)
        with self._lock:
            self._folded.take(events)
            self.version += bool(events)
        return len(events)

    def _begin(self, ledger: Ledger) -> None:
        """Begin with what an earlier process kept, if it is of this ledger."""
        begun = kept(self._file)
        if begun is not None and self._following.holds(begun.position, begun.hash):
            for kind in KINDS:
                if kind not in KEPT:
                    begun.learn(ledger.find(stream_prefix=f"{kind}/", before=begun.position + 1))
            with self._lock:
                self._folded = begun
                self.version += 1
        self._kept_to = self._folded.position

    def _keep_file(self) -> None:
        """Keep what is known for the next process, when that saves it much."""
        with self._lock:
            if self._folded.position - (self._kept_to or 0) >= _WORTH_KEEPING:
                self._kept_to = self._folded.position
                keep(self._file, self._folded)

    def _notice_lost(self) -> None:
        """Let runs be recorded as lost whose runner vanished; the next look shows them so."""
        now = time.monotonic()
        if now - self._noticed < _NOTICE_EVERY:
            return
        self._noticed = now
        with self._lock:
            running = [run.id for run in self._folded.runs.by_id.values() if run.outcome is None]
        for run in running:
            with suppress(
                KeyError, TypeError, ValueError, AttributeError
            ):  # a run as another version writes it
                notice(self._following.ledger(), self._following.leases(), self.run_state(run))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles: what is made of a whole ledger has none, and looking costs a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
