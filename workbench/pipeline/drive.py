"""Drives one run: starts what is ready, commits what succeeded, skips what cannot be."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workbench.pipeline.backing import Backing
from workbench.pipeline.budget import Budget, Need, share, width
from workbench.pipeline.commit import Committer
from workbench.pipeline.commits import FOUND, REUSED
from workbench.pipeline.entry import Entry, RunRequest
from workbench.pipeline.executor import Executor, Handle
from workbench.pipeline.expectation import Expectation, longest_paths
from workbench.pipeline.heart import Heart
from workbench.pipeline.history import RunState
from workbench.pipeline.interruption import undisturbed
from workbench.pipeline.launch import Launch, Launched
from workbench.pipeline.log import RunLog
from workbench.pipeline.outcome import Outcome, combined
from workbench.pipeline.plan import Decision, Planner
from workbench.pipeline.progress import Progress
from workbench.pipeline.reporter import Reporter

_MOST_LOST = 3  # attempts of one entry that may lose their machine before it is given up
_LOOK = 0.5  # seconds between two looks at the lease while nothing ends


@dataclass
class Drive:
    """One run while it is being driven, in the thread that called the runner."""

    backing: Backing
    planner: Planner
    request: RunRequest
    run: str
    log: RunLog
    executor: Executor
    reporter: Reporter
    launch: Launch
    committer: Committer
    heart: Heart
    expected: Mapping[str, Expectation]
    budget: Budget
    progress: dict[str, Progress] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    _handles: dict[str, Handle] = field(default_factory=dict)
    _futures: dict[Future[Launched], tuple[Entry, Decision, dict[str, Any]]] = field(default_factory=dict)
    _ended: dict[Future[Launched], tuple[Entry, Decision, dict[str, Any]]] = field(default_factory=dict)
    _stopping: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def recall(self, state: RunState, keep: Collection[str] = ()) -> None:
        """Take over what earlier runners of this run have recorded.

        Args:
            state: the run as it is recorded.
            keep: entries that have succeeded and whose results stand, whatever has changed since.
        """
        for entry in self.request.entries:
            known = state.entries[entry.name]
            progress = Progress(attempts=max((a.number for a in known.attempts), default=0))
            self.progress[entry.name] = progress
            if entry.name in keep and known.outcome:
                progress.outcome = known.outcome
                self.records.update(known.outputs)
                self.reporter.entry_ended(entry.name, known.outcome, 0.0, "done before")

    def go(self) -> tuple[Outcome, str]:
        """Work until nothing is left to do; return the run's outcome and why."""
        with ThreadPoolExecutor(self.budget.slots, thread_name_prefix="entry") as pool:
            try:
                while self._advance(pool):
                    self.heart.check()
            except BaseException as error:
                self.reporter.warning("stopping: what still runs is being ended")
                person = isinstance(error, KeyboardInterrupt)
                self.stop("a person stopped the run" if person else "its runner had to stop")
                raise
        return self._summary()

    def stop(self, reason: str) -> None:
        """End everything that runs; it will be recorded as interrupted."""
        with self._lock:
            self._stopping = reason
            for handle in self._handles.values():
                handle.stop(reason)

    def settle(self) -> None:
        """Record the ends of what was stopped."""
        for future in [*self._ended, *self._futures]:
            self._finish(future)
        for entry in self.request.entries:
            progress = self.progress[entry.name]
            if progress.outcome is None:
                self._end(entry, Outcome.SKIPPED, self._stopping or "the run was stopped")

    def _advance(self, pool: ThreadPoolExecutor) -> bool:
        self._start_ready(pool)
        now = time.monotonic()
        waits = [p.ready_at - now for p in self.progress.values() if p.ready_at and not p.running]
        pause = max(0.0, min([_LOOK, *waits]))
        if self._futures:
            done, _ = wait(self._futures, timeout=pause, return_when=FIRST_COMPLETED)
            self._give_way(done, pool)
            for future in done:
                self._finish(future)
            return True
        if waits:
            time.sleep(pause)
            return True
        return any(p.outcome is None for p in self.progress.values())

    def _give_way(self, done: Set[Future[Launched]], pool: ThreadPoolExecutor) -> None:
        """Let what is ready take the places of attempts that have ended, before these are committed.

        Where something waits for their commits it may be more urgent, and nothing is let in before it.
        """
        ended = {self._futures[future][0].name for future in done}
        if not ended or any(ended & set(entry.after) for entry in self.request.entries):
            return
        with undisturbed():
            for future in done:
                self._ended[future] = self._futures.pop(future)
        self._start_ready(pool)

    def _start_ready(self, pool: ThreadPoolExecutor) -> None:
        changed = True
        while changed:
            changed = False
            for entry in self._by_urgency:
                changed |= self._consider(entry, pool)

    def _consider(self, entry: Entry, pool: ThreadPoolExecutor) -> bool:
        progress = self.progress[entry.name]
        if progress.outcome is not None or progress.running or progress.ready_at > time.monotonic():
            return False
        before = [self.progress[name] for name in entry.after]
        if any(p.outcome is None for p in before):
            return False
        broken = next((n for n in entry.after if not _succeeded(self.progress[n])), None)
        if broken:
            outcome = self.progress[broken].outcome
            self._end(entry, Outcome.SKIPPED, f"{broken!r} {outcome.verb if outcome else 'did not run'}")
            return True
        running = [self._needs[other.name] for other, _, _ in self._futures.values()]
        if not self.budget.admits(self._needs[entry.name], running):
            return False
        inputs = self.planner.inputs(entry.stage, self.records)
        forced = self._forced(entry, inputs)
        decision = self.planner.decide(entry.stage, inputs, force=forced, explored=entry.explore)
        if decision.reuse:
            self._reuse(entry, decision)
        else:
            self._start(entry, decision, inputs, pool)
        return True

    @cached_property
    def _by_urgency(self) -> list[Entry]:
        """The entries, those first that the longest chain of work waits for."""
        paths = longest_paths(self.request.entries, self.expected)
        return sorted(self.request.entries, key=lambda entry: -paths[entry.name])

    @cached_property
    def _needs(self) -> dict[str, Need]:
        side_by_side = width(self.request.entries)
        return {
            entry.name: Need(
                share(entry, self.budget, side_by_side),
                entry.stage.config.memory or self.expected[entry.name].memory,
            )
            for entry in self.request.entries
        }

    def _forced(self, entry: Entry, inputs: Mapping[str, Any]) -> bool:
        if not self.request.force:
            return False
        digest = entry.stage.fingerprint(inputs).digest
        commit = self.planner.commits.with_digest(entry.stage.name, digest, explored=entry.explore)
        return commit is None or commit.run != self.run  # a forced run still resumes behind its own commits

    @undisturbed()
    def _reuse(self, entry: Entry, decision: Decision) -> None:
        commit = decision.reuse
        assert commit is not None
        self.records.update(commit.outputs)
        if commit.run != self.run:
            data = {
                "entry": entry.name,
                "stage": entry.stage.name,
                "commit": commit.position,
                "committed_by": commit.run,
                "outputs": dict(commit.outputs),
                "metrics": dict(commit.metrics),
            }
            kind = FOUND if entry.explore else REUSED
            self.log.add(kind, data, subject=entry.stage.name, key=decision.fingerprint.digest)
        progress = self.progress[entry.name]
        progress.outcome = Outcome.REUSED if commit.run != self.run else Outcome.SUCCEEDED
        self.reporter.entry_ended(entry.name, progress.outcome, 0.0, "nothing changed")

    @undisturbed()
    def _start(
        self, entry: Entry, decision: Decision, inputs: dict[str, Any], pool: ThreadPoolExecutor
    ) -> None:
        progress = self.progress[entry.name]
        progress.attempts += 1
        progress.tries += 1
        progress.running = True
        number = progress.attempts
        folder = self.backing.project.layout.attempt(self.run, entry.name, number)
        data = {
            "entry": entry.name,
            "stage": entry.stage.name,
            "attempt": number,
            "fingerprint": decision.fingerprint.digest,
            "reasons": [reason.text for reason in decision.reasons],
            "inputs": inputs,
            "parameters": entry.stage.canonical,
            "given": list(entry.stage.given),
            "folder": str(folder),
        }
        self.log.add("attempt.started", data, subject=entry.stage.name)
        self.reporter.entry_started(entry.name, number, entry.stage.cells)
        future = pool.submit(self._attempt, entry, number, decision, inputs)
        self._futures[future] = (entry, decision, inputs)

    def _attempt(self, entry: Entry, number: int, decision: Decision, inputs: dict[str, Any]) -> Launched:
        spec, tracked = self.launch.prepare(entry, number, decision, inputs)
        with self._lock:
            handle = self.executor.start(spec, self.reporter)
            self._handles[entry.name] = handle
            if self._stopping:
                handle.stop(self._stopping)
        result = handle.wait()
        assert result is not None
        return Launched(spec, tracked, result)

    @undisturbed()
    def _finish(self, future: Future[Launched]) -> None:
        place = self._ended if future in self._ended else self._futures
        entry, decision, inputs = place.pop(future)
        self._handles.pop(entry.name, None)
        progress = self.progress[entry.name]
        progress.running = False
        launched = future.result()
        ending = self.committer.end(entry, progress.attempts, decision, inputs, launched)
        self.records.update(ending.outputs)
        if self._may_retry(entry, progress, ending.outcome):
            delay = self._delay(entry, progress, ending.outcome)
            progress.ready_at = time.monotonic() + delay
            self.reporter.entry_retrying(entry.name, progress.attempts + 1, delay, ending.reason)
            return
        progress.ready_at = 0.0
        progress.outcome, progress.reason = ending.outcome, ending.reason
        self.reporter.entry_ended(entry.name, ending.outcome, launched.result.seconds, ending.reason)

    def _delay(self, entry: Entry, progress: Progress, outcome: Outcome) -> float:
        if outcome is Outcome.LOST:
            return 0.0
        return entry.stage.config.retry_delay.total_seconds() * 2.0 ** (progress.tries - progress.lost - 1)

    def _may_retry(self, entry: Entry, progress: Progress, outcome: Outcome) -> bool:
        if outcome is Outcome.LOST:  # the machine's fault, not the stage's
            progress.lost += 1
            return progress.lost <= _MOST_LOST and self._stopping is None
        left = progress.tries - progress.lost <= entry.stage.config.retries
        return outcome.is_retryable and left and self._stopping is None

    @undisturbed()
    def _end(self, entry: Entry, outcome: Outcome, because: str) -> None:
        data = {"entry": entry.name, "stage": entry.stage.name, "because": because}
        self.log.add("entry.skipped", data, subject=entry.stage.name)
        self.progress[entry.name].outcome = outcome
        self.progress[entry.name].reason = because
        self.reporter.entry_ended(entry.name, outcome, 0.0, because)

    def _summary(self) -> tuple[Outcome, str]:
        outcome = combined([p.outcome for p in self.progress.values() if p.outcome])
        if outcome.is_success:
            return outcome, ""
        worst = next(name for name, p in self.progress.items() if p.outcome is outcome)
        return outcome, f"{worst}: {self.progress[worst].reason}"


def _succeeded(progress: Progress) -> bool:
    return progress.outcome is not None and progress.outcome.is_success
