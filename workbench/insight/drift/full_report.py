"""Evidently's full report of a window: made when somebody asks for it, by a process aside."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import StorageError, UnknownNameError, WorkbenchError
from workbench.insight.drift.looked import window_at
from workbench.monitoring.evidently_report import Wanted
from workbench.monitoring.finding import DRIFT
from workbench.monitoring.page import furthest

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.insight.windows import WindowBrief
    from workbench.project import Project

_WRITE = "workbench.monitoring.evidently_report:write_report"
_NICE = 5
_FILE = "evidently.html"


class ReportState(StrEnum):
    """Whether a report is there."""

    NONE = "none"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class FullReport:
    """Evidently's report of a window.

    Attributes:
        state: see there.
        why: it could not be made, and what to do about it; empty otherwise.
        size: bytes, once it is there.
    """

    state: ReportState
    why: str = ""
    size: int = 0


def full_report(store: Store, person: Person, model: str, window: int) -> FullReport:
    """Return whether the full report of a window is there.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or window.
    """
    person.require("view")
    path = _place(store.project, window_at(store, model, window))
    with _lock:
        if path in _making:
            return FullReport(ReportState.MAKING)
        why = _failed.get(path, "")
    if path.is_file():
        return FullReport(ReportState.READY, size=path.stat().st_size)
    return FullReport(ReportState.FAILED, why) if why else FullReport(ReportState.NONE)


def make_full_report(store: Store, person: Person, model: str, window: int) -> FullReport:
    """Let the full report of a window be made in the background, unless it is there or is being made.

    Whoever may look may ask for it: it takes seconds of a process aside, one report at a time.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or window.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    brief = window_at(store, model, window)
    path = _place(store.project, brief)
    report = store.report(brief)
    first = tuple(check.name for check in furthest(report.of(DRIFT)))
    root = store.project.root
    wanted = Wanted(root, model, brief.since, brief.until, report.reference, path, first)
    with _lock:
        if path in _making or path.is_file():
            return FullReport(ReportState.MAKING if path in _making else ReportState.READY)
        _making.add(path)
        _failed.pop(path, None)
    threading.Thread(target=_make, args=(store.project, wanted), name="evidently", daemon=True).start()
    return FullReport(ReportState.MAKING)


def read_full_report(store: Store, person: Person, model: str, window: int) -> str:
    """Return the HTML of the full report of a window. It has scripts: show it in a sandboxed frame alone.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or window, or its report was not made yet.
        StorageError: it cannot be read.
    """
    person.require("view")
    path = _place(store.project, window_at(store, model, window))
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UnknownNameError("report", str(window), hint="Ask for it first.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"The report cannot be read: {error}.", hint="", store=str(path)) from error


def _place(project: Project, window: WindowBrief) -> Path:
    """Return where a report is or would be: beside the run that looked at the window."""
    runs = project.layout.runs
    path = runs / window.run / _FILE
    if path.parent.parent != runs or window.run in ("", ".", ".."):
        raise UnknownNameError("run", window.run, hint="The ledger names none that has a place of its own.")
    return path


def _make(project: Project, wanted: Wanted) -> None:
    from workbench.kernels.aside import Aside
    from workbench.kernels.settings import settings_of

    aside = Aside(lambda: settings_of(project) if project.config.runner.warm else None)
    why = ""
    try:
        with _one_at_a_time:
            wanted.path.parent.mkdir(parents=True, exist_ok=True)
            aside.call("os:nice", _NICE)
            aside.call(_WRITE, wanted)
    except WorkbenchError as error:
        why = f"{error.message} {error.hint}".strip()
    except Exception as error:  # noqa: BLE001 - whatever it is, the page says so
        why = f"{type(error).__name__}: {error}"
    finally:
        aside.close()
        with _lock:
            _making.discard(wanted.path)
            if why:
                _failed[wanted.path] = why


_lock = threading.Lock()
_one_at_a_time = threading.Lock()
_making: set[Path] = set()
_failed: dict[Path, str] = {}
