"""A run as its events tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workbench.ledger import Event
from workbench.pipeline.outcome import Outcome


@dataclass
class AttemptState:
    """One attempt of an entry; without an outcome it still runs, or its runner vanished.

    Attributes:
        given: the parameters that were injected, by name; None where an older record does not say.
        checkpoint: `name` and `run` of what it was restarted behind; None when it ran from the top.
        fingerprint: what it ran, where it did not succeed; those that did have theirs in the entry.
        difference: of a rejected one, what its candidate differs in from the champion's run.
    """

    number: int
    started: datetime
    folder: str
    outcome: Outcome | None = None
    reason: str = ""
    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_memory_bytes: int | None = None
    error: dict[str, Any] | None = None
    tracking_id: str | None = None
    given: tuple[str, ...] | None = None
    checkpoint: dict[str, Any] | None = None
    fingerprint: dict[str, Any] | None = None
    difference: dict[str, Any] | None = None


@dataclass(frozen=True)
class Resumption:
    """Somebody went on with a run.

    Attributes:
        mended: by entry, what its code had become since it failed: `reasons`, `lines`, `before`, `after`.
        kept: by entry, what had changed of stages whose results were kept all the same.
    """

    actor: str
    at: datetime
    mended: dict[str, dict[str, Any]] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"actor": self.actor, "at": self.at.isoformat(), "mended": self.mended, "kept": self.kept}


@dataclass
class EntryState:
    """One entry of a run.

    Attributes:
        fingerprint: what its committed result was made from, as `Fingerprint.to_dict` has it.
        commit: position of the commit that it was reused from; None when it was made here.
        interactive: who committed it from a session of their own; empty when a runner did.
    """

    name: str
    stage: str
    outcome: Outcome | None = None
    reason: str = ""
    seconds: float | None = None
    attempts: list[AttemptState] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    digest: str = ""
    committed_by: str | None = None
    fingerprint: dict[str, Any] | None = None
    commit: int | None = None
    interactive: str = ""

    @property
    def notebook(self) -> str | None:
        """The executed notebook of the last attempt."""
        return f"{self.attempts[-1].folder}/notebook.ipynb" if self.attempts else None

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON."""
        last = self.attempts[-1] if self.attempts else None
        return {
            "name": self.name,
            "stage": self.stage,
            "outcome": self.outcome.value if self.outcome else None,
            "running": bool(last and last.outcome is None),
            "reason": self.reason,
            "seconds": self.seconds,
            "attempts": len(self.attempts),
            "notebook": self.notebook,
            "parameters": self.parameters,
            "inputs": {name: _brief(record) for name, record in self.inputs.items()},
            "outputs": {name: _brief(record) for name, record in self.outputs.items()},
            "metrics": self.metrics,
            "error": last.error if last else None,
            "cpu_seconds": last.cpu_seconds if last else None,
            "peak_memory_bytes": last.peak_memory_bytes if last else None,
            "committed_by": self.committed_by,
            "interactive": self.interactive,
            "checkpoint": last.checkpoint if last else None,
            "difference": last.difference if last else None,
        }


@dataclass
class RunState:
    """A run, folded from its events.

    Attributes:
        because: why it was wanted; `reason` says why it ended as it did.
    """

    run: str
    pipeline: str = ""
    outcome: Outcome | None = None
    reason: str = ""
    because: str = ""
    started: datetime | None = None
    seconds: float | None = None
    actor: str = ""
    git: dict[str, Any] = field(default_factory=dict)
    request: dict[str, Any] = field(default_factory=dict)
    entries: dict[str, EntryState] = field(default_factory=dict)
    resumptions: list[Resumption] = field(default_factory=list)
    version: int = 0

    @property
    def failed_entry(self) -> EntryState | None:
        """The first entry that did not succeed by itself."""
        bad = (e for e in self.entries.values() if e.outcome and not e.outcome.is_success)
        return next((e for e in bad if e.outcome is not Outcome.SKIPPED), None)

    @property
    def metrics(self) -> dict[str, float]:
        """The metrics of all entries, as `ENTRY/NAME`; what is no number is left out."""
        every = ((e, name, value) for e in self.entries.values() for name, value in e.metrics.items())
        return {f"{e.name}/{name}": value for e, name, value in every if value is not None}

    def to_dict(self) -> dict[str, Any]:
        """Return the run as `workbench show --json` prints it."""
        return {
            "run": self.run,
            "pipeline": self.pipeline,
            "outcome": self.outcome.value if self.outcome else None,
            "reason": self.reason,
            "because": self.because,
            "started": self.started.isoformat() if self.started else None,
            "seconds": self.seconds,
            "actor": self.actor,
            "git": self.git,
            "resumed": [resumption.to_dict() for resumption in self.resumptions],
            "stages": [entry.to_dict() for entry in self.entries.values()],
        }


def fold(run: str, events: Iterable[Event]) -> RunState:
    """Return a run's state from the events of its stream, in order."""
    state = RunState(run)
    for event in events:
        _STEPS.get(event.kind, _ignore)(state, event)
        state.version = event.version
    return state


def _ignore(state: RunState, event: Event) -> None:
    """Leave what a later version may have added."""


def _started(state: RunState, event: Event) -> None:
    data = event.data
    state.pipeline, state.started, state.actor = data["pipeline"], event.at, event.actor
    state.git, state.request, state.because = data["git"], data["request"], data["reason"]
    for entry in data["entries"]:
        state.entries[entry["name"]] = EntryState(
            entry["name"], entry["stage"], parameters=entry["parameters"]
        )


def _resumed(state: RunState, event: Event) -> None:
    state.outcome, state.reason = None, ""
    data = event.data
    state.resumptions.append(
        Resumption(event.actor, event.at, data.get("mended", {}), data.get("kept_though_changed", {}))
    )
    for entry in data["entries"]:
        known = state.entries[entry["name"]]
        known.parameters = entry["parameters"]
        if known.outcome and not known.outcome.is_success:
            known.outcome, known.reason, known.seconds = None, "", None


def _attempt_started(state: RunState, event: Event) -> None:
    data = event.data
    entry = state.entries[data["entry"]]
    entry.inputs, entry.digest, entry.outcome = data["inputs"], data["fingerprint"], None
    given = data.get("given")
    entry.attempts.append(
        AttemptState(
            data["attempt"],
            event.at,
            data["folder"],
            given=None if given is None else tuple(given),
        )
    )


def _attempt_ended(state: RunState, event: Event) -> None:
    data = event.data
    entry = state.entries[data["entry"]]
    attempt = next(a for a in entry.attempts if a.number == data["attempt"])
    attempt.outcome, attempt.reason = Outcome(data["outcome"]), data["reason"]
    attempt.seconds, attempt.cpu_seconds = data["seconds"], data["cpu_seconds"]
    attempt.peak_memory_bytes, attempt.error = data["peak_memory_bytes"], data["error"]
    attempt.tracking_id = data["tracking_id"]
    attempt.fingerprint, attempt.difference = data.get("fingerprint"), data.get("difference")
    attempt.checkpoint = data.get("checkpoint")
    entry.outcome, entry.reason, entry.seconds = attempt.outcome, attempt.reason, attempt.seconds
    entry.metrics = data.get("metrics", {})


def _committed(state: RunState, event: Event) -> None:
    entry = state.entries[event.data["entry"]]
    entry.outcome, entry.outputs = Outcome.SUCCEEDED, event.data["outputs"]
    entry.metrics, entry.digest = event.data["metrics"], event.key
    entry.reason = event.data["finish"] or ""
    entry.fingerprint, entry.interactive = event.data["fingerprint"], event.data.get("interactive", "")
    entry.commit = entry.committed_by = None


def _reused(state: RunState, event: Event) -> None:
    data = event.data
    entry = state.entries[data["entry"]]
    entry.outcome, entry.outputs, entry.metrics = Outcome.REUSED, data["outputs"], data["metrics"]
    entry.digest, entry.committed_by, entry.seconds = event.key, data["committed_by"], 0.0
    entry.reason, entry.commit, entry.fingerprint = "nothing changed", data["commit"], None


def _skipped(state: RunState, event: Event) -> None:
    entry = state.entries[event.data["entry"]]
    entry.outcome, entry.reason, entry.seconds = Outcome.SKIPPED, event.data["because"], 0.0


def _ended(state: RunState, event: Event) -> None:
    data = event.data
    state.outcome, state.reason, state.seconds = Outcome(data["outcome"]), data["reason"], data["seconds"]


_STEPS = {
    "run.started": _started,
    "run.resumed": _resumed,
    "attempt.started": _attempt_started,
    "attempt.ended": _attempt_ended,
    "entry.committed": _committed,
    "entry.explored": _committed,
    "entry.reused": _reused,
    "entry.found": _reused,
    "entry.skipped": _skipped,
    "run.ended": _ended,
}


def _brief(record: dict[str, Any]) -> dict[str, Any]:
    wanted = (
        "kind",
        "name",
        "version",
        "fingerprint",
        "rows",
        "uri",
        "model",
        "flavour",
        "format",
        "interactive",
    )
    return {key: record[key] for key in wanted if record.get(key) is not None}
