"""One request and its answer."""

from __future__ import annotations

import asyncio
from time import perf_counter

from workbench.serving.app.types import Header, Receive, Scope, Send
from workbench.serving.refused import Refused

JSON: Header = (b"content-type", b"application/json")


class Exchange:
    """One request and its answer, once.

    Attributes:
        began: when it arrived, by `perf_counter`.
        headers: the request's, names in lower case; of a repeated name the last.
        status: of the answer; 0 before there is one.
        caller: who it is, once known.
    """

    __slots__ = ("_receive", "_send", "began", "caller", "headers", "scope", "status")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.began = perf_counter()
        self.scope = scope
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.status = 0
        self.caller = ""
        self._receive = receive
        self._send = send

    async def body(self, limit: int, timeout: float) -> bytes:
        """Return the request's body.

        Args:
            limit: bytes; a longer body is refused, unread where its length was announced.
            timeout: seconds for all of it to arrive.

        Raises:
            Refused: 413, or 408 when it did not arrive in time.
        """
        length = self.headers.get(b"content-length")
        if length is not None and (len(length) > 18 or not length.isdigit() or int(length) > limit):
            raise _too_large(limit)
        task = asyncio.current_task()
        assert task is not None
        late = False

        def stop() -> None:
            nonlocal late
            late = True
            task.cancel()

        timer = asyncio.get_running_loop().call_later(timeout, stop)
        try:
            return await self._read(limit)
        except asyncio.CancelledError:
            if not late:
                raise
            task.uncancel()
            raise Refused(
                408, "body_too_slow", f"The request's body did not arrive within {timeout:g} s."
            ) from None
        finally:
            timer.cancel()

    async def _read(self, limit: int) -> bytes:
        message = await self._receive()
        content: bytes = message.get("body", b"")
        if not message.get("more_body", False):
            if len(content) > limit:
                raise _too_large(limit)
            return content
        parts = [content]
        size = len(content)
        while message.get("more_body", False):
            if size > limit:
                raise _too_large(limit)
            message = await self._receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
        if message["type"] == "http.disconnect":
            raise Gone
        if size > limit:
            raise _too_large(limit)
        return b"".join(parts)

    async def answer(self, status: int, content: bytes, *headers: Header) -> None:
        """Send the answer."""
        self.status = status
        length = (b"content-length", b"%d" % len(content))
        await self._send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
        await self._send({"type": "http.response.body", "body": content})


class Gone(Exception):
    """The caller hung up before the request was whole."""


def _too_large(limit: int) -> Refused:
    message = f"The request's body is larger than the {limit} bytes that this service takes."
    return Refused(413, "body_too_large", message, "Send fewer rows at once.")
