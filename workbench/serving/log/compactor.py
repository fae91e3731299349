"""Moves what workers have spooled into Delta tables: each row once, whenever anybody is killed.

A commit to a table carries, as an application transaction of each spool, the number of the last segment in
it. A segment goes when all its rows are on the disk there; should the compactor die before that, the next
one sees in the tables which of its rows they have. One works at a time: a lease says so between machines,
a lock on this one, which a frozen compactor keeps.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from workbench.data.durable import cannot_write
from workbench.errors import BusyError, StorageError
from workbench.ledger import Lease, Leases
from workbench.serving.log import tables
from workbench.serving.log.collect import Content, Reader, read_fd
from workbench.serving.log.delta_log import DeltaLog
from workbench.serving.log.place import LogPlace
from workbench.serving.log.segment import Name, claim, clean, listed
from workbench.serving.log.tidy import tidy

LEASE = "prediction-log"
_TTL = timedelta(seconds=60)


@dataclass
class Compaction:
    """What a pass did.

    Attributes:
        busy: who else is at it, None when this pass did the work.
        segments: how many are now in the tables.
        rows, labels: how many they held that the tables did not have.
        damaged: bytes that were no record; their segments are kept aside.
        failures: a sentence for each table that could not be written; its segments wait.
    """

    busy: str | None = None
    segments: int = 0
    rows: int = 0
    labels: int = 0
    damaged: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass
class _Claimed:
    name: Name
    path: Path
    fd: int
    content: Content
    failed: bool = False


_Step = Callable[[Compaction, list[_Claimed], str], None]


class Compactor:
    """Compacts the prediction log of a project.

    Args:
        place: where the log lies.
        leases: where the lease is kept.
        holder: who asks for it, for example `serve/4711`.
        batch: bytes of segments to take at once.
    """

    def __init__(self, place: LogPlace, leases: Leases, holder: str, *, batch: int = 16 << 20) -> None:
        self._place = place
        self._leases = leases
        self._holder = holder
        self._batch = batch
        self._lease: Lease | None = None

    def run_once(self) -> Compaction:
        """Compact every segment that no worker writes any more.

        Raises:
            StorageError: the spool or the lease cannot be read. Nothing is lost.
            ConflictError: somebody else took the lease over meanwhile. Nothing is lost.
        """
        done = Compaction()
        if not self._place.spool.is_dir():
            return done
        try:
            with self._alone(), self._leases.acquire(LEASE, self._holder, _TTL) as self._lease:
                clean(self._place.spool)
                held: set[str] = set()
                while self._pass(done, held):
                    continue
        except BusyError as busy:
            done.busy = busy.holder
        except OSError as error:
            raise cannot_write(self._place.spool, error) from error
        return done

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fd = os.open(self._place.spool / ".compacting", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BusyError(
                    "The prediction log is being compacted by another process on this machine.",
                    hint="Wait until it is done.",
                    lease=LEASE,
                    holder="another process on this machine",
                ) from None
            yield
        finally:
            os.close(fd)

    def _pass(self, done: Compaction, held: set[str]) -> bool:
        """Take some segments, of no spool that is held; returns whether there may be more.

        A spool is held from its first segment on that cannot go: a later commit would pass it over.
        """
        claimed, more = self._claim(held)
        try:
            for model in sorted({name for each in claimed for name in each.content.predictions}):
                self._guarded(done, claimed, model, self._predictions)
            for model in sorted({name for each in claimed for name in each.content.labels}):
                self._guarded(done, claimed, model, self._labels)
            for each in claimed:
                if each.failed:
                    held.add(each.name.spool)
                    continue
                self._remove(each)
                done.segments += 1
                done.damaged += each.content.damaged
        finally:
            for each in claimed:
                os.close(each.fd)
        return more

    def _claim(self, held: set[str]) -> tuple[list[_Claimed], bool]:
        """Lock segments, of each spool the oldest ones without a gap; and say whether there were too many."""
        claimed: list[_Claimed] = []
        reader = Reader()
        size = 0
        for name, path in listed(self._place.spool):
            if name.spool in held:
                continue
            if size >= self._batch:
                return claimed, True
            fd = claim(path)
            if fd is None:
                held.add(name.spool)
                continue
            content = read_fd(fd)
            size += len(content)
            claimed.append(_Claimed(name, path, fd, reader.read(name, content)))
        return claimed, False

    def _guarded(self, done: Compaction, claimed: list[_Claimed], model: str, step: _Step) -> None:
        """Do a step; when its table refuses, its segments wait, and the other tables go on."""
        assert self._lease is not None
        self._lease.beat()
        try:
            step(done, claimed, model)
        except StorageError as error:
            done.failures.append(str(error))
            for each in claimed:
                each.failed |= model in each.content.predictions or model in each.content.labels

    def _predictions(self, done: Compaction, claimed: list[_Claimed], model: str) -> None:
        log = prediction_log(self._place, model)
        log.open(tables.prediction_schema())
        new = [each for each in claimed if model in each.content.predictions and _is_new(log, each.name)]
        if not new:
            return
        fields = log.fields
        fitted = []
        made = tables.prediction_tables(r for each in new for r in each.content.predictions[model])
        for table in made:
            one, fields = tables.fitted(table, fields)
            fitted.append(one)
        rows = tables.joined(fitted, fields)
        log.append(rows, _taken(new))
        done.rows += rows.num_rows
        tidy(log)

    def _labels(self, done: Compaction, claimed: list[_Claimed], model: str) -> None:
        log = label_log(self._place, model)
        log.open(tables.label_schema())
        new = [each for each in claimed if model in each.content.labels and _is_new(log, each.name)]
        if not new:
            return
        rows = tables.label_table([r for each in new for r in each.content.labels[model]])
        log.append(rows, _taken(new))
        done.labels += rows.num_rows
        tidy(log)

    def _remove(self, each: _Claimed) -> None:
        if each.content.damaged:
            self._place.damaged.mkdir(exist_ok=True)
            each.path.rename(self._place.damaged / each.path.name)
        else:
            each.path.unlink(missing_ok=True)


def prediction_log(place: LogPlace, model: str) -> DeltaLog:
    """Return the table of a model's predictions."""
    return DeltaLog(place.predictions(model), "at", "prediction_id")


def label_log(place: LogPlace, model: str) -> DeltaLog:
    """Return the table of a model's labels."""
    return DeltaLog(place.labels(model), "received_at", "received_at")


def _is_new(log: DeltaLog, name: Name) -> bool:
    return name.number > log.taken(name.spool)


def _taken(claimed: list[_Claimed]) -> Mapping[str, int]:
    taken: dict[str, int] = {}
    for each in claimed:
        taken[each.name.spool] = max(each.name.number, taken.get(each.name.spool, 0))
    return taken
