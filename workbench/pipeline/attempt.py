"""One try of an entry: a prepared notebook goes in, what was observed comes out."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from workbench.kernels.settings import KernelSettings
from workbench.pipeline.judgement import judge
from workbench.pipeline.kernel import kill_marked
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.space import Space, write_whole
from workbench.pipeline.ticket import VARIABLE, Ticket

if TYPE_CHECKING:
    from workbench.pipeline.session import CellError, Session, SessionEnd


@dataclass(frozen=True)
class AttemptSpec:
    """Everything an executor needs, on this machine or another; it pickles.

    Attributes:
        notebook: the prepared notebook as nbformat-4 JSON text, parameters injected.
        env: variables added to the kernel's environment.
        timeout: seconds for the attempt; `heartbeat`: seconds between signs of life.
        resources: what a cluster must set aside: `cpus`, and `memory` (bytes) and `gpu` where declared.
        secrets: values that must not appear in any output.
        warm: the settings of the server that its kernel is forked from; None: a cold kernel.
    """

    ticket: Ticket
    notebook: str
    cwd: str
    kernel_name: str
    env: Mapping[str, str]
    timeout: float
    heartbeat: float
    output_limit: int
    save_every: float
    resources: Mapping[str, float] = field(default_factory=dict)
    stamp: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    warm: KernelSettings | None = None


@dataclass(frozen=True)
class AttemptResult:
    """What became of an attempt, and what it left in its space.

    Attributes:
        cold: why its kernel was a cold one though a warm one was asked for.
    """

    outcome: Outcome
    reason: str
    seconds: float
    cpu_seconds: float
    peak_memory_bytes: int
    error: dict[str, Any] | None = None
    finish: str | None = None
    cells: tuple[tuple[int, float], ...] = ()
    cold: str | None = None
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)


class Observer(Protocol):
    """Is told of cells as they begin; called from the attempt's own thread."""

    def cell_started(self, entry: str, number: int, cells: int, first_line: str) -> None:
        """The cell `number` of `cells`, counted from 1 over all cells, begins."""


class Stop:
    """Carries the wish to stop from another thread to the session, whenever that begins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reason: str | None = None
        self._session: Session | None = None

    def request(self, reason: str) -> None:
        """Ask for the attempt to be ended."""
        with self._lock:
            self._reason = reason
            if self._session:
                self._session.request_stop(reason)

    def attach(self, session: Session) -> None:
        """Name the session that is to be stopped."""
        with self._lock:
            self._session = session
            if self._reason:
                session.request_stop(self._reason)


def perform(spec: AttemptSpec, observer: Observer, stop: Stop) -> AttemptResult:
    """Run an attempt to its end in a kernel of its own; nothing of it is left running."""
    from workbench.pipeline.lean import import_engine, import_nbformat

    nbformat, engine = import_nbformat(), import_engine()
    from workbench.pipeline.session import Session, SessionSettings

    space = Space(spec.ticket.folder).prepare()
    ticket_path = str(spec.ticket.write())
    settings = SessionSettings(
        kernel_name=spec.kernel_name,
        cwd=spec.cwd,
        env={**_surroundings(), **spec.env, VARIABLE: ticket_path},
        timeout=spec.timeout,
        heartbeat=spec.heartbeat,
        output_limit=spec.output_limit,
        save_every=spec.save_every,
        warm=spec.warm,
    )
    notebook = nbformat.reads(spec.notebook, as_version=4)
    session: Session | None = None

    def on_cell(index: int, cell: Any) -> None:
        first = cell.source.strip().splitlines()[0] if cell.source.strip() else ""
        space.write_cell(index + 1, len(notebook.cells), _redacted(first, spec.secrets))
        observer.cell_started(spec.ticket.entry, index + 1, len(notebook.cells), first)

    def make(node: Any) -> Session:
        nonlocal session
        session = Session(
            node,
            settings,
            save=lambda n: _save(n, space.notebook, spec),
            on_cell=on_cell,
        )
        stop.attach(session)
        return session

    try:
        end = engine.execute(notebook, make, spec.kernel_name)
    finally:
        kill_marked(VARIABLE, ticket_path)
    assert session is not None
    result = conclude(end, space, spec)
    stamp = {**spec.stamp, "outcome": result.outcome.value, "reason": result.reason}
    session.nb.metadata["workbench"] = stamp
    _save(session.nb, space.notebook, spec)
    return result


def conclude(end: SessionEnd, space: Space, spec: AttemptSpec) -> AttemptResult:
    """Return the result of a session: what was observed decides, what was saved must fit it."""
    outcome, reason = judge(end)
    said = space.end()
    finish: str | None = None
    if end.error and said and outcome is Outcome.FAILED:
        if end.error.ename == "StageFinished" and said["kind"] == "finish":
            outcome, reason, finish = Outcome.SUCCEEDED, said["reason"], said["reason"]
        elif end.error.ename == "StageRejected" and said["kind"] == "reject":
            outcome, reason = Outcome.REJECTED, said["reason"]
    records = space.records()
    if outcome is Outcome.SUCCEEDED and finish is None:
        unsaved = [name for name in spec.ticket.outputs if name not in records]
        if unsaved:
            names = ", ".join(repr(name) for name in unsaved)
            outcome, reason = Outcome.FAILED, f"ended without saving its declared output {names}"
    return AttemptResult(
        outcome=outcome,
        reason=_redacted(reason, spec.secrets),
        seconds=end.seconds,
        cpu_seconds=end.usage.cpu_seconds,
        peak_memory_bytes=end.usage.peak_memory_bytes,
        error=_error(end.error, outcome, spec.secrets),
        finish=finish,
        cells=end.cells,
        cold=end.cold,
        records=records,
        metrics=space.metrics(),
        requests=space.requests(),
    )


def _surroundings() -> dict[str, str]:
    """Return our variables, without what a person's session set: the attempt logs where it is told to."""
    return {name: value for name, value in os.environ.items() if name != "MLFLOW_EXPERIMENT_NAME"}


def _error(error: CellError | None, outcome: Outcome, secrets: tuple[str, ...]) -> dict[str, Any] | None:
    if error is None or outcome is not Outcome.FAILED:
        return None
    fields = error.to_dict()
    return {key: _redacted(v, secrets) if isinstance(v, str) else v for key, v in fields.items()}


def _save(notebook: Any, path: Path, spec: AttemptSpec) -> None:
    import nbformat

    write_whole(path, _redacted(nbformat.writes(notebook), spec.secrets, as_json=True))


def _redacted(text: str, secrets: tuple[str, ...], *, as_json: bool = False) -> str:
    for secret in secrets:
        text = text.replace(json.dumps(secret)[1:-1] if as_json else secret, "***")
    return text
