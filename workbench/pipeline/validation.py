"""A stage's table held to a contract of its project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from workbench.data.contract import Held
    from workbench.pipeline.stage import Stage


def validated(stage: Stage, name: str, table: Any) -> tuple[Held, Any]:
    """Return what holding a table to a contract found, and the rows that keep it as the same kind of table.

    Raises:
        UsageError: no such contract is declared, it does not fit the table, or the stage does not declare
            the output that takes the rows which break it.
    """
    from workbench.data import from_arrow
    from workbench.data.contract import hold, read_contract

    declared = stage.project.config.contracts
    if name not in declared:
        hint = "" if declared else f"Declare it: [contracts.{name}] in workbench.toml."
        raise UnknownNameError("contract", name, declared, hint=hint)
    config = declared[name]
    if config.quarantine not in stage.outputs:
        raise UsageError(
            f"Stage {stage.name!r} holds a table to the contract {name!r}, but has no output for the rows "
            f"that break it.",
            hint=f"Add {config.quarantine!r} to stages.{stage.name}.outputs in workbench.toml.",
        )
    contract = read_contract(stage.project.root / config.path)
    held = hold(table, contract, name, config.path.as_posix())
    return held, from_arrow(held.clean, _kind(table))


def _kind(table: Any) -> str:
    origin = type(table).__module__.partition(".")[0]
    return {"polars": "polars", "pyarrow": "arrow", "duckdb": "duckdb", "_duckdb": "duckdb"}.get(
        origin, "pandas"
    )
