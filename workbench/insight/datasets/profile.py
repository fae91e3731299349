"""What is in a version of a dataset: at first sight from a sample, then from every row."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data import Datasets
from workbench.data.catalog import Catalog
from workbench.data.digest import verify_files
from workbench.errors import StorageError
from workbench.insight.datasets.find import record_of, version_before
from workbench.insight.datasets.rows import check_sizes, known_ends, spread_sample
from workbench.insight.datasets.sketch import Bins, ColumnSketch, kind_of, sketch
from workbench.pipeline.space import write_whole

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from workbench.access import Person
    from workbench.data.record import OutputRecord
    from workbench.insight.store import Store
    from workbench.ledger import Event

_AT_ONCE = 8_000_000  # values that are all read at first sight
_FOLDER = "profiles"
_FORMAT = 1  # of what is kept; another one is made anew


@dataclass(frozen=True)
class Version:
    """A version of a dataset: when it became visible first, and by whose run."""

    version: int
    at: str
    rows: int
    run: str
    fingerprint: str


@dataclass(frozen=True)
class DatasetProfile:
    """What is in a version.

    Attributes:
        is_exact: whether every row was looked at.
        basis: what the columns' pictures are made of, in words.
        run: that made it.
        at: when a run made it, or took it over, last.
    """

    name: str
    version: int
    fingerprint: str
    rows: int
    size: int
    columns: tuple[ColumnSketch, ...]
    is_exact: bool
    basis: str
    run: str = ""
    at: str = ""

    @property
    def bins(self) -> dict[str, Bins]:
        """The bins of each column, for another version to be counted in the same."""
        return {column.name: column.bins for column in self.columns if column.bins is not None}


def dataset_names(store: Store, person: Person) -> list[str]:
    """Return the datasets that have a version.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    return Catalog(store.ledger).names()


def dataset_versions(store: Store, person: Person, name: str) -> tuple[Version, ...]:
    """Return the versions of a dataset, the newest first.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: no dataset of that name was ever committed.
    """
    person.require("view")
    rows = Catalog(store.ledger).history(name)
    return tuple(Version(row.version, row.at, row.rows, row.run, row.fingerprint) for row in rows)


def profile_dataset(
    store: Store,
    person: Person,
    name: str,
    version: int | None = None,
    *,
    exact: bool = False,
    like: DatasetProfile | None = None,
) -> DatasetProfile:
    """Return what is in a version of a dataset; the rows stay where they are.

    A large one is looked at through a sample from all over it, with the missing values, the least and the
    greatest as the files' statistics have them. What was once worked out from every row is kept, and
    returned at once.

    Args:
        store: the project's state.
        person: who asks.
        name: the dataset's.
        version: its number; the newest when None.
        exact: whether to look at every row, the files' digests checked first; this may take seconds.
        like: whose bins the columns are counted in, so that the two can be compared.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such dataset, or no such version of it.
        IntegrityError: its bytes are not those recorded.
    """
    person.require("view")
    record, event = record_of(store, name, version)
    kept = _kept_at(store, record, like)
    found = _read(kept, record)
    if found is not None:
        return _told_by(found, event)
    folder = Datasets(store.project.layout.data).location(name)
    paths = check_sizes(folder, record)
    bins = dict(like.bins) if like is not None else {}
    everything = exact or record["rows"] * len(record["schema"]) <= _AT_ONCE
    if not everything:
        return _told_by(_sampled(record, paths, bins), event)
    verify_files(folder, record["files"], exact=False)
    made = _whole(record, paths, bins)
    _keep(kept, made)
    return _told_by(made, event)


def previous_version(store: Store, person: Person, name: str, version: int) -> int | None:
    """Return the newest version that is older than one; None when there is none.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    return version_before(store, name, version)


def _told_by(profile: DatasetProfile, event: Event) -> DatasetProfile:
    """Return a profile with what an event tells of the version."""
    run = str(event.data.get("committed_by") or event.data["run"])
    return replace(profile, run=run, at=event.at.isoformat())


def give_up_counting() -> None:
    """Let everything that is being counted in this process end at once, as when the process does."""
    with _lock:
        going = list(_going)
    for connection in going:
        connection.interrupt()


@contextmanager
def _counting(connection: DuckDBPyConnection) -> Iterator[None]:
    with _lock:
        _going.append(connection)
    try:
        yield
    finally:
        with _lock:
            _going.remove(connection)


def _whole(record: OutputRecord, paths: list[Path], bins: Mapping[str, Bins]) -> DatasetProfile:
    import duckdb

    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    try:
        with duckdb.connect() as connection, _counting(connection):
            columns = sketch(connection, f"read_parquet([{listed}])", _types(record), bins)
    except duckdb.Error as error:
        raise StorageError(
            f"The rows of {record['name']!r} could not be counted: {error}.",
            hint="What is shown is from a sample.",
            store=str(paths[0].parent),
        ) from error
    return _profile(record, columns, is_exact=True, basis="all rows")


def _sampled(record: OutputRecord, paths: list[Path], bins: Mapping[str, Bins]) -> DatasetProfile:
    import duckdb

    sample, basis = spread_sample(paths, record["rows"], len(record["schema"]))
    with duckdb.connect() as connection:
        connection.register("sample", sample)
        columns = sketch(connection, "sample", _types(record), bins)
    told = known_ends(paths)
    columns = {
        name: _told(column, told[name]) if name in told else column for name, column in columns.items()
    }
    return _profile(record, columns, is_exact=False, basis=basis)


def _told(column: ColumnSketch, told: tuple[float, Any, Any]) -> ColumnSketch:
    """Return a column with what the files' statistics know exactly in place of what the sample says."""
    missing, low, high = told
    if column.kind == "numbers" and isinstance(low, int | float):
        column = replace(column, minimum=float(low), maximum=float(high))
    if column.kind == "names" and isinstance(low, str):
        column = replace(column, minimum=low, maximum=high)
    is_float = column.type.startswith(("float", "double", "half"))  # of NaN the statistics know nothing
    return column if is_float else replace(column, missing=missing)


def _types(record: OutputRecord) -> dict[str, str]:
    return {column["name"]: column["type"] for column in record["schema"]}


def _profile(
    record: OutputRecord, columns: Mapping[str, ColumnSketch], *, is_exact: bool, basis: str
) -> DatasetProfile:
    version = record["version"]
    return DatasetProfile(
        name=record["name"],
        version=-1 if version is None else version,
        fingerprint=record["fingerprint"],
        rows=record["rows"],
        size=sum(file["size"] for file in record["files"]),
        columns=tuple(columns[name] for name in _types(record)),
        is_exact=is_exact,
        basis=basis,
    )


def _kept_at(store: Store, record: OutputRecord, like: DatasetProfile | None) -> Path:
    own = record["fingerprint"][:32]
    other = f"-{like.fingerprint[:32]}" if like is not None else ""
    return store.project.layout.state / _FOLDER / f"{own}{other}.json"


def _read(path: Path, record: OutputRecord) -> DatasetProfile | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.pop("format") != _FORMAT or kept["fingerprint"] != record["fingerprint"]:
            return None
        columns = tuple(_column(column) for column in kept.pop("columns"))
        own = {"name": record["name"], "version": record["version"]}  # the same content may have another name
        return DatasetProfile(**{**kept, **own, "columns": columns})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _column(kept: dict[str, Any]) -> ColumnSketch:
    bins = kept.pop("bins")
    made = Bins(bins["low"], bins["high"], tuple(bins["names"])) if bins else None
    return ColumnSketch(
        **{**kept, "kind": kind_of(kept["type"]), "bins": made, "counts": tuple(kept["counts"])}
    )


def _keep(path: Path, profile: DatasetProfile) -> None:
    """Keep a profile for the next time; where nothing can be written it is made anew then."""
    with suppress(OSError, StorageError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps({"format": _FORMAT, **asdict(profile)}))


_lock = threading.Lock()
_going: list[DuckDBPyConnection] = []
