"""Random pasts of runs: retries, reuse, skips, resumptions, open ends, and events that are not ours."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from workbench.ledger import Append, Ledger, NewEvent

STAGES = ("ingest", "features", "train")
_ENDS = ("succeeded", "failed", "killed", "timed_out")
_STRANGE: tuple[dict[str, Any], ...] = (
    {},
    {"entry": "nowhere"},
    {"entry": "train", "outcome": "splendid", "seconds": 1.0, "cpu_seconds": 1.0, "peak_memory_bytes": 1},
    {"entry": "train", "metrics": 7},
    {"entry": ["train"]},
)


class Happenings:
    """Runs that go on side by side, event by event.

    Args:
        seed: of what happens.
        strange: share of events that no workbench wrote.
    """

    def __init__(self, seed: int, strange: float = 0.0) -> None:
        self._random = random.Random(seed)
        self._seed = seed
        self._strange = strange
        self._open: dict[str, Iterator[NewEvent]] = {}
        self._count = 0

    def write(self, ledger: Ledger, events: int) -> None:
        """Append so many events, of several runs at once."""
        drawn = [self._next() for _ in range(events)]
        expected = {stream: ledger.version(stream) for stream, _ in drawn}
        appends = []
        for stream, event in drawn:
            appends.append(Append(stream, expected[stream], (event,)))
            expected[stream] += 1
        ledger.append(*appends, actor=self._random.choice(("ada@desk", "grace@desk")))

    def _next(self) -> tuple[str, NewEvent]:
        while True:
            if len(self._open) < 5:
                self._count += 1
                self._open[f"{self._seed}-{self._count:05}"] = self._run(f"{self._seed}-{self._count:05}")
            run = self._random.choice(list(self._open))
            if self._random.random() < self._strange:
                kind = self._random.choice(("run.ended", "attempt.ended", "entry.committed", "of.tomorrow"))
                return f"run/{run}", NewEvent(kind, self._random.choice(_STRANGE))
            event = next(self._open[run], None)
            if event is not None:
                return f"run/{run}", event
            del self._open[run]

    def _run(self, run: str) -> Iterator[NewEvent]:
        entries = [{"name": n, "stage": n, "parameters": self._parameters()} for n in STAGES]
        told: dict[str, Any] = {"run": run, "entries": entries, "git": {}, "request": {}}
        yield NewEvent("run.started", {**told, "pipeline": "main", "reason": "asked for"})
        for _ in range(self._random.choice((1, 1, 2))):
            well = True
            for number, stage in enumerate(STAGES):
                steps = self._stage(stage) if well else self._skipped(stage)
                for event in steps:
                    yield event
                    well = event.kind in ("entry.committed", "entry.reused")
                if not well and number == 0 and self._random.random() < 0.2:
                    return  # its runner vanished
            end = "succeeded" if well else "failed"
            seconds = self._random.choice((None, 61.5))
            yield NewEvent("run.ended", {"run": run, "outcome": end, "reason": "", "seconds": seconds})
            if well:
                return
            again = [{**entry, "parameters": self._parameters()} for entry in entries]
            yield NewEvent("run.resumed", {"run": run, "entries": again})

    def _stage(self, stage: str) -> Iterator[NewEvent]:
        about: dict[str, Any] = {"entry": stage, "outputs": {}, "metrics": self._metrics()}
        if self._random.random() < 0.2:
            yield NewEvent("entry.reused", {**about, "committed_by": "another", "commit": 1})
            return
        for attempt in (1, 2):
            begun: dict[str, Any] = {
                "entry": stage,
                "attempt": attempt,
                "inputs": {},
                "fingerprint": "f",
                "folder": "/no",
            }
            yield NewEvent("attempt.started", begun)
            end = self._random.choice(_ENDS) if self._random.random() < 0.4 else "succeeded"
            measured = self._random.choice((None, 11.25))
            ended = {"reason": "", "seconds": 3, "cpu_seconds": measured, "peak_memory_bytes": 2 * 10**8}
            rest = {"attempt": attempt, "outcome": end, "error": None, "tracking_id": None}
            yield NewEvent("attempt.ended", {**about, **ended, **rest})
            if end == "succeeded":
                yield NewEvent("entry.committed", {**about, "finish": None, "fingerprint": {}})
                return

    def _skipped(self, stage: str) -> Iterator[NewEvent]:
        yield NewEvent("entry.skipped", {"entry": stage, "because": "upstream"})

    def _metrics(self) -> dict[str, float | None]:
        return {"auc": self._random.random(), "rows": 7, "none": None} if self._random.random() < 0.7 else {}

    def _parameters(self) -> dict[str, Any]:
        values = (1, 0.5, "many", None, True, [1, "two", {"three": 3.5}], "é\x00")
        return {"trees": self._random.choice(values), "seed": self._random.randrange(2**53)}
