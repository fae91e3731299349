"""What `workbench check` may find wrong with a notebook, in words that are stated once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a cell depended on that a headless run does not give it."""

    STATE = "hidden-state"
    ORDER = "order"
    PATH = "absolute-path"
    INPUT = "undeclared-input"
    SEED = "unpinned-seed"
    CLOCK = "clock"
    NETWORK = "network"
    MODULE = "missing-module"
    ERROR = "error"

    @property
    def meaning(self) -> str:
        """What it means, in one sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Kind.STATE: "A name that only a cell made which is gone, or which nobody ran.",
    Kind.ORDER: "The cells work, or give what is stored, only in another order than from top to bottom.",
    Kind.PATH: "A path that is written for one machine.",
    Kind.INPUT: "A file, table or address is read that is not declared: whether it changed is not noticed.",
    Kind.SEED: "Random numbers without a seed: two runs on the same inputs differ.",
    Kind.CLOCK: "The time of day reaches what is saved: the same run tomorrow differs.",
    Kind.NETWORK: "Something beyond this machine, or another process, must answer.",
    Kind.MODULE: "A module is imported that is not installed, not declared, or lies outside of the project.",
    Kind.ERROR: "A cell raised, for a reason that is none of the others.",
}


@dataclass(frozen=True)
class Fault:
    """One thing that was found.

    Attributes:
        cell: the cell's number, counted from 1 over all cells; None when the whole notebook is meant.
        line: in the cell, counted from 1; None when it is not known.
        text: what was found.
        todo: what to do about it.
        fails: whether the check fails by it; a note is told and does not.
        seen: whether it was observed while the notebook ran, and not only read in its code.
        source: the first line of what the cell says there, to recognise it by.
    """

    kind: Kind
    cell: int | None
    text: str
    todo: str = ""
    line: int | None = None
    fails: bool = True
    seen: bool = False
    source: str = ""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        if self.cell is None:
            return "the notebook"
        return f"cell {self.cell}" + (f", line {self.line}" if self.line else "")

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "kind": self.kind.value}


SKIPPED = "skipped"


@dataclass(frozen=True)
class Checked:
    """What the check of one notebook found.

    Attributes:
        notebook: its path, relative to the project where it lies in one.
        stage: the stage's name; None for a notebook that is none.
        outcome: how its first run ended (`succeeded`, `failed`, …), `not run`, or `skipped` when what
            it reads could not be made: that is no pass.
        reason: why it ended so.
        runs: how often it was run.
        broken: the notebook rules that it breaks, as texts.
    """

    notebook: str
    stage: str | None
    faults: tuple[Fault, ...] = ()
    outcome: str = "not run"
    reason: str = ""
    runs: int = 0
    seconds: float = 0.0
    cells: int = 0
    broken: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The stage, or the notebook."""
        return self.stage or self.notebook

    @property
    def passed(self) -> bool:
        """Whether it was checked, and nothing was found by which it fails."""
        return self.outcome != SKIPPED and not any(fault.fails for fault in self.faults)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "notebook": self.notebook,
            "stage": self.stage,
            "passed": self.passed,
            "outcome": self.outcome,
            "reason": self.reason,
            "runs": self.runs,
            "seconds": self.seconds,
            "cells": self.cells,
            "faults": [fault.to_dict() for fault in self.faults],
            "rules": list(self.broken),
        }


@dataclass(frozen=True)
class Report:
    """What was checked, in order."""

    checked: tuple[Checked, ...] = field(default=())
    smoke: bool = False

    @property
    def passed(self) -> bool:
        """Whether everything passed."""
        return all(each.passed for each in self.checked)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "passed": self.passed,
            "smoke": self.smoke,
            "checked": [each.to_dict() for each in self.checked],
        }


def ordered(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return faults from the first cell to the last, each once: what was seen stands for what was read.

    An error is left out where the cell has a fault that explains it.
    """
    best: dict[tuple[Kind, int | None, int | None, str], Fault] = {}
    for fault in faults:
        key = (fault.kind, fault.cell, fault.line, fault.text if fault.kind in _MANY else "")
        known = best.get(key)
        if known is None or (fault.fails, fault.seen) > (known.fails, known.seen):
            best[key] = fault
    kept = [fault for fault in best.values() if not _is_told(fault, best.values())]
    return tuple(sorted(kept, key=lambda each: (each.cell or 0, each.line or 0, each.kind)))


_MANY = (Kind.INPUT, Kind.STATE, Kind.ORDER, Kind.ERROR)  # several of one line are told


def _is_told(fault: Fault, others: Iterable[Fault]) -> bool:
    """Return whether another fault of the same cell says what this one does, and more."""
    here = [each for each in others if each.cell == fault.cell and each is not fault and each.fails]
    if fault.kind is Kind.ERROR:
        return bool(here)
    if fault.kind is Kind.MODULE and fault.line is None:
        return any(each.kind is Kind.MODULE for each in here)
    return fault.kind is Kind.INPUT and any(
        each.kind is Kind.PATH
        and each.line == fault.line
        and each.text.split("'")[1:2]
        and each.text.split("'")[1] in fault.text
        for each in here
    )
