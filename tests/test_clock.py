"""Clocks: the wall's, one that a test moves, and one that processes share."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workbench.clock import VARIABLE, ManualClock, SharedClock, SystemClock, system_clock
from workbench.errors import ConfigurationError

SPRING = datetime(2013, 3, 1, 5, tzinfo=UTC)
READ = """
from workbench.clock import system_clock
clock = system_clock()
while input():
    print(clock.now(), flush=True)
"""


def test_every_process_sees_a_shared_clock_move(tmp_path: Path) -> None:
    clock = SharedClock.create(tmp_path / "state" / "clock", SPRING)
    with subprocess.Popen(
        [sys.executable, "-c", READ],
        env={**os.environ, VARIABLE: str(clock.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin
        assert other.stdout
        for moment in (SPRING, SPRING + timedelta(microseconds=1), SPRING + timedelta(days=200)):
            clock.set(moment)
            other.stdin.write("?\n")
            other.stdin.flush()
            assert other.stdout.readline() == f"{moment}\n"
        other.stdin.write("\n")
    assert other.returncode == 0


def test_a_shared_clock_begins_where_its_file_stands(tmp_path: Path) -> None:
    clock = SharedClock.create(tmp_path / "clock", SPRING)
    assert SharedClock(clock.path).now() == SPRING
    later = SharedClock.create(tmp_path / "clock", SPRING + timedelta(hours=1))
    assert clock.now() == later.now() == SPRING + timedelta(hours=1)
    assert abs(clock.monotonic() - time.monotonic()) < 1


def test_the_environment_names_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert isinstance(system_clock(), SystemClock)
    monkeypatch.setenv(VARIABLE, str(SharedClock.create(tmp_path / "clock", SPRING).path))
    assert system_clock().now() == SPRING


@pytest.mark.parametrize("content", [None, b"", b"2013"])
def test_what_is_no_clock_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    path = tmp_path / "clock"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(VARIABLE, str(path))
    with pytest.raises(ConfigurationError, match=str(path)) as caught:
        system_clock()
    assert "Unset" in caught.value.hint


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    naive = SPRING.replace(tzinfo=None)
    with pytest.raises(ValueError, match="aware"):
        SharedClock.create(tmp_path / "clock", naive)
    with pytest.raises(ValueError, match="aware"):
        ManualClock(naive)
