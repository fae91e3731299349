"""A thousand damages: what differs from its record by one bit is refused, and no parser ever sees it."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LogisticRegression

from tests.registry.models import MODEL, Runs, candidate, make_project
from tests.tracking.kinds import booster, fitted, table
from workbench.clock import SystemClock
from workbench.data import Catalog, Datasets, load_artifact, stage_artifact, stage_table
from workbench.data.record import OutputRecord
from workbench.errors import IntegrityError, StorageError
from workbench.ledger import Append, NewEvent, open_ledger
from workbench.ledger import row as ledger_row
from workbench.registry import load
from workbench.tracking.model_store import save_model

_PARSERS = (
    "lightgbm.Booster",
    "skops.io.loads",
    "skops.io.get_untrusted_types",
    "yaml.safe_load",
    "zipfile.ZipFile",
    "numpy.load",
    "pyarrow.parquet.ParquetFile",
    "pyarrow.parquet.read_table",
    "pyarrow.parquet.read_metadata",
    "deltalake.DeltaTable",
    "workbench.data.artifact.json",
)


class ParserCalledError(BaseException):
    """Whoever handles errors does not handle this one."""


class Tripwire:
    """Stands where a parser was."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise ParserCalledError

    loads = __init__


@dataclass(frozen=True)
class Kept:
    """Something that was stored, and whoever reads it.

    Attributes:
        place: a file, or the event of the ledger that holds a record.
        read: reads it as the workbench does.
    """

    kind: str
    place: Path | int
    read: Callable[[], Any]


class Store:
    """A project that holds two models, a dataset and an artifact, with their records in the ledger."""

    def __init__(self, root: Path) -> None:
        self.project = make_project(root)
        self.datasets = Datasets(self.project.layout.data)
        self._models = {
            1: save_model(booster("binary"), root / "text", example=table(3), name="candidate"),
            2: save_model(
                fitted(LogisticRegression(), "binary"), root / "skops", example=table(3), name="candidate"
            ),
        }
        (root / "staged").mkdir()
        self.rows = self.datasets.commit(stage_table(table(), root / "staged", "rows"), root / "staged")
        (root / "artifact").mkdir()
        self.artifact = stage_artifact({"trees": 10, "seed": 7}, root / "artifact", "training")
        with closing(self.ledger()) as ledger:
            runs = Runs(self.project, ledger)
            for record in self._models.values():
                output = {**candidate(record["fingerprint"]), **record}
                runs.end("train", outputs={"candidate": output})
            outputs = {"rows": self.rows, "training": self.artifact}
            committed = NewEvent("entry.committed", {"outputs": outputs, "run": "r", "stage": "s"})
            ledger.append(Append("run/r", 0, (committed,)))
            self.events = {event.position: event.kind for event in ledger.find()}

    @property
    def file(self) -> Path:
        """The ledger's database."""
        return Path(self.project.layout.ledger_url.removeprefix("sqlite:///"))

    def ledger(self) -> Any:
        """Open the ledger anew: what a process has read before it does not read again."""
        return open_ledger(self.project.layout.ledger_url, SystemClock())

    def kept(self) -> Iterator[Kept]:
        """Yield everything that may be damaged."""
        for number, record in self._models.items():
            yield from _files(f"{record['stored']} model", record, partial(self._model, number))
        folder = self.datasets.location("rows")
        yield Kept("Parquet", folder / self.rows["files"][0]["path"], self._dataset)
        yield from _files("artifact", self.artifact, self._artifact)
        for position, kind in self.events.items():
            read = self._dataset if kind == "entry.committed" else lambda: self._model(1)
            yield Kept("record in the ledger", position, read)

    def _model(self, number: int) -> Any:
        with closing(self.ledger()) as ledger:
            return load(f"{MODEL}/{number}", ledger=ledger, project=self.project)

    def _dataset(self) -> Any:
        with closing(self.ledger()) as ledger:
            record = Catalog(ledger).current("rows")
        assert record is not None
        return self.datasets.read(record)

    def _artifact(self) -> Any:
        return load_artifact(self.artifact, str(self.artifact["uri"]))


def _files(kind: str, record: OutputRecord, read: Callable[[], Any]) -> Iterator[Kept]:
    for file in record["files"]:
        yield Kept(kind, Path(str(record["uri"])) / file["path"], read)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = Store(tmp_path_factory.mktemp("damage") / "shop")
    with closing(sqlite3.connect(made.file)) as connection, connection:
        connection.execute("DROP TRIGGER events_no_update")
        connection.execute("PRAGMA synchronous = OFF")
    return made


def damaged(content: bytes, pick: random.Random, *, cut: bool) -> bytes:
    """Return bytes with one bit flipped, or without their end."""
    if cut:
        return content[: pick.randrange(len(content))]
    place = pick.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << pick.randrange(8)]) + content[place + 1 :]


def read_bytes(store: Store, place: Path | int) -> bytes:
    if isinstance(place, Path):
        return place.read_bytes()
    with closing(sqlite3.connect(store.file)) as connection:
        connection.text_factory = bytes
        content = connection.execute("SELECT data FROM events WHERE position = ?", (place,)).fetchone()[0]
        assert isinstance(content, bytes)
        return content


def write_bytes(store: Store, place: Path | int, content: bytes) -> None:
    if isinstance(place, Path):
        place.chmod(0o644)
        place.write_bytes(content)
        return
    with closing(sqlite3.connect(store.file)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("UPDATE events SET data = CAST(? AS TEXT) WHERE position = ?", (content, place))


@pytest.fixture
def armed(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put a tripwire in the place of every parser; the ledger's own lets whole events pass."""
    healthy = {read_bytes(store, position).decode() for position in store.events}
    parse = ledger_row.to_event

    def guarded(row: tuple[Any, ...]) -> Any:
        if ledger_row.Row(*row).data not in healthy:
            raise ParserCalledError
        return parse(row)

    monkeypatch.setattr(ledger_row, "to_event", guarded)
    for parser in _PARSERS:
        monkeypatch.setattr(parser, Tripwire)
    yield
    monkeypatch.undo()


def test_the_tripwires_are_where_the_parsers_are(store: Store, armed: None) -> None:
    """Of what is whole every reader comes to a parser, and the test below would see it."""
    for kept in store.kept():
        if kept.kind == "record in the ledger":
            continue
        with pytest.raises(ParserCalledError):
            kept.read()


def test_what_is_whole_is_read(store: Store) -> None:
    """By the same readers, without tripwires."""
    assert all(kept.read() is not None for kept in store.kept())


@pytest.mark.soak
def test_whatever_differs_by_a_bit_or_ends_early_is_refused_before_it_is_parsed(
    store: Store, armed: None, soak_count: Callable[[int], int]
) -> None:
    """1,000 damages of model files, manifests, Parquet, artifacts, and of records in the ledger."""
    pick = random.Random(3)
    groups: dict[str, list[Kept]] = {}
    for kept in store.kept():
        groups.setdefault(kept.kind, []).append(kept)
    counted: Counter[str] = Counter()
    for number in range(soak_count(1000)):
        kept = pick.choice(groups[list(groups)[number % len(groups)]])
        whole = read_bytes(store, kept.place)
        write_bytes(store, kept.place, damaged(whole, pick, cut=bool(number // len(groups) % 3 == 2)))
        with pytest.raises(IntegrityError) as refused:
            kept.read()
        name = kept.place.name if isinstance(kept.place, Path) else f"Event {kept.place} of the ledger"
        assert name in str(refused.value)
        write_bytes(store, kept.place, whole)
        counted[kept.kind] += 1
    print(f"{counted.total()} damages refused before parsing: {dict(counted)}")


@pytest.mark.soak
def test_a_damaged_delta_log_changes_no_data(
    store: Store, tmp_path: Path, soak_count: Callable[[int], int]
) -> None:
    """Reading follows the ledger's record, not the log; a commit on top of it is right, or is refused."""
    pick = random.Random(4)
    counted: Counter[str] = Counter()
    hints: set[str] = set()
    other = tmp_path / "other"
    other.mkdir()
    staged = stage_table(table(7), other, "rows")
    for number in range(soak_count(300)):
        root = tmp_path / f"data{number}"
        shutil.copytree(store.datasets.root, root)
        datasets = Datasets(root)
        log = pick.choice(sorted((root / "rows" / "_delta_log").glob("*.json")))
        log.write_bytes(damaged(log.read_bytes(), pick, cut=number % 3 == 2))
        try:
            committed = datasets.commit(staged, other)
            counted["commits that are whole"] += 1
        except StorageError as refused:
            hints.add(refused.hint.partition(" and ")[0])
            log.parent.rename(root / "damaged")
            committed = datasets.commit(staged, other)
            counted["commits refused, and made when the log was moved away"] += 1
        assert datasets.read(committed).equals(table(7))
        assert datasets.read(store.rows).equals(table())
        shutil.rmtree(root)
    assert hints == {"Move its _delta_log away"}
    print(f"{counted.total()} damages of Delta logs: {dict(counted)}, nothing read otherwise")
