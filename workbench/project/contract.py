"""`[contracts.NAME]`: where it is written what rows must be like."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import BeforeValidator

from workbench.project.table import NamedTable


def _contract_file(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    path = PurePosixPath(value)
    if path.suffix != ".toml" or path.is_absolute() or ".." in path.parts:
        raise ValueError(f"expected the path of a .toml file inside the project, but got {value!r}")
    return Path(value)


class ContractConfig(NamedTable):
    """`[contracts.NAME]`: what the rows of a dataset must be like; left out, `contracts/NAME.toml`."""

    file: Annotated[Path | None, BeforeValidator(_contract_file)] = None

    @property
    def path(self) -> Path:
        """The contract's file, relative to the project."""
        return self.file or Path("contracts") / f"{self.name}.toml"

    @property
    def quarantine(self) -> str:
        """The dataset that takes the rows which break the contract."""
        return f"{self.name}_quarantine"
