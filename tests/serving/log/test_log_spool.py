"""What a worker writes before it answers, and what happens to it when the disk or the worker fails."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workbench.errors import SpoolFailed, StorageError
from workbench.serving.log.frame import START, frames
from workbench.serving.log.segment import backlog, claim, clean, listed
from workbench.serving.log.spool import Spool


@contextmanager
def opened(folder: Path, *args: str, **options: float) -> Iterator[Spool]:
    spool = Spool(folder, *args, **options)  # type: ignore[arg-type]
    try:
        yield spool
    finally:
        spool.close()


@contextmanager
def full_at(size: int) -> Iterator[None]:
    """Let files grow to so many bytes: a longer write is cut off, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def written(folder: Path) -> list[bytes]:
    return [payload for _, path in listed(folder) for payload in frames(path.read_bytes()).payloads]


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_what_was_appended_is_there_before_append_returns(tmp_path: Path) -> None:
    """For every reader, and in order; several records at once too."""
    with opened(tmp_path / "spool") as spool:
        for n in range(50):
            spool.append(b"a%d" % n, b"b%d" % n)
            assert written(tmp_path / "spool")[-2:] == [b"a%d" % n, b"b%d" % n]
        assert len(written(tmp_path / "spool")) == 100
        assert spool.appended == 50


def test_it_reaches_the_disk_by_itself(tmp_path: Path) -> None:
    """Nobody has to ask."""
    with opened(tmp_path) as spool:
        spool.append(b"one")
        until(lambda: spool._keeper.synced == 1)


def test_a_segment_belongs_to_its_worker_until_it_is_closed(tmp_path: Path) -> None:
    """Nobody else can claim it, and an empty one leaves nothing behind."""
    with opened(tmp_path) as spool:
        spool.append(b"one")
        [(_, path)] = listed(tmp_path)
        assert claim(path) is None
    fd = claim(path)
    assert fd is not None
    os.close(fd)
    with opened(tmp_path):
        assert len(listed(tmp_path)) == 2
    assert [found for _, found in listed(tmp_path)] == [path]


def test_segments_are_closed_by_length_and_by_age_without_losing_a_record(tmp_path: Path) -> None:
    """While the worker goes on appending."""
    with opened(tmp_path, max_bytes=2000, max_age=0.05, delay=0.005) as spool:
        count = 0
        while len(listed(tmp_path)) < 6:
            spool.append(b"%d" % count)
            count += 1
            time.sleep(0.0001)
        spool.append(b"%d" % count)
        until(lambda: spool.segment is not None and spool.segment.empty)  # by age alone
        assert written(tmp_path) == [b"%d" % n for n in range(count + 1)]
        *closed, current = [path for _, path in listed(tmp_path)]
        assert claim(current) is None
        until(lambda: claim(closed[-1]) is not None)


def test_a_full_disk_is_said_leaves_nothing_half_written_and_passes(tmp_path: Path) -> None:
    """A record is written whole or not at all, and the spool goes on as soon as there is room."""
    with opened(tmp_path) as spool:
        spool.append(b"before")
        [(_, path)] = listed(tmp_path)
        size = path.stat().st_size
        with full_at(size + 30):
            with pytest.raises(
                SpoolFailed, match=r"cannot be written to .*: .*\.\nFree some space"
            ) as failed:
                spool.append(b"x" * 1000)
            assert isinstance(failed.value, StorageError)
            assert spool.failure
            assert path.stat().st_size == size
            spool.append(b"small")
        spool.append(b"after")
        until(lambda: spool.failure is None)
        assert spool.failures == 1
    assert written(tmp_path) == [b"before", b"small", b"after"]


def test_what_could_not_be_cut_off_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when half a record must stay, those before and after it are read."""
    with opened(tmp_path) as spool:
        spool.append(b"before")
        [(_, path)] = listed(tmp_path)

        def refuse(*_: object) -> None:
            raise OSError(errno.EIO, "no")

        with full_at(path.stat().st_size + 30), monkeypatch.context() as patch:
            patch.setattr(os, "ftruncate", refuse)
            with pytest.raises(SpoolFailed):
                spool.append(b"x" * 1000)
        spool.append(b"after")
        with full_at(path.stat().st_size + 30), pytest.raises(SpoolFailed):
            spool.append(b"x" * 1000)
        spool.append(b"last")
    assert written(tmp_path) == [b"before", b"after", b"last"]


def test_a_worker_starts_on_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    """And logs as soon as it does."""
    with full_at(0):
        spool = Spool(tmp_path / "spool")
        assert spool.failure
        with pytest.raises(SpoolFailed):
            spool.append(b"lost")
    spool.append(b"kept")
    spool.close()
    assert written(tmp_path / "spool") == [b"kept"]
    assert [path.name for path in (tmp_path / "spool").iterdir()] == [listed(tmp_path / "spool")[0][1].name]


def test_those_who_wait_for_the_disk_share_its_flushes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """160 appends, each awaited, take fewer than 160 flushes, and none returns before its own."""
    flushed: list[int] = []
    real = os.fdatasync

    def counting(fd: int) -> None:
        size = os.fstat(fd).st_size
        real(fd)
        flushed.append(size)

    monkeypatch.setattr(os, "fdatasync", counting)

    async def one(spool: Spool) -> None:
        for _ in range(10):
            spool.append(b"record")
            segment = spool.segment
            assert segment is not None
            size = segment.size
            await spool.durable()
            assert max(flushed) >= size

    async def all_of_them(spool: Spool) -> None:
        await asyncio.gather(*(one(spool) for _ in range(16)))
        await spool.durable()

    with opened(tmp_path, "fsync") as spool:
        asyncio.run(all_of_them(spool))
    assert len(flushed) < 160
    assert len(written(tmp_path)) == 160


def test_a_disk_that_does_not_take_it_is_said_to_all_who_wait_and_its_file_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later flush that succeeds says nothing about what an earlier one lost."""
    real = os.fdatasync
    broken = True

    def failing(fd: int) -> None:
        if broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(fd)

    monkeypatch.setattr(os, "fdatasync", failing)

    async def attempt(spool: Spool) -> None:
        nonlocal broken
        spool.append(b"lost")
        spool.append(b"lost too")
        waiting = await asyncio.gather(spool.durable(), spool.durable(), return_exceptions=True)
        assert [type(each) for each in waiting] == [SpoolFailed, SpoolFailed]
        assert "Input/output error" in str(waiting[0])
        with pytest.raises(SpoolFailed):
            await spool.durable()
        broken = False
        spool.append(b"kept")
        await spool.durable()
        assert spool.failure is None

    with opened(tmp_path, "fsync") as spool:
        asyncio.run(attempt(spool))
    assert len(listed(tmp_path)) >= 2
    last = listed(tmp_path)[-1][1]
    assert frames(last.read_bytes()).payloads == [b"kept"]


def test_a_waiter_that_was_cancelled_harms_nobody(tmp_path: Path) -> None:
    """The others are told, and the spool goes on."""

    async def attempt(spool: Spool) -> None:
        spool.append(b"one")
        gone = asyncio.create_task(spool.durable())
        await asyncio.sleep(0)
        gone.cancel()
        await spool.durable()
        assert gone.cancelled() or gone.done()

    with opened(tmp_path, "fsync") as spool:
        asyncio.run(attempt(spool))
    assert written(tmp_path) == [b"one"]


def test_the_rest_of_a_worker_that_died_early_is_cleaned_away(tmp_path: Path) -> None:
    """It died before its segment had a name; a living one's is left alone."""
    left = tmp_path / ".dead-00000001.spool.new"
    left.write_bytes(b"")
    with opened(tmp_path) as spool:
        spool.append(b"one")
        clean(tmp_path)
        assert not left.exists()
        assert written(tmp_path) == [b"one"]


def test_what_waits_is_counted(tmp_path: Path) -> None:
    """Segments without a row do not count."""
    assert backlog(tmp_path / "none").segments == 0
    with opened(tmp_path) as idle, opened(tmp_path) as spool:
        spool.append(b"one")
        found = backlog(tmp_path)
        assert (found.segments, found.size) == (1, START + 12 + 3)
        assert 0 <= found.age < 60
        assert idle.appended == 0
