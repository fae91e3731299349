"""Ends an attempt in the ledger: one write makes all its outputs visible, or none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from workbench.errors import RejectedError, WorkbenchError
from workbench.ledger import Append, NewEvent
from workbench.pipeline.backing import Backing
from workbench.pipeline.commits import COMMITTED, EXPLORED
from workbench.pipeline.entry import Entry
from workbench.pipeline.extension import Ended
from workbench.pipeline.final import final_record, hand_in
from workbench.pipeline.launch import Launch, Launched
from workbench.pipeline.log import RunLog
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.plan import Decision
from workbench.pipeline.reporter import Reporter
from workbench.pipeline.space import Space

_RENDER = "workbench.pipeline.page:render_page"

Outputs = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Ending:
    """An attempt that has ended, and what is to be written of it."""

    entry: Entry
    attempt: int
    decision: Decision
    inputs: Mapping[str, dict[str, Any]]
    launched: Launched
    outcome: Outcome
    reason: str
    outputs: Outputs

    @property
    def common(self) -> dict[str, Any]:
        """The fields that each of its events has."""
        return {
            "run": self.launched.spec.ticket.run,
            "entry": self.entry.name,
            "stage": self.entry.stage.name,
            "attempt": self.attempt,
        }

    def told(self) -> Ended | None:
        """Return what the layers above are told: nothing of what failed or was explored."""
        if self.entry.explore or self.outcome not in (Outcome.SUCCEEDED, Outcome.REJECTED):
            return None
        ticket, result = self.launched.spec.ticket, self.launched.result
        return Ended(
            run=ticket.run,
            pipeline=ticket.pipeline,
            entry=self.entry.name,
            stage=self.entry.stage.name,
            attempt=self.attempt,
            outcome=self.outcome,
            actor=ticket.actor,
            outputs=self.outputs,
            inputs=self.inputs,
            parameters=self.entry.stage.canonical,
            metrics=result.metrics,
            requests=result.requests,
            tracking_id=self.launched.tracking_id,
        )


class Committer:
    """Turns what an attempt left in its space into events, and hands copies to tracking."""

    def __init__(self, backing: Backing, log: RunLog, reporter: Reporter, launch: Launch) -> None:
        self._backing = backing
        self._log = log
        self._reporter = reporter
        self._launch = launch
        self._after = ThreadPoolExecutor(1, thread_name_prefix="after")
        self.projects = False

    def end(
        self,
        entry: Entry,
        attempt: int,
        decision: Decision,
        inputs: Mapping[str, dict[str, Any]],
        launched: Launched,
    ) -> Ending:
        """Write an attempt's end; return its outcome, the reason, and the records now visible."""
        result = launched.result
        ending = Ending(entry, attempt, decision, inputs, launched, result.outcome, result.reason, {})
        if ending.outcome is Outcome.SUCCEEDED:
            try:
                ending = replace(ending, outputs=self._finalise(ending))
            except WorkbenchError as error:
                ending = replace(ending, outcome=Outcome.FAILED, reason=error.message)
        try:
            self._write(ending)
        except RejectedError as error:  # its evidence is kept, its outputs are not
            ending = replace(ending, outcome=Outcome.REJECTED, reason=error.message, outputs={})
            self._write(ending)
        self._after.submit(self._publish, ending)
        return ending

    def close(self) -> None:
        """Wait until everything is handed to tracking."""
        self._after.shutdown(wait=True)

    def _finalise(self, ending: Ending) -> Outputs:
        space = Space(ending.launched.spec.ticket.folder)
        return {
            name: self._final(ending, name, ending.launched.result.records.get(name), space)
            for name in ending.entry.stage.config.outputs
        }

    def _final(
        self, ending: Ending, name: str, record: dict[str, Any] | None, space: Space
    ) -> dict[str, Any]:
        explore = ending.entry.explore
        if record is None:
            current = None if explore else self._backing.catalog.current(name)
            if current is None:
                raise WorkbenchError(f"finished early, but {name!r} was never committed before")
            return dict(current)
        return final_record(
            self._backing,
            name,
            record,
            space.output(name),
            facts={"run": ending.common["run"], "stage": ending.common["stage"]},
            explore=explore,
            by_hand=hand_in(ending.inputs.values()),
        )

    def _write(self, ending: Ending) -> None:
        result, stage = ending.launched.result, ending.entry.stage.name
        data = {
            **ending.common,
            "outcome": ending.outcome.value,
            "reason": ending.reason,
            "seconds": result.seconds,
            "cpu_seconds": result.cpu_seconds,
            "peak_memory_bytes": result.peak_memory_bytes,
            "error": result.error,
            "metrics": plain_metrics(result.metrics),
            "tracking_id": ending.launched.tracking_id,
        }
        if ending.launched.spec.ticket.behind:
            data["checkpoint"] = ending.launched.spec.ticket.behind
        if ending.outcome is not Outcome.SUCCEEDED:
            data["fingerprint"] = ending.decision.fingerprint.to_dict()
        told = ending.told()
        if told and ending.outcome is Outcome.REJECTED:
            data["difference"] = dict(self._backing.extension.compared(told))
        events = [NewEvent("attempt.ended", data, stage)]
        if ending.outcome is Outcome.SUCCEEDED:
            events.append(self._committed(ending))

        def others() -> Sequence[Append]:
            appends = self._backing.extension.appends(told) if told else ()
            self.projects = self.projects or bool(appends)
            return appends

        self._log.write(events, others)

    def _committed(self, ending: Ending) -> NewEvent:
        stage, result = ending.entry.stage, ending.launched.result
        moved = stage.modules_now() != stage.modules or stage.files_now() != stage.files
        if moved:
            text = f"{ending.entry.name}: a module or file changed meanwhile: its result will not be reused"
            self._reporter.warning(text)
        data = {
            **ending.common,
            "fingerprint": ending.decision.fingerprint.to_dict(),
            "outputs": ending.outputs,
            "metrics": plain_metrics(result.metrics),
            "finish": result.finish,
            "seconds": result.seconds,
            "peak_memory_bytes": result.peak_memory_bytes,
            "cells": [list(cell) for cell in result.cells],
            "tracking_id": ending.launched.tracking_id,
        }
        key = "" if moved else ending.decision.fingerprint.digest
        return NewEvent(EXPLORED if ending.entry.explore else COMMITTED, data, stage.name, key)

    def _publish(self, ending: Ending) -> None:
        space = Space(ending.launched.spec.ticket.folder)
        try:
            if self._backing.project.config.runner.html and space.notebook.exists():
                self._backing.aside.call(_RENDER, space.notebook, space.html)
            self._launch.track_end(ending.launched, ending.outcome, ending.reason)
        except Exception as error:  # noqa: BLE001 - the run's truth is written; a copy that fails is told
            self._reporter.warning(f"{ending.entry.name}: not everything reached tracking: {error}")


def plain_metrics(metrics: Mapping[str, float]) -> dict[str, float | None]:
    """Return metrics as JSON: what is no number is None, and never passes a gate."""
    return {name: value if math.isfinite(value) else None for name, value in metrics.items()}
