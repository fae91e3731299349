"""Calls that ask what time it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.parameters.names import qualified
from workbench.parity.fault import Fault, Kind
from workbench.parity.subject import Subject

_CALLS = {
    *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
    *("datetime.date.today", "time.time", "time.time_ns", "pandas.Timestamp.now", "pandas.Timestamp.today"),
    *("pandas.Timestamp.utcnow", "pendulum.now", "pendulum.today", "arrow.now", "arrow.utcnow"),
}
_WITHOUT = {"time.localtime": 0, "time.gmtime": 0, "time.ctime": 0, "time.strftime": 1}
_WORDS = {"pandas.to_datetime", "pandas.Timestamp", "numpy.datetime64"}
TODO = "Take the run's time instead: stage.now()."
TODO_FREE = "Make the day a parameter: a literal in the first cell."


def clock_calls(subject: Subject) -> Iterator[Fault]:
    """Yield calls that read the calendar; whether it reaches what is saved a run tells."""
    todo = TODO if subject.config else TODO_FREE
    for cell, call in subject.calls():
        full = qualified(call.func, subject.messy.bound) or ""
        bare = full in _WITHOUT and len(call.args) <= _WITHOUT[full] and not call.keywords
        if full in _CALLS or bare or (full in _WORDS and _says_now(call)):
            text = f"`{ast.unparse(call)}` reads the clock"
            yield Fault(Kind.CLOCK, cell.number, text, todo, call.lineno)


def _says_now(call: ast.Call) -> bool:
    match call.args:
        case [ast.Constant(value=str(text)), *_]:
            return text.lower() in ("now", "today")
    return False
