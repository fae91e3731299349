"""A pair of connected sockets between a supervisor and a worker: one JSON message a line."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any, Generic, TypeVar

import msgspec

_LONGEST = 1 << 26
T = TypeVar("T")


class Channel(Generic[T]):
    """One end of the pair.

    Args:
        connection: the socket.
        kind: the union of messages that arrive at this end.
    """

    def __init__(self, connection: socket.socket, kind: Any) -> None:
        self._connection = connection
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)
        self._writer: asyncio.StreamWriter | None = None
        self._reader: asyncio.StreamReader | None = None

    async def open(self) -> None:
        """Begin to listen."""
        self._connection.setblocking(False)
        self._reader, self._writer = await asyncio.open_connection(sock=self._connection, limit=_LONGEST)

    def send(self, message: msgspec.Struct) -> None:
        """Send a message; an end that is gone hears nothing."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(msgspec.json.encode(message) + b"\n")

    async def __aiter__(self) -> AsyncIterator[T]:
        assert self._reader is not None
        while True:
            try:
                line = await self._reader.readline()
            except (OSError, ValueError):
                return
            if not line.endswith(b"\n"):
                return
            yield self._decoder.decode(line)

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        else:
            self._connection.close()
