"""What is expected of a run's entries, from what their stages took when they were last made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.pipeline.commits import Commits
from workbench.pipeline.entry import Entry

_UNKNOWN = 10.0  # seconds that a stage which was never made counts for, when it is put in order


@dataclass(frozen=True)
class Expectation:
    """What an entry will probably take.

    Attributes:
        seconds: None when its stage was never made.
        memory: bytes at the peak, 0 when unknown.
        cells: seconds of each cell, by its number counted from 1 over all cells.
    """

    seconds: float | None = None
    memory: int = 0
    cells: tuple[tuple[int, float], ...] = ()

    def left(self, cell: int, elapsed: float) -> float | None:
        """Return the seconds still to come when `cell` is at work after `elapsed` seconds in all."""
        if self.seconds is None:
            return None
        ahead = sum(seconds for number, seconds in self.cells if number > cell)
        return ahead if elapsed > self.seconds else max(ahead, self.seconds - elapsed)


def expect(commits: Commits, entries: Sequence[Entry]) -> dict[str, Expectation]:
    """Return what is expected of each entry; each stage is looked up once."""
    by_stage: dict[str, Expectation] = {}
    for entry in entries:
        stage = entry.stage.name
        if stage not in by_stage:
            last = commits.latest(stage)
            known = Expectation(last.seconds, last.peak_memory_bytes, last.cells) if last else Expectation()
            by_stage[stage] = known
    return {entry.name: by_stage[entry.stage.name] for entry in entries}


def longest_paths(entries: Sequence[Entry], expected: Mapping[str, Expectation]) -> dict[str, float]:
    """Return for each entry the seconds from its start to the end of the longest chain behind it."""
    longest: dict[str, float] = {}
    for entry in reversed(entries):
        behind = [longest[other.name] for other in entries if entry.name in other.after]
        own = expected[entry.name].seconds
        longest[entry.name] = (_UNKNOWN if own is None else own) + max(behind, default=0.0)
    return longest
