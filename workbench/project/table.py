"""What all tables of `workbench.toml` have in common: no key is accepted that is not declared."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, PrivateAttr


class Table(BaseModel):
    """A table, strictly typed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class NamedTable(Table):
    """A table whose name is its key, as in `[stages.train]`."""

    _name: str = PrivateAttr(default="")

    @property
    def name(self) -> str:
        """The name under which it is declared."""
        return self._name
