"""Receivers of messages: an HTTP service and a mail server on this machine."""

from __future__ import annotations

import email
import email.policy
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, TypeVar, cast

_Receiver = TypeVar("_Receiver", "Hook", "Mailbox")


class Hook(ThreadingHTTPServer):
    """Takes what is posted to it; refuses with `status`, or the first `deaf` posts only."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Posted)
        self.posts: list[dict[str, Any]] = []
        self.tries = 0
        self.status = 200
        self.deaf = 0

    @property
    def url(self) -> str:
        """The address for Apprise."""
        return f"json://127.0.0.1:{self.server_port}/alerts"

    @property
    def titles(self) -> list[str]:
        """What arrived, by title."""
        return [post["title"] for post in self.posts]


class _Posted(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook = cast(Hook, self.server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        hook.tries += 1
        status = 503 if hook.tries <= hook.deaf else hook.status
        if status == 200:
            hook.posts.append(json.loads(body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


class Mailbox(ThreadingTCPServer):
    """A mail server that keeps what it is given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.mails: list[EmailMessage] = []

    @property
    def url(self) -> str:
        """The address for Apprise."""
        place = f"127.0.0.1:{self.server_address[1]}"
        return f"mailto://{place}?smtp=127.0.0.1&from=workbench@example.org&to=duty@example.org"


class _Mail(StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self._say("354 go on")
                self._keep(b"".join(iter(self.rfile.readline, b".\r\n")))
            self._say("221 bye" if word == b"QUIT" else "250 well")
            if word == b"QUIT":
                return

    def _keep(self, whole: bytes) -> None:
        made = email.message_from_bytes(whole.replace(b"\r\n..", b"\r\n."), policy=email.policy.default)
        cast(Mailbox, self.server).mails.append(made)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def listening(server: _Receiver) -> Iterator[_Receiver]:
    """Let a receiver listen."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
