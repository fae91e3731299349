"""A spool's files: each belongs, by a lock, to the worker that writes it for as long as that worker lives."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workbench.data.durable import sync_folder
from workbench.serving.log.frame import START, opening

_SUFFIX = ".spool"
_NEW = ".new"
_TRIES = 5


@dataclass
class Segment:
    """A file under way.

    Attributes:
        fd: open for appending, and locked.
        seed: what its checksums begin from.
        size: bytes of whole records, and what stands before them.
        since: monotonic seconds of its first record, None before there is one.
    """

    path: Path
    fd: int
    seed: int
    size: int = START
    since: float | None = None

    @property
    def empty(self) -> bool:
        """Whether it has no record yet."""
        return self.size == START

    def close(self) -> None:
        """Let others have it; an empty one vanishes."""
        if self.empty:
            with suppress(OSError):
                self.path.unlink()
        os.close(self.fd)


@dataclass(frozen=True, order=True)
class Name:
    """A segment's name: the spool's own id and a count from 1."""

    spool: str
    number: int

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.spool}-{self.number:08d}{_SUFFIX}"


def new_spool() -> str:
    """Return the id of a new spool: the wall time, for people, and a random part."""
    return f"{time.time_ns() // 1_000_000:012x}{os.urandom(6).hex()}"


def create(folder: Path, name: Name) -> Segment:
    """Make a segment that is locked before anybody can see it.

    Raises:
        OSError: the disk is full, or refuses.
    """
    path = folder / name.file
    aside = folder / f".{name.file}{_NEW}"
    head, seed = opening()
    for _ in range(_TRIES):
        fd = os.open(aside, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            os.ftruncate(fd, 0)
            if os.write(fd, head) != len(head):
                raise OSError(28, os.strerror(28))
            aside.rename(path)
            sync_folder(folder)
        except FileNotFoundError:  # somebody who cleans up was faster
            os.close(fd)
            continue
        except BaseException:
            os.close(fd)
            for left in (aside, path):
                left.unlink(missing_ok=True)
            raise
        return Segment(path, fd, seed)
    raise OSError(2, os.strerror(2))


def parse(path: Path) -> Name | None:
    """Return the name of a segment's file, None when it is something else."""
    spool, dash, number = path.name.removesuffix(_SUFFIX).rpartition("-")
    if not path.name.endswith(_SUFFIX) or not dash or not number.isdecimal() or path.name.startswith("."):
        return None
    return Name(spool, int(number))


def listed(folder: Path) -> list[tuple[Name, Path]]:
    """Return the segments of a folder: each spool's in the order in which they were written."""
    if not folder.is_dir():
        return []
    return sorted((name, path) for path in folder.iterdir() if (name := parse(path)) is not None)


def claim(path: Path) -> int | None:
    """Lock a segment that no worker writes any more and return its descriptor; None: one does, or it is gone.

    Raises:
        OSError: the disk refuses.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.exists():
            return fd
    except BlockingIOError:
        pass
    except BaseException:
        os.close(fd)
        raise
    os.close(fd)
    return None


def clean(folder: Path) -> None:
    """Remove what workers left that died while they made a segment."""
    for path in folder.glob(f".*{_SUFFIX}{_NEW}"):
        fd = claim(path)
        if fd is not None:
            path.unlink(missing_ok=True)
            os.close(fd)


@dataclass(frozen=True)
class Backlog:
    """What waits to be compacted.

    Attributes:
        segments: files with rows.
        size: their bytes.
        age: seconds of wall time since the oldest of them was last written.
    """

    segments: int
    size: int
    age: float


def backlog(folder: Path) -> Backlog:
    """Return what waits in a spool's folder, for metrics; costs one look at each file's size."""
    found = []
    for _, path in listed(folder):
        with suppress(FileNotFoundError):
            found.append(path.stat())
    rows = [stat for stat in found if stat.st_size > START]
    oldest = min((stat.st_mtime for stat in rows), default=time.time())
    return Backlog(len(rows), sum(stat.st_size for stat in rows), max(0.0, time.time() - oldest))
