"""Calls that ask what time it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
        if _reads(call, subject.messy.bound):
            text = f"`{ast.unparse(call)}` reads the clock"
            yield Fault(Kind.CLOCK, cell.number, text, todo, call.lineno)


@dataclass(frozen=True)
class Durations:
    """Where the clock is read for nothing but a duration: `time.time() - began`.

    Attributes:
        names: variables that hold the beginning or the end of one, and nothing else.
        lines: cells and lines where it is read for that.
    """

    names: frozenset[str]
    lines: frozenset[tuple[int, int]]


def durations(subject: Subject) -> Durations:
    """Return what of the clock cancels out."""
    bound = subject.messy.bound
    made: dict[str, list[tuple[int, int]]] = {}
    for cell, node in subject.messy.nodes():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if _reads(call, bound):
                made.setdefault(name, []).append((cell.number, call.lineno))
    names = set(made)
    subtracted: set[int] = set()
    lines: set[tuple[int, int]] = set()
    for cell, node in subject.messy.nodes():
        match node:
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                if _is_look(left, names, bound) and _is_look(right, names, bound):
                    subtracted |= {id(left), id(right)}
                    lines |= {
                        (cell.number, side.lineno) for side in (left, right) if isinstance(side, ast.Call)
                    }
    for _, node in subject.messy.nodes():
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in subtracted:
            names.discard(node.id)
    return Durations(frozenset(names), frozenset(lines.union(*(made[name] for name in names))))


def _is_look(node: ast.expr, names: set[str], bound: Mapping[str, str]) -> bool:
    return (isinstance(node, ast.Name) and node.id in names) or (
        isinstance(node, ast.Call) and _reads(node, bound)
    )


def _reads(call: ast.Call, bound: Mapping[str, str]) -> bool:
    full = qualified(call.func, bound) or ""
    bare = full in _WITHOUT and len(call.args) <= _WITHOUT[full] and not call.keywords
    return full in _CALLS or bare or (full in _WORDS and _says_now(call))


def _says_now(call: ast.Call) -> bool:
    match call.args:
        case [ast.Constant(value=str(text)), *_]:
            return text.lower() in ("now", "today")
    return False
