"""Checks one notebook: read, and run in worlds that differ in clock and chance, it shows what it needs."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol

from workbench.adopt.access import accesses
from workbench.notebook_rules import check as rules_broken
from workbench.parity.compare import Difference, compare
from workbench.parity.fault import Checked, Fault, Kind, ordered
from workbench.parity.reading import clock_calls, missing_modules, missing_names, read_faults, unpinned
from workbench.parity.reading.names import executions_gone
from workbench.parity.results import shown_text
from workbench.parity.seen import ending, seen_faults
from workbench.parity.subject import Subject
from workbench.parity.trial import Means, Trial, World, run_trial
from workbench.parity.worlds import chance_faults, clock_faults, todo_of
from workbench.pipeline.attempt import Stop

_SHIFT = 403 * 86_400.0 + 26_471.0  # seconds: another year, month, weekday and hour
_PLAIN = World(chance=1)
_AS_IT_IS = (_PLAIN, "as it is")
_ELSEWHEN = (World(chance=2, shift=_SHIFT, hashing=4_294_967), "on another day, with other chance")
_MOVED = (World(chance=1, shift=_SHIFT), "on another day only")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


class Progress(Protocol):
    """Is told how a check goes on; calls come from several threads."""

    def began(self, name: str, run: int, why: str) -> None:
        """A run of a notebook begins."""

    def cell(self, name: str, run: int, number: int, cells: int, first_line: str) -> None:
        """A cell of it begins."""

    def ended(self, checked: Checked) -> None:
        """All is known of a notebook."""


class Silent:
    """Tells nobody."""

    def began(self, name: str, run: int, why: str) -> None:
        """Say nothing."""

    def cell(self, name: str, run: int, number: int, cells: int, first_line: str) -> None:
        """Say nothing."""

    def ended(self, checked: Checked) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Verdict:
    """What a check found, and the run that others may build on.

    Attributes:
        first: the run in the plain world; None when nothing was run.
    """

    checked: Checked
    first: Trial | None = None


class Check:
    """The check of one notebook.

    Args:
        subject: the notebook.
        inputs: the records of what it reads.
        means: what its runs stand on.
        progress: is told of them.
    """

    def __init__(
        self, subject: Subject, inputs: Mapping[str, dict[str, Any]], means: Means, progress: Progress
    ) -> None:
        self._subject = subject
        self._inputs = inputs
        self._means = means
        self._progress = progress
        self._stop = Stop()
        self._numbers = itertools.count(1)
        self._runs = 0

    def once(self) -> Trial:
        """Run it once, for what it makes."""
        return self._run((_PLAIN, "others read what it makes"))[0]

    def judge(self) -> Verdict:
        """Read it, run it, and say what was found."""
        began = time.monotonic()
        modules = list(missing_modules(self._subject))
        if any("not installed" in fault.text for fault in modules):
            return self._verdict(
                [*modules, *self._unrun()], None, began, "a module that it imports is missing"
            )
        first, other = self._both()
        found = [*modules, *read_faults(self._subject), *self._names(first)]
        for trial in (first, other):
            found += seen_faults(trial, self._subject) if trial else []
        found += ending(first, self._subject)
        if other is None or not first.ran:
            found += unpinned(self._subject)
        else:
            found += self._worlds(first, other)
        return self._verdict(found, first, began, first.reason)

    def _verdict(self, found: Sequence[Fault], first: Trial | None, began: float, reason: str) -> Verdict:
        subject = self._subject
        faults = [
            replace(fault, source=subject.line(fault.cell, fault.line)) if fault.cell else fault
            for fault in found
        ]
        broken = rules_broken(subject.path) if subject.stage else []
        checked = Checked(
            notebook=subject.shown,
            stage=subject.stage.name if subject.stage else None,
            faults=ordered(faults),
            outcome=first.result.outcome.value if first else "not run",
            reason=reason,
            runs=self._runs,
            seconds=round(time.monotonic() - began, 3),
            cells=len(subject.messy.cells),
            broken=tuple(f"cell {b.cell}: {b.text}" if b.cell else b.text for b in broken),
        )
        self._progress.ended(checked)
        return Verdict(checked, first)

    def _unrun(self) -> Iterator[Fault]:
        yield from read_faults(self._subject)
        yield from missing_names(self._subject)
        yield from unpinned(self._subject)

    def _run(self, *worlds: tuple[World, str]) -> list[Trial]:
        """Run it in some worlds, side by side; Ctrl-C ends the kernels before it goes on its way."""
        with ThreadPoolExecutor(len(worlds)) as pool:
            runs = [pool.submit(self._one, world, why) for world, why in worlds]
            self._runs += len(runs)
            try:
                return [run.result() for run in runs]
            except KeyboardInterrupt:
                self._stop.request("a person stopped the check")
                raise

    def _one(self, world: World, why: str) -> Trial:
        number, name = next(self._numbers), self._subject.name
        self._progress.began(name, number, why)

        def on_cell(cell: int, cells: int, first_line: str) -> None:
            self._progress.cell(name, number, cell, cells, first_line)

        return run_trial(
            self._subject,
            world,
            self._means,
            number=number,
            inputs=self._inputs,
            on_cell=on_cell,
            stop=self._stop,
        )

    def _both(self) -> tuple[Trial, Trial | None]:
        """Run it in two worlds: side by side when each run has a folder of its own for all it writes."""
        kinds = {access.kind for access in accesses(self._subject.messy, self._subject.reader)}
        if self._subject.stage is None or kinds & {"write", "database", "folder"}:
            (first,) = self._run(_AS_IT_IS)
            return first, self._run(_ELSEWHEN)[0] if first.ran else None
        first, other = self._run(_AS_IT_IS, _ELSEWHEN)
        return first, other

    def _names(self, first: Trial) -> Iterator[Fault]:
        """Yield names that nobody makes, where the run did not come to show that they are there."""
        for fault in missing_names(self._subject):
            passed = first.ran or (first.failed_at or 0) > (fault.cell or 0)
            if not passed and fault.cell != first.failed_at:
                yield fault

    def _worlds(self, first: Trial, other: Trial) -> Iterator[Fault]:
        """Yield what differs between worlds, by what they differ in."""
        subject = self._subject
        if not other.ran:
            moved = self._run(_MOVED)[0]
            kind = Kind.SEED if moved.ran else Kind.CLOCK
            what = "with other random numbers" if moved.ran else "on another day"
            text = f"comes to an end, but not {what}: {other.reason}"
            yield Fault(kind, other.failed_at, text, todo_of(subject, kind), seen=True)
            return
        difference = compare(first, other, subject)
        yield from self._session(first, difference)
        if not difference:
            return
        moved = self._run(_MOVED)[0]
        if not moved.ran:
            return
        by_chance, by_clock = compare(moved, other, subject), compare(first, moved, subject)
        if by_clock and not moved.seen("clock") and not list(clock_calls(subject)):
            by_chance = compare(first, self._run(_AS_IT_IS)[0], subject) or by_chance  # is it the day at all?
            by_clock = Difference() if by_chance else by_clock
        if by_chance:
            yield from chance_faults(subject, by_chance)
        if by_clock:
            yield from clock_faults(subject, by_clock, by_chance, moved)

    def _session(self, first: Trial, difference: Difference) -> Iterator[Fault]:
        """Yield cells that show something else than they did in a stored session that lost executions."""
        if not executions_gone(self._subject):
            return
        for cell in self._subject.messy.code:
            stored = shown_text(cell.raw.get("outputs", []))
            now = shown_text(first.outputs.get(cell.number, []))
            if stored and cell.number not in difference.cells and _numbers(stored) != _numbers(now):
                text = f"shows {_short(now)} when run from the top, but {_short(stored)} is stored"
                todo = "A cell that is gone, or that was run twice, made the difference: put it back."
                yield Fault(Kind.STATE, cell.number, text, todo, seen=True)


def _numbers(text: str) -> list[str]:
    return [f"{float(each):.4g}" for each in _NUMBER.findall(text)]


def _short(text: str) -> str:
    return f"{text[:40]!r}" + ("…" if len(text) > 40 else "")
