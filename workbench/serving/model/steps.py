"""What is done with a version aside, step by step: read, verify, load, golden."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.project import Project
    from workbench.registry.version import Version

READ, VERIFY, LOAD, GOLDEN, READY = STEPS = ("read", "verify", "load", "golden", "ready")
"""`read` is of the project and the ledger: where it fails, nothing is said of the version."""

Say = Callable[[str, str], None]
"""Tells a step that begins, with an empty sentence, or one that failed and why."""


def attempt(root: str, model: str, number: int, say: Say) -> None:
    """Take a version through all steps; what fails is told, and ends it."""
    step = READ
    say(step, "")
    try:
        project, version = _read(root, model, number)
        say(step := VERIFY, "")
        _verify(project, version)
        say(step := LOAD, "")
        from workbench.serving.model.load import load_served

        served = load_served(version, project)
        say(step := GOLDEN, "")
        from workbench.serving.model.golden import check_golden

        check_golden(served)
        say(READY, "")
    except BaseException as error:  # noqa: BLE001 - a model's own code may raise anything, SystemExit too
        say(step, sentence(error))


def sentence(error: BaseException) -> str:
    """Return an error in one line, its hint behind."""
    if isinstance(error, MemoryError):
        return "There is not enough memory for it."
    said = " ".join(str(error).split())
    known = type(error).__module__.startswith("workbench.")
    return said if known and said else f"{type(error).__name__}: {said}".rstrip(": ")


def main(arguments: list[str]) -> None:
    """Try the version that the command line names; tell its steps on standard output."""
    line = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no step
    root, model, number = arguments
    attempt(root, model, int(number), saying(line))


def saying(line: int) -> Say:
    """Return what writes steps into a pipe, one line each."""
    import json

    def say(step: str, why: str) -> None:
        os.write(line, json.dumps([step, why]).encode() + b"\n")

    return say


def _read(root: str, model: str, number: int) -> tuple[Project, Version]:
    from workbench.clock import system_clock
    from workbench.ledger import open_ledger
    from workbench.project import load_project
    from workbench.registry.model import read_model

    project = load_project(Path(root))
    project.model(model)
    ledger = open_ledger(project.layout.ledger_url, system_clock())
    try:
        return project, read_model(ledger, model).find(number)
    finally:
        ledger.close()


def _verify(project: Project, version: Version) -> None:
    from workbench.data.place import located
    from workbench.tracking.model_store import verify_model

    record: dict[str, Any] = located(version.record(), project.root)
    verify_model(record, Path(record["uri"]))
