"""Viewers without a browser: each asks a page, opens its websocket, and takes the whole of its document."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from websocket import WebSocket, WebSocketException

_TOKEN = re.compile(r'"token":"([^"]+)"')
_PATIENCE = 120.0  # seconds


@dataclass(frozen=True)
class Seen:
    """What a viewer saw.

    Attributes:
        first: seconds until the page was there, its first content in it.
        whole: seconds until its document was.
        well: whether both came, without an error.
    """

    first: float
    whole: float
    well: bool


def come(url: str, pages: Sequence[str]) -> list[Seen]:
    """Let as many viewers as there are pages come at once, stay until all have seen theirs, and go."""
    with ThreadPoolExecutor(len(pages)) as people:
        return list(people.map(lambda page: _look(url, page), pages))


def _look(url: str, page: str) -> Seen:
    begin = time.perf_counter()
    try:
        answer = httpx.get(f"{url}{page}", timeout=_PATIENCE)
    except httpx.TransportError:
        return Seen(time.perf_counter() - begin, time.perf_counter() - begin, well=False)
    first = time.perf_counter() - begin
    found = _TOKEN.search(answer.text)
    if answer.status_code != 200 or found is None or "<h1" not in answer.text:
        return Seen(first, first, well=False)
    try:
        well = _document(url, page, found[1])
    except (OSError, WebSocketException):
        well = False
    return Seen(first, time.perf_counter() - begin, well)


def _document(url: str, page: str, token: str) -> bool:
    """Pull a session's document as a browser does; whether it came."""
    place = urlsplit(url)
    with closing(socket.create_connection((place.hostname, place.port), timeout=_PATIENCE)) as line:
        connection = WebSocket()
        connection.connect(  # type: ignore[no-untyped-call]
            f"ws://{place.netloc}/{page}/ws",
            socket=line,
            origin=f"http://{place.netloc}",
            subprotocols=["bokeh", token],
        )
        _message(connection)
        header = {"msgid": "1", "msgtype": "PULL-DOC-REQ"}
        for part in (header, {}, {}):
            connection.send(json.dumps(part))
        while True:
            kind, content = _message(connection)
            if kind in ("PULL-DOC-REPLY", "ERROR"):
                connection.close()
                return kind == "PULL-DOC-REPLY" and bool(content["doc"]["roots"])


def _message(connection: WebSocket) -> tuple[str, dict[str, dict[str, object]]]:
    header, _, content = (json.loads(connection.recv()) for _ in range(3))
    for _ in range(2 * int(header.get("num_buffers", 0))):
        connection.recv()
    return str(header["msgtype"]), content
