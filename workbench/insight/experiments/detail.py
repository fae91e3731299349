"""One run: its stages as a graph, what each took, read, made and measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.insight.runs import RUNNING
from workbench.pipeline.outcome import Outcome

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.pipeline.history import EntryState, Resumption, RunState

_LONG = 8  # characters of a fingerprint


@dataclass(frozen=True)
class Data:
    """A dataset, a model or another thing, in one version.

    Attributes:
        version: `version 3`, or the beginning of its fingerprint.
        rows: None where it has none.
        fingerprint: the whole of it; empty where it is not known.
    """

    name: str
    kind: str
    version: str
    rows: int | None
    fingerprint: str


@dataclass(frozen=True)
class Stage:
    """An entry of a run.

    Attributes:
        outcome: None while it waits or runs.
        state: in one word how it stands: an outcome, `running` or `waiting`.
        seconds, cpu_seconds, peak_memory_bytes: of its last attempt.
        began: when its last attempt did, project time.
        taken_from: the run that it was reused from; empty when it ran.
        error: `cell`, `ename`, `evalue`, `traceback`; None when there was none.
        opens: the command that opens it in JupyterLab on its inputs; empty where it never began.
        checkpoint: `name` and `run` of what it was begun behind; None when it ran from the top.
        by_hand: who committed it from a session of their own; empty when a runner did.
        difference: of a refused one, what its candidate differs in from the champion's run.
        column, row: its place in the graph, counted from 0.
    """

    name: str
    stage: str
    outcome: Outcome | None
    state: str
    reason: str
    seconds: float | None
    cpu_seconds: float | None
    peak_memory_bytes: int | None
    began: datetime | None
    attempts: int
    taken_from: str
    error: Mapping[str, Any] | None
    parameters: Mapping[str, Any]
    metrics: Mapping[str, float]
    inputs: tuple[Data, ...]
    outputs: tuple[Data, ...]
    column: int
    row: int
    opens: str = ""
    checkpoint: Mapping[str, Any] | None = None
    by_hand: str = ""
    difference: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Edge:
    """What one stage reads of another's.

    Attributes:
        names: of the datasets and artifacts.
    """

    source: str
    target: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class RunDetail:
    """A run with all that its page shows.

    Attributes:
        outcome: None while it runs.
        reason: why it ended as it did.
        because: why it was wanted.
        commit: the commit of the code; empty where there is no repository.
        is_dirty: whether files differed from that commit.
        is_sweep: whether it ran one stage with several combinations of parameters.
        resumptions: who went on with it, and what they had mended by then.
    """

    run: str
    pipeline: str
    outcome: Outcome | None
    reason: str
    because: str
    actor: str
    started: datetime | None
    seconds: float | None
    commit: str
    is_dirty: bool
    is_sweep: bool
    stages: tuple[Stage, ...]
    edges: tuple[Edge, ...]
    resumptions: tuple[Resumption, ...] = ()

    def stage(self, name: str) -> Stage | None:
        """Return the entry of that name, None when there is none."""
        return next((stage for stage in self.stages if stage.name == name), None)


def run_detail(store: Store, person: Person, run: str) -> RunDetail:
    """Return a run, read from the ledger now.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such run.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    store.run(run)
    state = store.run_state(run)
    edges = _edges(store, state)
    columns = _columns(state, edges)
    rows: dict[int, int] = {}
    stages = []
    for entry in state.entries.values():
        column = columns[entry.name]
        rows[column] = row = rows.get(column, -1) + 1
        stages.append(_stage(state, entry, column, row))
    sort = {entry.stage for entry in state.entries.values()}
    return RunDetail(
        run=run,
        pipeline=state.pipeline,
        outcome=state.outcome,
        reason=state.reason,
        because=state.because,
        actor=state.actor,
        started=state.started,
        seconds=state.seconds,
        commit=str(state.git.get("commit") or ""),
        is_dirty=bool(state.git.get("dirty")),
        is_sweep=len(state.entries) > 1 and len(sort) == 1,
        stages=tuple(stages),
        edges=edges,
        resumptions=tuple(state.resumptions),
    )


def data_of(records: Mapping[str, Any]) -> tuple[Data, ...]:
    """Return what records of inputs or outputs tell of versions, by name."""
    return tuple(_data(name, record) for name, record in records.items())


def _stage(state: RunState, entry: EntryState, column: int, row: int) -> Stage:
    last = entry.attempts[-1] if entry.attempts else None
    waiting = RUNNING if last is not None and last.outcome is None and state.outcome is None else "waiting"
    if entry.outcome is None and state.outcome is not None:
        waiting = "never ran"
    return Stage(
        name=entry.name,
        stage=entry.stage,
        outcome=entry.outcome,
        state=entry.outcome.value.replace("_", " ") if entry.outcome else waiting,
        reason=entry.reason,
        seconds=entry.seconds if entry.seconds is not None else (last.seconds if last else None),
        cpu_seconds=last.cpu_seconds if last else None,
        peak_memory_bytes=last.peak_memory_bytes if last else None,
        began=last.started if last else None,
        attempts=len(entry.attempts),
        taken_from=entry.committed_by or "",
        error=last.error if last else None,
        parameters=entry.parameters,
        metrics={name: value for name, value in entry.metrics.items() if value is not None},
        inputs=data_of(entry.inputs),
        outputs=data_of(entry.outputs),
        column=column,
        row=row,
        opens=f"workbench open {state.run} {entry.name}" if entry.attempts or entry.committed_by else "",
        checkpoint=last.checkpoint if last else None,
        by_hand=entry.interactive,
        difference=last.difference if last else None,
    )


def _data(name: str, record: Mapping[str, Any]) -> Data:
    fingerprint = str(record.get("fingerprint") or record.get("digest") or "")
    version = record.get("version")
    said = f"version {version}" if version is not None else fingerprint[:_LONG]
    rows = record.get("rows")
    return Data(name, str(record.get("kind", "")), said, rows if isinstance(rows, int) else None, fingerprint)


def _edges(store: Store, state: RunState) -> tuple[Edge, ...]:
    """Return who reads whose outputs: as recorded, and as declared where nothing is recorded yet."""
    declared = store.project.config.stages
    reads, makes = {}, {}
    for entry in state.entries.values():
        config = declared.get(entry.stage)
        reads[entry.name] = set(entry.inputs) or set(config.inputs if config else ())
        makes[entry.name] = set(entry.outputs) or set(config.outputs if config else ())
    if len({entry.stage for entry in state.entries.values()}) < len(state.entries):
        return ()  # the entries of a sweep read nothing of each other's
    return tuple(
        Edge(source, target, tuple(sorted(made & reads[target])))
        for source, made in makes.items()
        for target in reads
        if source != target and made & reads[target]
    )


def _columns(state: RunState, edges: tuple[Edge, ...]) -> dict[str, int]:
    """Return how many stages come before each at most."""
    columns = dict.fromkeys(state.entries, 0)
    for _ in columns:
        changed = False
        for edge in edges:
            if columns[edge.target] <= columns[edge.source] < len(columns) - 1:
                columns[edge.target] = columns[edge.source] + 1
                changed = True
        if not changed:
            break
    return columns
