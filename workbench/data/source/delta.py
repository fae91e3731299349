"""Delta tables that somebody else writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.frame import to_arrow
from workbench.data.source.credentials import Credentials
from workbench.project import SourceConfig

if TYPE_CHECKING:
    import pyarrow as pa


class DeltaFiles:
    """A Delta table, at its newest version or at the one that `options.version` names."""

    def __init__(self, config: SourceConfig, credentials: Credentials, root: Path) -> None:
        uri = credentials.in_uri(config.uri)
        self._uri = uri if "://" in uri else str(root / Path(uri).expanduser())
        self._storage = {key: str(value) for key, value in credentials.in_value(config.storage).items()}
        self._version = config.options.get("version")

    def validator(self) -> Any:
        """Return the table's own id and its version."""
        from deltalake import DeltaTable

        table = DeltaTable(self._uri, version=self._version, storage_options=self._storage)
        return [str(table.metadata().id), table.version()]

    def table(self) -> pa.Table:
        """Return all rows, through Polars: deltalake's own readers may abort the process at its exit."""
        import polars as pl

        frame = pl.read_delta(self._uri, version=self._version, storage_options=self._storage)
        return to_arrow(frame)
