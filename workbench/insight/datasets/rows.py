"""The rows of a dataset's version: where they lie, a sample of them, and what the files know of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import IntegrityError

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.data.record import OutputRecord

LEAST, MOST = 10_000, 30_000
"""Rows of a sample."""

_VALUES = 750_000  # of a sample, where that leaves it enough rows
_READ_AT_ONCE = 20_000_000  # values that are read as a whole, for a sample to be taken
_SLICES = 6  # each costs the files' pages before it


def check_sizes(folder: Path, record: OutputRecord) -> list[Path]:
    """Return a version's files, each of the size that was recorded.

    Raises:
        IntegrityError: one is missing, or of another size.
    """
    paths = []
    for file in record["files"]:
        path = folder / file["path"]
        if not path.is_file() or path.stat().st_size != file["size"]:
            raise IntegrityError(
                f"{path} is not the file of {file['size']:,} bytes that was recorded.",
                hint="Run the stage that makes this dataset again with --force.",
                path=str(path),
            )
        paths.append(path)
    return paths


def spread_sample(paths: list[Path], rows: int, columns: int) -> tuple[pa.Table, str]:
    """Return some rows from all over the files, and how they were taken, in words.

    Args:
        paths: of Parquet files.
        rows: how many they hold together.
        columns: likewise; of more of them fewer rows are taken.
    """
    wanted = min(MOST, max(LEAST, _VALUES // max(1, columns)))
    if rows * columns <= _READ_AT_ONCE:
        every = max(1, rows // wanted)
        sample = _every(paths, every)
        return sample, f"a sample of {sample.num_rows:,} rows, one of {every:,}"
    sample = _slices(paths, rows, wanted)
    return sample, f"a sample of {sample.num_rows:,} rows, from {_SLICES} places all over it"


def _every(paths: list[Path], every: int) -> pa.Table:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = [pq.ParquetFile(path, memory_map=True).read() for path in paths]
    whole = pa.concat_tables(tables)
    return whole.take(pa.array(np.arange(every // 2, whole.num_rows, every)))


def _slices(paths: list[Path], rows: int, wanted: int) -> pa.Table:
    """Leap to a few places: Polars reads only the pages that hold them."""
    import polars as pl

    files, length = pl.scan_parquet(paths), max(1, wanted // _SLICES)
    begins = [int((place + 0.5) * rows / _SLICES) for place in range(_SLICES)]
    return pl.concat([files.slice(begin, length).collect() for begin in begins]).to_arrow()


def known_ends(paths: list[Path]) -> dict[str, tuple[float, object, object]]:
    """Return what the files' own statistics tell of each column: missing share, least, greatest.

    Columns of which a part has no statistics are left out.
    """
    import pyarrow.parquet as pq

    found: dict[str, list[tuple[int, object, object]]] = {}
    rows = parts = 0
    for path in paths:
        footer = pq.read_metadata(path)
        rows += footer.num_rows
        parts += footer.num_row_groups
        for group in range(footer.num_row_groups):
            for place in range(footer.num_columns):
                column = footer.row_group(group).column(place)
                told = column.statistics
                if told is not None and told.has_null_count and told.has_min_max:
                    found.setdefault(column.path_in_schema, []).append((told.null_count, told.min, told.max))
    return {
        name: (
            sum(nulls for nulls, _, _ in told) / rows if rows else 0.0,
            min(low for _, low, _ in told),  # type: ignore[type-var] # of one column, hence of one type
            max(high for _, _, high in told),  # type: ignore[type-var]
        )
        for name, told in found.items()
        if len(told) == parts
    }
