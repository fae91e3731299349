"""Finds the checkpoints of a notebook, and what has to be run all the same to go on behind each."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from workbench.pipeline.checkpoint.constant import is_constant
from workbench.pipeline.checkpoint.names import binds, needed, reads
from workbench.pipeline.code import cell_source, parse, split_cell_magic

_METHOD = "checkpoint"
_KNOWN = frozenset({*dir(builtins), "__magic__", "get_ipython", "display", "In", "Out", "_", "__"})
_ALWAYS, _IF_NEEDED, _NEVER = "always", "if needed", "never"


@dataclass(frozen=True)
class Checkpoint:
    """A `stage.checkpoint("NAME", …)` that stands by itself at the top level of a cell.

    Attributes:
        cell: index of its cell among those given, from 0.
        variable: what the notebook calls its stage.
        kept: the names whose values it keeps.
        above: the code up to it, itself included, without formatting and comments; a text for each cell.
        reads: the names that this code reads.
        prelude: the statements that are run before the values are put in place: imports, definitions,
            constants.
        rest: what follows it in its own cell.
        problem: why the notebook cannot be restarted behind it; empty when it can.
    """

    name: str
    cell: int
    variable: str
    kept: tuple[str, ...]
    above: tuple[str, ...]
    reads: frozenset[str]
    prelude: tuple[str, ...]
    rest: str
    problem: str = ""


@dataclass
class _Statement:
    """A statement at the top level of a cell."""

    cell: int
    node: ast.stmt
    when: str = field(init=False)
    reads: set[str] = field(init=False)
    binds: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.when = _when(self.node)
        self.reads, self.binds = reads(self.node), binds(self.node)


def find_checkpoints(cells: Sequence[Mapping[str, Any]], parameters: Sequence[str]) -> tuple[Checkpoint, ...]:
    """Return the checkpoints of a notebook from top to bottom.

    Nothing is run: what the cells below read is compared with what is kept, imported, defined, or constant.

    Args:
        cells: nbformat-4 cells, without injected ones.
        parameters: the names that the cell tagged `parameters` binds; that cell is always run.
    """
    if not any(f".{_METHOD}(" in cell_source(cell) for cell in cells):
        return ()
    statements: list[_Statement] = []
    unread: int | None = None
    for number, cell in enumerate(cells):
        tags = cell.get("metadata", {}).get("tags", ())
        if cell.get("cell_type") != "code" or "parameters" in tags or "skip-execution" in tags:
            continue
        tree = parse(split_cell_magic(cell_source(cell))[1])
        if tree is None:
            unread = number if unread is None else unread
            continue
        statements += [_Statement(number, node) for node in tree.body]
    found = []
    for place, statement in enumerate(statements):
        called = _called(statement.node)
        if called:
            found.append(_checkpoint(called, statements, place, set(parameters), unread))
    return tuple(found)


def _checkpoint(
    call: ast.Call, statements: list[_Statement], place: int, parameters: set[str], unread: int | None
) -> Checkpoint:
    above, below = statements[: place + 1], statements[place + 1 :]
    cell = statements[place].cell
    kept = tuple(keyword.arg for keyword in call.keywords if keyword.arg)
    prelude, missing = _prelude(above[:-1], below, kept, parameters | _KNOWN)
    problem = ""
    if unread is not None:
        problem = f"cell {unread + 1} is no Python that can be read"
    elif len({*_spelled(statements)}) < len([*_spelled(statements)]):
        problem = "two checkpoints have the same name"
    elif missing:
        names = ", ".join(f"{name}={name}" for name in sorted(missing))
        problem = f"cells below it use what it does not keep; add {names}"
    return Checkpoint(
        name=call.args[0].value,  # type: ignore[attr-defined] # a text, as `_called` has seen
        cell=cell,
        variable=call.func.value.id,  # type: ignore[attr-defined] # a name, likewise
        kept=kept,
        above=tuple(_by_cell(above)),
        reads=frozenset(name for statement in above for name in statement.reads),
        prelude=tuple(_source(statement.node) for statement in prelude),
        rest="\n".join(_source(statement.node) for statement in below if statement.cell == cell),
        problem=problem,
    )


def _prelude(
    above: list[_Statement], below: list[_Statement], kept: Collection[str], known: Set[str]
) -> tuple[list[_Statement], set[str]]:
    """Return the statements to run before going on, and the names that are missing even then.

    Args:
        above: what stands above the checkpoint.
        below: what stands below it.
        kept: names whose values are put in place.
        known: names that are there anyway, unless something above gives them another value.
    """
    pending = needed([statement.node for statement in below])
    chosen = [statement for statement in above if statement.when == _ALWAYS]
    for statement in chosen:
        pending |= statement.reads - statement.binds
    missing: set[str] = set()
    done: set[str] = set()
    while pending - done:
        name = (pending - done).pop()
        done.add(name)
        makers = [statement for statement in above if name in statement.binds]
        if name in kept or (not makers and name in known):
            continue
        nodes = [maker.node for maker in makers]
        if any(m.when == _NEVER for m in makers) or not is_constant(name, nodes, [s.node for s in above]):
            missing.add(name)
            continue
        for maker in [m for m in makers if m not in chosen]:
            chosen.append(maker)
            pending |= maker.reads - maker.binds
    return [statement for statement in above if statement in chosen], missing


def _when(node: ast.stmt) -> str:
    """Return whether a statement above a checkpoint is run when the notebook goes on behind it."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return _ALWAYS
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return _IF_NEEDED
        case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(target=ast.Name(), value=value):
            if value is not None and _is_literal(value):
                return _IF_NEEDED
            return _ALWAYS if is_stage(value) else _NEVER
        case ast.Expr(value=ast.Call() as call):
            said = ast.unparse(call.func)
            return _ALWAYS if said.startswith("sys.path.") or _is_setting(call) else _NEVER
    return _NEVER


def _is_setting(call: ast.Call) -> bool:
    """Whether a call is a line magic; those that run something of their own are not."""
    text = _magic(call)
    return text.startswith("%") and text.split()[0] not in ("%run", "%time", "%timeit", "%prun", "%pip")


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def is_stage(value: ast.expr | None) -> bool:
    """Whether an expression is `wb.stage("…")`."""
    if not isinstance(value, ast.Call):
        return False
    name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    return name == "stage" and bool(value.args) and isinstance(value.args[0], ast.Constant)


def _called(node: ast.stmt) -> ast.Call | None:
    """Return the call when a statement is a checkpoint of a literal name."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return None
    call = node.value
    own = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    own = own and call.func.attr == _METHOD  # type: ignore[attr-defined]
    named = len(call.args) == 1 and isinstance(call.args[0], ast.Constant)
    if not own or not named or not isinstance(call.args[0].value, str):  # type: ignore[attr-defined]
        return None
    return call if all(keyword.arg for keyword in call.keywords) else None


def _spelled(statements: list[_Statement]) -> Iterator[str]:
    for statement in statements:
        call = _called(statement.node)
        if call:
            yield call.args[0].value  # type: ignore[attr-defined]


def _by_cell(statements: list[_Statement]) -> Iterator[str]:
    for cell in dict.fromkeys(statement.cell for statement in statements):
        yield "\n".join(ast.unparse(s.node) for s in statements if s.cell == cell)


def _magic(call: ast.Call) -> str:
    own = isinstance(call.func, ast.Name) and call.func.id == "__magic__"
    return str(call.args[0].value) if own else ""  # type: ignore[attr-defined]


def _source(node: ast.stmt) -> str:
    """Return a statement as code that a cell can run; magics as they were typed."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and (text := _magic(node.value)):
        return text
    return ast.unparse(node)
