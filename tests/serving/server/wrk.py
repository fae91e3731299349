"""`wrk` as the caller of a service, and what it was told, as it is told."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.serving.server.service import PATIENCE, until
from tests.system import find_wrk

SCRIPT = """
local bodies, count, told = {}, 0, nil

function init(args)
  told = io.open(args[1], "w")
  told:setvbuf("line")
  local headers = { ["Content-Type"] = "application/json" }
  local body = '{"dataframe_split": {"columns": ["hour", "wind", "carrier"], "data": [[%d, 0.25, "UA"]]}}'
  for hour = 0, 23 do
    bodies[hour] = wrk.format("POST", nil, headers, string.format(body, hour))
  end
end

function request()
  count = count + 1
  return bodies[count % 24]
end

function response(status, headers, body)
  local id, version = headers["x-prediction-id"] or "-", headers["x-model-version"] or 0
  told:write(status, " ", id, " ", version, " ", headers["x-arm"] or "-", "\\n")
end
"""
HOURS = "12h"


class Wrk:
    """A running `wrk`; `answers` grows while it runs, `summary` is what it printed at its end."""

    def __init__(self, process: subprocess.Popen[str], told: BinaryIO) -> None:
        self._process = process
        self._told = told
        self._rest = b""
        self._answers: list[tuple[int, str, int, str]] = []
        self.summary = ""

    @property
    def answers(self) -> list[tuple[int, str, int, str]]:
        """For each answer its status, prediction id, version and arm, in the order they came."""
        news = b"" if self._told.closed else self._told.read()
        *lines, self._rest = (self._rest + news).split(b"\n")
        for line in lines:
            status, prediction, version, arm = line.decode().split(" ")
            self._answers.append((int(status), prediction, int(version), arm))
        return self._answers

    @property
    def requests(self) -> int:
        """How many answered requests it counted itself."""
        found = re.search(r"^ *(\d+) requests in ", self.summary, re.MULTILINE)
        assert found, self.summary
        return int(found[1])

    def end(self) -> None:
        """Let it stop and print its summary."""
        self._process.send_signal(signal.SIGINT)
        self.summary, _ = self._process.communicate(timeout=PATIENCE)
        assert self._process.returncode == 0, self.summary
        assert self.answers
        assert self._rest == b""


@contextmanager
def wrk(place: tuple[str, int], folder: Path, *, connections: int) -> Iterator[Wrk]:
    """Let `wrk` ask for one row at a time, without a break, while the block runs.

    Args:
        place: host and port.
        folder: for its script and what it was told.
        connections: each is kept open.
    """
    program = find_wrk()
    if program is None:
        pytest.fail("The tests need wrk, which was not found: apt-get install wrk")
    script, told = folder / "ask.lua", folder / "told.txt"
    script.write_text(SCRIPT)
    told.touch()
    url = f"http://{place[0]}:{place[1]}/invocations"
    options = ["-t", "1", "-c", str(connections), "-d", HOURS, "--timeout", "10s", "-s", str(script)]
    command = [str(program), *options, url, str(told)]
    with (
        told.open("rb") as file,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process,
    ):
        running = Wrk(process, file)
        try:
            until(lambda: bool(running.answers) or process.poll() is not None, "a first answer")
            yield running
            running.end()
        finally:
            process.kill()
