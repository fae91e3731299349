"""What a name in a notebook's code stands for, by its import statements or by custom."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

OWN = "workbench.parameters"
_TYPING = ("Annotated", "Any", "Dict", "FrozenSet", "List", "Literal", "Optional", "Set", "Tuple", "Union")
CONSTRAINTS = ("Ge", "Gt", "Interval", "Le", "Len", "Lt", "MaxLen", "MinLen", "MultipleOf")
_USUAL = {
    **{name: f"datetime.{name}" for name in ("UTC", "date", "datetime", "time", "timedelta", "timezone")},
    **{name: f"typing.{name}" for name in _TYPING},
    **{name: f"annotated_types.{name}" for name in CONSTRAINTS},
    "Path": "pathlib.Path",
    "Decimal": "decimal.Decimal",
    "Field": "pydantic.Field",
    "Secret": f"{OWN}.Secret",
}
_MODULES = ("datetime", "typing", "pathlib", "decimal", "annotated_types", "pydantic", OWN)
_SAME = {
    **{f"{OWN}.{name}": f"annotated_types.{name}" for name in CONSTRAINTS},
    **{f"typing_extensions.{name}": f"typing.{name}" for name in _TYPING},
    f"{OWN}.Field": "pydantic.Field",
    f"{OWN}.secret.Secret": f"{OWN}.Secret",
    "pydantic.fields.Field": "pydantic.Field",
}


def imported(statements: Iterable[ast.stmt]) -> dict[str, str]:
    """Return what import statements bind: `{"dt": "datetime", "day": "datetime.date"}`."""
    bound: dict[str, str] = {}
    for statement in statements:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                first = alias.name.split(".")[0]
                bound[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            for alias in statement.names:
                bound[alias.asname or alias.name] = f"{statement.module}.{alias.name}"
    return bound


def qualified(node: ast.expr, bound: Mapping[str, str]) -> str | None:
    """Return the full name that a name or attribute stands for, None when it is neither.

    A name that nothing imports stands for what it usually does: a cell may rely on an earlier one.
    """
    text = _dotted(node)
    if text is None:
        return None
    first, dot, rest = text.partition(".")
    if first in bound:
        text = bound[first] + dot + rest
    elif text.rpartition(".")[0] not in _MODULES:
        text = _USUAL.get(first, first) + dot + rest
    return _SAME.get(text, text)


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else None
    return None
