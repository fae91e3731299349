"""Compiles a contract to the pandera schema that checks its rules, each named as people read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from workbench.data.contract.contract import ColumnContract, Contract
from workbench.errors import UsageError, nearest

if TYPE_CHECKING:
    import pandera.polars as pa
    import polars as pl


def compile_contract(contract: Contract, frame: pl.DataFrame, where: str) -> pa.DataFrameSchema:
    """Return the schema for a frame whose columns already have the types that the contract wants.

    Args:
        contract: what must hold.
        frame: what is to be checked; only its columns' names and types are looked at.
        where: the contract's file, for messages.

    Raises:
        UsageError: the contract names a column that is not there, or a rule is no expression.
    """
    import pandera.polars as pa

    _check_columns(contract, frame.columns, where)
    checks = [pa.Check(_row_wise(e), name=name) for name, e in _row_rules(contract, frame, where)]
    columns = {
        name: pa.Column(frame.schema[name], _checks(name, column), nullable=column.nullable)
        for name, column in contract.columns.items()
        if name in frame.columns
    }
    return pa.DataFrameSchema(columns, checks=checks)


def _check_columns(contract: Contract, known: list[str], where: str) -> None:
    missing = [n for n, column in contract.columns.items() if column.required and n not in known]
    missing += [name for name in contract.unique if name not in known]
    if missing:
        raise _unknown(missing[0], known, where, "names")
    extra = [name for name in known if name not in contract.columns]
    if extra and not contract.extra_columns:
        raise UsageError(
            f"The table has the column {extra[0]!r}, which {where} does not name.",
            hint="Add it there, drop it from the table, or say extra_columns = true.",
        )


def _checks(name: str, column: ColumnContract) -> list[pa.Check]:
    import pandera.polars as pa

    found = []
    if column.at_least is not None:
        found.append(pa.Check.ge(column.at_least, name=f"{name} >= {_text(column.at_least)}"))
    if column.at_most is not None:
        found.append(pa.Check.le(column.at_most, name=f"{name} <= {_text(column.at_most)}"))
    if column.one_of is not None:
        found.append(pa.Check.isin(list(column.one_of), name=f"{name} one of {_several(column.one_of)}"))
    if column.matches is not None:
        pattern = f"^(?:{column.matches})$"
        found.append(pa.Check.str_matches(pattern, name=f"{name} matches {column.matches}"))
    return found


def _row_rules(contract: Contract, frame: pl.DataFrame, where: str) -> Iterator[tuple[str, pl.Expr]]:
    for name, column in contract.columns.items():
        if column.unique and name in frame.columns:
            yield f"{name} is unique", _first_of([name])
    if contract.unique:
        yield f"{', '.join(contract.unique)} together are unique", _first_of(list(contract.unique))
    for name, condition in contract.rules.items():
        yield name, _expression(name, condition, frame, where)


def _first_of(names: list[str]) -> pl.Expr:
    """Return whether a row is the first with its key; rows without a whole key are not compared."""
    import polars as pl

    return pl.struct(names).is_first_distinct() | pl.any_horizontal(pl.col(names).is_null())


def _expression(name: str, condition: str, frame: pl.DataFrame, where: str) -> pl.Expr:
    import polars as pl

    try:
        expression = pl.sql_expr(condition)
    except (pl.exceptions.PolarsError, TypeError) as error:
        raise UsageError(
            f"The rule {name!r} in {where} is no condition in SQL: {_first_line(error)}.",
            hint='Write one like "arr_delay is null or dep_delay is not null".',
        ) from None
    for column in expression.meta.root_names():
        if column not in frame.columns:
            raise _unknown(column, frame.columns, where, f"asks in the rule {name!r} for")
    try:
        kind = frame.head(0).select(expression.alias("kept")).schema["kept"]
    except pl.exceptions.PolarsError as error:
        raise UsageError(
            f"The rule {name!r} in {where} cannot be applied: {_first_line(error)}.",
            hint="Compare values of one type only.",
        ) from None
    if kind != pl.Boolean:
        raise UsageError(
            f"The rule {name!r} in {where} gives {kind}, expected true or false.",
            hint="Compare something: a >= b, a is not null, a in (1, 2).",
        )
    return expression


def _row_wise(expression: pl.Expr) -> Callable[[Any], Any]:
    return lambda data: data.lazyframe.select(expression.fill_null(True))


def _unknown(column: str, known: list[str], where: str, verb: str) -> UsageError:
    close = nearest(column, known)
    hint = f"Did you mean {close!r}? " if close else ""
    return UsageError(
        f"{where} {verb} the column {column!r}, which the table does not have.",
        hint=f"{hint}Correct the contract, or the table; it has: {', '.join(known[:20])}.",
        column=column,
    )


def _several(values: tuple[Any, ...]) -> str:
    shown = ", ".join(map(_text, values[:5]))
    return f"{shown}, …" if len(values) > 5 else shown


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
