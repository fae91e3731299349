"""Holds a table to its contract: the rows that keep it go on, the others are set aside, each with why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.data.column_type import parse_type
from workbench.data.contract.compile import compile_contract
from workbench.data.contract.contract import Contract
from workbench.data.frame import to_arrow
from workbench.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

RULE = "_rule"
_MASKED = {"DATAFRAME_CHECK", "SERIES_CONTAINS_NULLS"}


@dataclass(frozen=True)
class Held:
    """A table that was held to a contract.

    Attributes:
        name: the contract's.
        clean: the rows that keep it, in their order, with the contract's types.
        quarantine: the rows that break it, as they came, with the rules that they break in `_rule`.
        broken: rows that break each rule, the most broken first.
    """

    name: str
    contract: Contract
    clean: pa.Table
    quarantine: pa.Table
    broken: dict[str, int]

    @property
    def rows(self) -> int:
        """How many rows there were."""
        return int(self.clean.num_rows + self.quarantine.num_rows)

    @property
    def share(self) -> float:
        """The share of rows that break the contract; 0 of no rows."""
        return self.quarantine.num_rows / self.rows if self.rows else 0.0

    @property
    def refusal(self) -> str:
        """Why the whole table is refused, in one line; empty when it is not."""
        if self.rows < self.contract.min_rows:
            return f"{self.name} has {self.rows:,} rows, expected at least {self.contract.min_rows:,}"
        if self.share <= self.contract.quarantine_limit:
            return ""
        worst = "; ".join(f"{rule} ({count:,})" for rule, count in list(self.broken.items())[:3])
        return (
            f"{self.quarantine.num_rows:,} of {self.rows:,} rows of {self.name} ({self.share:.2%}) break its "
            f"contract, and {self.contract.quarantine_limit:.2%} may: {worst}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as plain JSON."""
        return {
            "contract": self.name,
            "rows": self.rows,
            "quarantined": self.quarantine.num_rows,
            "share": self.share,
            "limit": self.contract.quarantine_limit,
            "min_rows": self.contract.min_rows,
            "refused": bool(self.refusal),
            "rules": [{"rule": rule, "rows": count} for rule, count in self.broken.items()],
        }


def hold(table: Any, contract: Contract, name: str, where: str = "") -> Held:
    """Hold a table to a contract.

    Args:
        table: whatever `to_arrow` takes.
        contract: what must hold.
        name: what the contract is called.
        where: its file, for messages.

    Raises:
        UsageError: the contract does not fit the table: a column is not there, a rule cannot be applied.
    """
    import polars as pl

    frame = pl.DataFrame(to_arrow(table))
    where = where or f"Contract {name!r}"
    if RULE in frame.columns:
        raise UsageError(
            f"The table has a column {RULE!r}, which is where the broken rules go.",
            hint="Rename that column.",
        )
    typed, kept = _typed(frame, contract, where)
    kept += [(rule, _excused(rule, mask, frame)) for rule, mask in _checked(typed, contract, where)]
    rules = pl.concat_str(
        [pl.when(~mask).then(pl.lit(rule)) for rule, mask in kept], separator="; ", ignore_nulls=True
    )
    told = (
        frame.select(rules.alias(RULE)).to_series() if kept else pl.Series(RULE, [""] * len(frame), pl.String)
    )
    fine = told == ""
    counts = {rule: int((~mask).sum()) for rule, mask in kept}
    return Held(
        name=name,
        contract=contract,
        clean=to_arrow(typed.filter(fine)),
        quarantine=to_arrow(frame.with_columns(told).filter(~fine)),
        broken=dict(sorted(counts.items(), key=lambda item: -item[1])),
    )


def _typed(
    frame: pl.DataFrame, contract: Contract, where: str
) -> tuple[pl.DataFrame, list[tuple[str, pl.Series]]]:
    """Turn columns into the types wanted; a value that cannot be turned breaks a rule of its row."""
    kept: list[tuple[str, pl.Series]] = []
    for name, column in contract.columns.items():
        if column.type is None or name not in frame.columns:
            continue
        wanted = _polars_type(column.type, f"{where}: columns.{name}.type")
        before = frame[name]
        if before.dtype != wanted:
            after = _cast(before, wanted)
            mask = after.is_not_null() | before.is_null()
            frame = frame.with_columns(after.alias(name))
            if not mask.all():
                kept.append((f"{name} is {column.type}", mask))
    return frame, kept


def _cast(column: pl.Series, wanted: Any) -> pl.Series:
    import polars as pl

    try:
        cast = column.cast(wanted, strict=False)
        if column.dtype.is_float() and wanted.is_integer():
            return pl.select(pl.when(cast.cast(column.dtype) == column).then(cast)).to_series()
    except pl.exceptions.PolarsError:
        return pl.Series(column.name, [None] * len(column), dtype=wanted)
    return cast


def _polars_type(text: str, where: str) -> Any:
    import polars as pl
    import pyarrow as pa

    try:
        return pl.Series(pa.array([], parse_type(text))).dtype
    except ValueError as error:
        file, _, key = where.partition(": ")
        raise ConfigurationError(f"{where}: {error}.", hint="Correct the type.", file=file, key=key) from None


def _checked(frame: pl.DataFrame, contract: Contract, where: str) -> list[tuple[str, pl.Series]]:
    import pandera.errors
    import polars.selectors as cs

    schema = compile_contract(contract, frame, where)
    present = frame.with_columns(cs.float().fill_nan(None))  # what is no number is missing
    try:
        schema.validate(present, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return [_mask(error, where) for error in errors.schema_errors]
    return []


def _excused(rule: str, mask: pl.Series, before: pl.DataFrame) -> pl.Series:
    """Return a mask in which a value that has only the wrong type does not count as missing too."""
    column = rule.removesuffix(" is not null")
    if column == rule or column not in before.columns:
        return mask
    values = before[column]
    return mask | (values.fill_nan(None) if values.dtype.is_float() else values).is_not_null()


def _mask(error: Any, where: str) -> tuple[str, pl.Series]:
    import polars as pl

    column = error.schema.name
    reason = error.reason_code.name
    if reason not in _MASKED or not isinstance(error.check_output, pl.DataFrame):
        about = f"column {column!r} " if column else ""
        raise UsageError(
            f"{where} cannot be applied: {about}{' '.join(str(error).split())[:300]}.",
            hint="Do the bounds, values and pattern of the contract fit the column's type?",
        )
    rule = f"{column} is not null" if reason == "SERIES_CONTAINS_NULLS" else error.check.name
    return rule, error.check_output.to_series().fill_null(True)
