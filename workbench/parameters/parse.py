"""Reads the cell tagged `parameters`: its assignments, annotations and comments."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.errors import NotebookError, ParameterError
from workbench.notebook_file import INJECTED_PARAMETERS
from workbench.parameters.literals import value_of
from workbench.parameters.names import imported
from workbench.parameters.parameter import Parameter
from workbench.parameters.source import written
from workbench.parameters.types import annotation_of, type_of

_HIDING = ("bool", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple")


def parameters_of(cells: Sequence[Mapping[str, Any]], *, where: str) -> tuple[Parameter, ...]:
    """Return the parameters that a notebook's cells declare, in their order.

    Raises:
        NotebookError: there is no parameters cell, or more than one, or it is not Python.
        ParameterError: a parameter is declared in a way that cannot be read or contradicts itself.
    """
    number, source = _parameters_cell(cells, where)
    where = f"{where}, cell {number}"
    tree = _tree(source, where)
    bound = imported([*_earlier(cells[: number - 1]), *tree.body])
    comments = _comments(source)
    found: dict[str, Parameter] = {}
    for statement in tree.body:
        if _is_no_parameter(statement):
            continue
        line = f"{where}, line {statement.lineno}"
        parameter = _declared(statement, bound, _comment(statement, comments), line)
        if parameter.name in found:
            raise _refused(parameter.name, "is declared twice", line)
        found[parameter.name] = parameter
    return tuple(found.values())


def _parameters_cell(cells: Sequence[Mapping[str, Any]], where: str) -> tuple[int, str]:
    found = [(i, c) for i, c in enumerate(cells, start=1) if c.get("cell_type") == "code" and _tagged(c)]
    if not found:
        raise NotebookError(
            f"{where} has no code cell tagged 'parameters'.",
            hint="Tag one in JupyterLab's property inspector; it may be empty when there are none.",
            path=where,
        )
    if len(found) > 1:
        numbers = " and ".join(str(number) for number, _ in found)
        raise NotebookError(
            f"{where} has {len(found)} cells tagged 'parameters': {numbers}.", hint="Keep one.", path=where
        )
    source = found[0][1].get("source", "")
    return found[0][0], source if isinstance(source, str) else "".join(source)


def _tagged(cell: Mapping[str, Any]) -> bool:
    tags = cell.get("metadata", {}).get("tags", ())
    return "parameters" in tags and INJECTED_PARAMETERS not in tags


def _tree(source: str, where: str) -> ast.Module:
    try:
        return _parsed(source)
    except SyntaxError as error:
        reason, line = error.msg, f", line {error.lineno}" if error.lineno else ""
    except (ValueError, RecursionError, MemoryError) as error:
        reason, line = str(error) or type(error).__name__, ""
    raise NotebookError(
        f"{where}{line}: the parameters cell is not valid Python: {reason}.",
        hint="Only imports, assignments of literals and comments stand in it.",
        path=where,
    )


def _parsed(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _earlier(cells: Sequence[Mapping[str, Any]]) -> Iterator[ast.stmt]:
    for cell in cells:
        if cell.get("cell_type") == "code":
            source = cell.get("source", "")
            text = source if isinstance(source, str) else "".join(source)
            plain = "\n".join(line for line in text.splitlines() if not line.startswith(("%", "!")))
            try:
                yield from _parsed(plain).body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue


def _is_no_parameter(statement: ast.stmt) -> bool:
    text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return text or isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass)


def _declared(statement: ast.stmt, bound: Mapping[str, str], help_: str, where: str) -> Parameter:
    name, annotation, default = _parts(statement, where)
    if name in _HIDING or name.startswith("_"):
        reason = "starts with '_'" if name.startswith("_") else "hides Python's own"
        raise _refused(name, f"cannot have that name: it {reason}", where)
    try:
        value = value_of(default, bound) if default is not None else None
        if annotation is None:
            text = annotation_of(value)
            node: ast.expr = ast.parse(text, mode="eval").body
            bound = {}
        else:
            text, node = _written(annotation), annotation
        kind = type_of(node, bound)
    except ValueError as error:
        raise _refused(name, f"cannot be read: {error}", where) from None
    return _consistent(Parameter(name, text, kind, value, default is None, help_), where)


def _parts(statement: ast.stmt, where: str) -> tuple[str, ast.expr | None, ast.expr | None]:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=default):
            return name, annotation, default
        case ast.Assign(targets=[ast.Name(id=name)], value=default):
            return name, None, default
    text = ast.unparse(statement).splitlines()[0]
    raise ParameterError(
        f"{where}: expected an assignment like `name: int = 5`, but got `{text[:60]}`.",
        hint="Move other code into the next cell; write one parameter on each line.",
        name="",
        where=where,
    )


def _written(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    return ast.unparse(annotation)


def _consistent(parameter: Parameter, where: str) -> Parameter:
    try:
        adapter = parameter.adapter
        adapter.json_schema()
    except Exception as error:  # noqa: BLE001 - pydantic raises its own, re's and Python's errors here
        reason = str(error).strip().splitlines()[-1].strip()
        raise _refused(
            parameter.name, f"contradicts itself: {parameter.annotation}: {reason}", where
        ) from None
    if parameter.required:
        return parameter
    default = parameter.checked(parameter.default, where=f"{where}, default")
    if default != parameter.default and written(default) != written(parameter.default):
        # an interactive session would get what stands there
        meant = written(default).replace("_datetime.", "").replace("_decimal.", "").replace("_pathlib.", "")
        raise _refused(parameter.name, f"has a default of another type than declared; write {meant}", where)
    return replace(parameter, default=default)


def _comments(source: str) -> dict[int, str]:
    found = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = token.string.lstrip("#").strip()
    except (tokenize.TokenError, SyntaxError):
        return found
    return found


def _comment(statement: ast.stmt, comments: Mapping[int, str]) -> str:
    last = statement.end_lineno or statement.lineno
    return comments.get(last) or comments.get(statement.lineno, "")


def _refused(name: str, reason: str, where: str) -> ParameterError:
    return ParameterError(
        f"{where}: parameter {name!r} {reason}.",
        hint="A parameter is written `name: type = literal  # what it means`.",
        name=name,
        where=where,
    )
