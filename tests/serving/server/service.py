"""`workbench serve` as a process of its own, and a client that knocks at it hard."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

JSON = {"Content-Type": "application/json"}
PATIENCE = 60.0


def rows(*values: Sequence[Any]) -> bytes:
    """Return the body of a request."""
    columns = ["hour", "wind", "carrier"]
    return json.dumps({"dataframe_split": {"columns": columns, "data": [list(v) for v in values]}}).encode()


def until(holds: Callable[[], bool], what: str, patience: float = PATIENCE) -> float:
    """Wait until something holds; return for how many seconds that was."""
    begin = time.monotonic()
    while not holds():
        assert time.monotonic() - begin < patience, f"{what} did not happen within {patience:g} s"
        time.sleep(0.005)
    return time.monotonic() - begin


@dataclass
class Answer:
    """What a request was answered with."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Service:
    """A running service. Use it in `with`."""

    def __init__(self, root: Path, *, workers: int = 2, models: Sequence[str] = (), port: int = 0) -> None:
        self.root = root
        self.said = root / f"serve-{time.monotonic_ns()}.log"
        self._words = [
            sys.executable, "-c", "import sys; from workbench.cli.main import main; sys.exit(main())",
            "serve", *models, "--port", str(port), "--workers", str(workers), "--json",
        ]  # fmt: skip

    def __enter__(self) -> Service:
        with self.said.open("wb") as errors:
            self.process = subprocess.Popen(
                self._words, cwd=self.root, stdout=subprocess.PIPE, stderr=errors, env=dict(os.environ)
            )
        assert self.process.stdout is not None
        text = ""
        for line in self.process.stdout:
            text += line.decode()
            if line == b"}\n":
                break
        if not text.endswith("}\n"):
            self.stop()
            raise AssertionError(f"it did not start:\n{text}{self.said.read_text()}")
        self.started = json.loads(text)
        place = urlsplit(self.started["url"])
        assert place.hostname is not None
        assert place.port is not None
        self.place = (place.hostname, place.port)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            sys.stderr.write(self.said.read_text()[-4000:])
        self.stop()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection(*self.place, timeout=30)
        try:
            connection.request(method, path, body=body, headers={**JSON, **(headers or {})})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def predict(self, *values: Sequence[Any], path: str = "/invocations", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, rows(*values), named)

    def metrics(self) -> dict[str, float]:
        """Return the sum of each metric over its labels."""
        found: dict[str, float] = {}
        for line in self.ask("GET", "/metrics").body.decode().splitlines():
            if not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                found[name.partition("{")[0]] = found.get(name.partition("{")[0], 0.0) + float(value)
        return found

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """Return what it logged."""
        lines = [line for line in self.said.read_text().splitlines() if line.startswith("{")]
        return [event for event in map(json.loads, lines) if not kind or event["event"] == kind]

    def workers(self) -> list[int]:
        """Return the ids of the worker processes."""
        import psutil

        found = []
        for child in psutil.Process(self.process.pid).children():
            try:
                if "workbench.serving.worker" in child.cmdline():
                    found.append(child.pid)
            except psutil.NoSuchProcess:
                continue
        return found


@dataclass
class Told:
    """What clients were told: for each answer its status, prediction id, version and arm."""

    answers: list[tuple[int, str, int, str]] = field(default_factory=list)
    wrong: list[tuple[int, bytes]] = field(default_factory=list)
    broken: int = 0

    @property
    def ids(self) -> list[str]:
        return [prediction for _, prediction, _, _ in self.answers]


@contextmanager
def load(
    place: tuple[str, int],
    *,
    clients: int = 8,
    pause: float = 0.0,
    body: Callable[[int], bytes] | None = None,
    may_break: bool = False,
    headers: str = "",
) -> Iterator[Told]:
    """Let clients ask without a break while the block runs; what they were told is complete after it.

    Args:
        place: host and port.
        clients: connections, each kept open.
        pause: seconds between two requests of one.
        body: of the n-th request.
        may_break: whether a broken connection is counted and opened anew, instead of failing.
        headers: further header lines.
    """
    told, stop, failed = Told(), threading.Event(), []

    def run() -> None:
        try:
            asyncio.run(_ask(place, told, stop, clients, pause, body, may_break, headers))
        except Exception as error:  # noqa: BLE001 - raised in the test's own thread
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        until(lambda: bool(told.answers or told.wrong or failed), "a first answer")
        yield told
    finally:
        stop.set()
        thread.join()
    if failed:
        raise failed[0]


async def _ask(
    place: tuple[str, int],
    told: Told,
    stop: threading.Event,
    clients: int,
    pause: float,
    body: Callable[[int], bytes] | None,
    may_break: bool,
    headers: str,
) -> None:
    made = body or (lambda n: rows([n % 24, 0.25, "UA"]))
    count = iter(range(10**9))

    async def one() -> None:
        reader, writer = await asyncio.open_connection(*place)
        while not stop.is_set():
            content = made(next(count))
            head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}"
            writer.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
            try:
                told_head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                fields = dict(line.lower().split(": ", 1) for line in told_head[1:] if line)
                answer = await reader.readexactly(int(fields["content-length"]))
            except (OSError, EOFError):
                if not may_break:
                    raise
                told.broken += 1
                writer.close()
                again = await _again(place, stop)
                if again is None:
                    return
                reader, writer = again
                continue
            status = int(told_head[0].split()[1])
            if status == 200:
                version = int(fields["x-model-version"].split(",")[0])
                told.answers.append((status, fields["x-prediction-id"], version, fields["x-arm"]))
            else:
                told.wrong.append((status, answer))
            if pause:
                await asyncio.sleep(pause)
        writer.close()

    await asyncio.gather(*(one() for _ in range(clients)))


async def _again(
    place: tuple[str, int], stop: threading.Event
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
    while not stop.is_set():
        try:
            return await asyncio.open_connection(*place)
        except OSError:
            await asyncio.sleep(0.01)
    return None
