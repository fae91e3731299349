"""The seam to a tracking store: what is told of a run, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class RunInfo:
    """A run that begins, or goes on after `resume`.

    Attributes:
        run: its id; a tracking store knows at most one run of this id.
        at: project time of its start.
        parameters: what was asked for, by stage; canonical values.
        git: `{"commit": str | None, "dirty": bool | None}`.
        description: Markdown for people.
    """

    run: str
    pipeline: str
    at: datetime
    actor: str
    reason: str = ""
    executor: str = "local"
    git: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True)
class AttemptInfo:
    """An attempt whose kernel is about to start.

    Attributes:
        parent: what `start_run` returned.
        notebook: path of the stage's notebook, relative to the project.
        environment: digest of the declared environment.
        fingerprint: digest that decides whether the entry is stale.
    """

    parent: str
    run: str
    entry: str
    stage: str
    attempt: int
    at: datetime
    actor: str
    notebook: str = ""
    seed: int | None = None
    git: Mapping[str, Any] = field(default_factory=dict)
    environment: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class TrackedAttempt:
    """An attempt as the store knows it.

    Attributes:
        id: the store's own id; empty when the store could not be reached.
        variables: environment variables that make code in the kernel log into this attempt.
    """

    id: str
    at: datetime
    variables: Mapping[str, str] = field(default_factory=dict)

    def env(self) -> dict[str, str]:
        """Return what must be added to the kernel's environment."""
        return dict(self.variables)


@dataclass(frozen=True)
class AttemptReport:
    """What became of an attempt, told once, when its kernel is gone.

    Attributes:
        outcome: the word of the outcome.
        parameters: resolved and canonical; secrets by reference.
        metrics: every logged value in order: `{"name", "value", "step", "at"}`, step and at optional.
        inputs: record of each input that was read, by name.
        outputs: record of each output that was saved, by name.
        folder: the attempt's space; its executed notebook and `figures/` are kept with the run.
        head: the ledger's last event when this was told, as `POSITION:HASH`.
    """

    outcome: str
    reason: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    error: Mapping[str, Any] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Sequence[Mapping[str, Any]] = ()
    inputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    folder: Path | None = None
    head: str = ""


class Tracker(Protocol):
    """Shows runs to people; nothing is ever decided by what it holds.

    The contract: `start_run` with a run's id that is already known returns the same tracking id again
    and shows the run as going on. Everything may be called from several threads at once. Whatever the
    store refuses after retries is a TrackingError, and leaves nothing to undo.
    """

    def start_run(self, run: RunInfo) -> str:
        """Show that a run goes on; return its tracking id, the parent of its attempts."""

    def start_attempt(self, attempt: AttemptInfo) -> TrackedAttempt:
        """Show that an attempt begins."""

    def end_attempt(self, tracked: TrackedAttempt, report: AttemptReport) -> None:
        """Show what became of an attempt, with everything that is known of it."""

    def end_run(
        self,
        tracking_id: str,
        outcome: str,
        summary: str = "",
        *,
        head: str = "",
        metrics: Mapping[str, float] = NONE,
    ) -> None:
        """Show how a run ended.

        Args:
            tracking_id: what `start_run` returned.
            outcome: the word of the outcome.
            summary: Markdown for people.
            head: as in a report.
            metrics: of its entries, as `ENTRY/NAME`, so that runs can be compared.
        """
