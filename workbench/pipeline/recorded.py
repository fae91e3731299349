"""What a person's session has saved, recorded as a run of its own: in one write, or not at all."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench.data.place import located, portable
from workbench.errors import UsageError, WorkbenchError
from workbench.ledger import Append, NewEvent
from workbench.ledger.actor import local_actor
from workbench.pipeline.backing import Backing
from workbench.pipeline.commits import COMMITTED
from workbench.pipeline.extension import Ended
from workbench.pipeline.final import MARK, final_record
from workbench.pipeline.fingerprint import Fingerprint
from workbench.pipeline.git import git_state
from workbench.pipeline.history import fold
from workbench.pipeline.log import RunLog
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.prepare import PreparedStage
from workbench.pipeline.run_id import new_run
from workbench.pipeline.space import Space, write_whole
from workbench.pipeline.ticket import Ticket

_LOGGED = ("figures", "metrics.jsonl")


@dataclass(frozen=True)
class Recorded:
    """A session's result that is recorded.

    Attributes:
        run: the run that it is recorded as.
        as_of: the run that it was opened as of, where that broke and can be gone on with.
        outputs: the names of what became visible.
        reusable: whether a run with the same code, parameters and inputs takes it over.
        unseen: numbers of cells that were not run in this session as they are saved.
        warning: what did not reach MLflow; empty when all did.
    """

    run: str
    stage: str
    outputs: tuple[str, ...]
    reusable: bool
    unseen: tuple[int, ...] = ()
    warning: str = ""
    as_of: str = ""

    def __repr__(self) -> str:
        return "\n".join(self.words())

    def words(self) -> list[str]:
        """Return what a person has to know, a sentence a line."""
        saved = ", ".join(self.outputs) or "no output"
        lines = [f"Recorded as run {self.run}, marked interactive: {saved}"]
        if self.unseen:
            cells = ", ".join(map(str, self.unseen))
            lines.append(
                f"Cells that were not run here as they are saved, before those below them: {cells}; "
                "so no run takes this result over."
            )
        elif self.as_of:
            lines.append(f"Go on behind it: workbench resume {self.as_of}")
        lines.append("A model that comes of it is not promoted, unless workbench.toml allows it.")
        return [*lines, self.warning] if self.warning else lines

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


def record_session(
    backing: Backing, stage: PreparedStage, ticket: Ticket, *, unseen: Sequence[int], reason: str
) -> Recorded:
    """Record what lies in a session's scratch space as a committed run, marked `interactive`.

    What gates found in the session, and what was proposed there, does not count: a runner has to find it.

    Args:
        backing: the project's stores.
        stage: as it is saved now, with the session's parameters.
        ticket: the session's.
        unseen: numbers of cells that were not run in the session as they are saved; with any of them the
            result is not found again by its fingerprint.
        reason: why, for the record.

    Raises:
        UsageError: an input was never made.
        StorageError: the disk is full.
        ConflictError: others were first on the same models every time.
    """
    inputs = {name: _input(backing, name, record) for name, record in ticket.inputs.items()}
    run, actor = new_run(backing.clock.now()), local_actor()
    folder = _copied(backing, Space(ticket.folder), run, stage)
    space = Space(folder)
    saved = space.records()
    facts = {"run": run, "stage": stage.name}
    outputs = {
        name: final_record(backing, name, saved[name], space.output(name), facts=facts, by_hand=actor)
        for name in stage.config.outputs
    }
    ended = Ended(
        run=run,
        pipeline=f"stage {stage.name}",
        entry=stage.name,
        stage=stage.name,
        attempt=1,
        outcome=Outcome.SUCCEEDED,
        actor=actor,
        outputs=outputs,
        inputs=inputs,
        parameters=stage.canonical,
        metrics=space.metrics(),
    )
    told = _Told(backing, stage, ticket, ended, folder, reason or "committed from a session", tuple(unseen))
    told.write()
    return Recorded(
        run,
        stage.name,
        tuple(outputs),
        not unseen,
        tuple(unseen),
        _projected(backing),
        _broken(backing, ticket),
    )


@dataclass(frozen=True)
class _Told:
    """The events of a recorded session."""

    backing: Backing
    stage: PreparedStage
    ticket: Ticket
    ended: Ended
    folder: Path
    reason: str
    unseen: tuple[int, ...]

    def write(self) -> None:
        """Write them all in one transaction, with those of the models."""
        ended, stage = self.ended, self.stage
        print_ = stage.fingerprint(ended.inputs)
        key = "" if self.unseen else print_.digest
        events = [
            NewEvent("run.started", self._started(), ended.pipeline),
            NewEvent("attempt.started", self._attempt(print_), stage.name),
            NewEvent("attempt.ended", self._ended(), stage.name),
            NewEvent(COMMITTED, self._committed(print_), stage.name, key),
            NewEvent("run.ended", {**self._of_run(), **_END}, ended.pipeline),
        ]

        def others() -> Sequence[Append]:
            return self.backing.extension.appends(ended)

        RunLog(self.backing.ledger, ended.run, 0).write(events, others)

    def _of_run(self) -> dict[str, Any]:
        return {"run": self.ended.run}

    def _of_attempt(self) -> dict[str, Any]:
        return {**self._of_run(), "entry": self.stage.name, "stage": self.stage.name, "attempt": 1}

    def _started(self) -> dict[str, Any]:
        entry = {"name": self.stage.name, "stage": self.stage.name, "parameters": self.stage.canonical}
        return {
            **self._of_run(),
            "pipeline": self.ended.pipeline,
            "reason": self.reason,
            "request": {"single": self.stage.name},
            "entries": [entry],
            "git": git_state(self.backing.project.root),
            "executor": MARK,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "as_of": self.ticket.as_of,
        }

    def _attempt(self, print_: Fingerprint) -> dict[str, Any]:
        return {
            **self._of_attempt(),
            "fingerprint": print_.digest,
            "reasons": [self.reason],
            "inputs": dict(self.ended.inputs),
            "parameters": self.stage.canonical,
            "given": list(self.stage.given),
            "folder": str(self.folder),
        }

    def _ended(self) -> dict[str, Any]:
        return {
            **self._of_attempt(),
            **_END,
            "cpu_seconds": None,
            "peak_memory_bytes": None,
            "error": None,
            "metrics": self._metrics,
            "tracking_id": None,
        }

    def _committed(self, print_: Fingerprint) -> dict[str, Any]:
        return {
            **self._of_attempt(),
            "fingerprint": print_.to_dict(),
            "outputs": dict(self.ended.outputs),
            "metrics": self._metrics,
            "finish": None,
            "seconds": 0.0,
            "peak_memory_bytes": 0,
            "cells": [],
            "tracking_id": None,
            MARK: self.ended.actor,
            "unseen": list(self.unseen),
        }

    @property
    def _metrics(self) -> dict[str, float | None]:
        from workbench.pipeline.commit import plain_metrics

        return plain_metrics(self.ended.metrics)


_END = {"outcome": Outcome.SUCCEEDED.value, "reason": "", "seconds": None}


def _input(backing: Backing, name: str, record: Mapping[str, Any]) -> dict[str, Any]:
    if record["kind"] == "missing":
        raise UsageError(
            f"Nothing was ever committed under the input {name!r}, so what this session read is not known.",
            hint=f"Run what makes it first: workbench run --until {record['stage']}",
        )
    if record["kind"] == "source" and "files" not in record:
        from workbench.data.source import Sources

        record = located(Sources(backing.project).fetch(name), backing.project.root)
    return portable(record, backing.project.root)


def _copied(backing: Backing, scratch: Space, run: str, stage: PreparedStage) -> Path:
    """Copy what a session saved to where runs lie, with the notebook as it is saved."""
    folder = backing.project.layout.attempt(run, stage.name, 1)
    space = Space(folder).prepare()
    for name in stage.config.outputs:
        shutil.copytree(scratch.output(name), space.output(name), dirs_exist_ok=True)
        space.write_record(name, scratch.records()[name])
    for name in _LOGGED:
        place = scratch.folder / name
        if place.is_dir():
            shutil.copytree(place, folder / name, dirs_exist_ok=True)
        elif place.is_file():
            shutil.copyfile(place, folder / name)
    head = backing.ledger.head()
    stamp = {
        "run": run,
        "stage": stage.name,
        "attempt": 1,
        "parameters": stage.canonical,
        "ledger": {"position": head.position, "hash": head.hash},
        "outcome": Outcome.SUCCEEDED.value,
        "reason": "",
        MARK: local_actor(),
    }
    metadata = {**stage.document.get("metadata", {}), "workbench": stamp}
    write_whole(space.notebook, json.dumps({**stage.document, "metadata": metadata}, indent=1))
    return folder


def _broken(backing: Backing, ticket: Ticket) -> str:
    """Return the run that the session was opened as of, if that can be gone on with."""
    outcome = fold(ticket.as_of, backing.ledger.read(f"run/{ticket.as_of}")).outcome if ticket.as_of else None
    return "" if outcome is None or outcome.is_success else ticket.as_of


def _projected(backing: Backing) -> str:
    try:
        backing.extension.project()
    except WorkbenchError as error:
        return f"MLflow's registry does not show it yet: {error.message}"
    return ""
