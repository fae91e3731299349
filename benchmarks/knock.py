"""A client that asks one thing again and again: `python -m benchmarks.knock URL CONNECTIONS SECONDS BODY`.

Each connection is kept and asks anew as soon as it is answered. Prints requests a second, the median and
the 99th percentile of the latency in seconds, and how many answers were none.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast
from urllib.parse import urlsplit

import uvloop


class _Caller(asyncio.Protocol):
    def __init__(self, request: bytes, taken: list[float], until: float, ended: asyncio.Event) -> None:
        self._request = request
        self._taken = taken
        self._until = until
        self._ended = ended
        self._left = b""
        self.failed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are of another class
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._left += data
        head, found, body = self._left.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        now = time.perf_counter()
        self._taken.append(now - self._begun)
        self.failed += not head.startswith(b"HTTP/1.1 200")
        self._left = b""
        if now < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.failed += exc is not None or time.perf_counter() < self._until
        self._ended.set()

    def _ask(self) -> None:
        self._begun = time.perf_counter()
        self._transport.write(self._request)


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at < 0:
        raise ValueError("The answer does not say how long it is.")
    return int(lower[at + 15 :].split(b"\r\n", 1)[0])


async def _knock(url: str, connections: int, seconds: float, body: bytes) -> dict[str, float]:
    place = urlsplit(url)
    host, port = place.hostname or "", place.port or 80
    head = f"POST {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    taken: list[float] = []
    begin = time.perf_counter()
    callers = []
    for _ in range(connections):
        ended = asyncio.Event()
        caller = _Caller(request, taken, begin + seconds, ended)
        callers.append((caller, ended))
        await asyncio.get_running_loop().create_connection(lambda c=caller: c, host, port)  # type: ignore[misc]
    for _, ended in callers:
        await ended.wait()
    took = time.perf_counter() - begin
    taken.sort()
    return {
        "rate": len(taken) / took,
        "p50": taken[len(taken) // 2],
        "p99": taken[min(len(taken) - 1, len(taken) * 99 // 100)],
        "failed": sum(caller.failed for caller, _ in callers),
    }


if __name__ == "__main__":
    url, connections, seconds, body = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(_knock(url, int(connections), float(seconds), body.encode()))))
