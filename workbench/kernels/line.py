"""Messages over a Unix socket: one JSON object per line, with open files beside them."""

from __future__ import annotations

import array
import contextlib
import json
import os
import socket
import struct
from collections.abc import Iterable
from typing import Any

_FILES = 8  # more never come with one message


class Closed(Exception):
    """The other side has gone."""


class Line:
    """A connected socket that carries messages.

    Attributes:
        files: descriptors that came with the messages read so far.
    """

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.files: list[int] = []
        self._unread = b""

    def fileno(self) -> int:
        """Return the socket's descriptor, to be waited for."""
        return self.socket.fileno()

    @property
    def peer(self) -> tuple[int, int]:
        """The process and the user on the other side, as the kernel vouches for."""
        size = struct.calcsize("3i")
        pid, uid, _ = struct.unpack("3i", self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
        return pid, uid

    def send(self, message: dict[str, Any], files: Iterable[int] = ()) -> None:
        """Send a message, and open files with it.

        Raises:
            Closed: nobody is there to read it.
        """
        data = json.dumps(message).encode() + b"\n"
        fds = array.array("i", files)
        beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)] if fds else []
        try:
            sent = self.socket.sendmsg([data], beside)
            if sent < len(data):  # to send nothing fails when the other side has answered and gone
                self.socket.sendall(data[sent:])
        except OSError as error:
            raise Closed(str(error)) from error

    def receive(self, timeout: float | None) -> dict[str, Any]:
        """Return the next message.

        Args:
            timeout: seconds to wait for each part of it; 0 takes only what is there, None waits for ever.

        Raises:
            Closed: the other side has gone, and everything it said was read.
            TimeoutError: nothing came in time.
        """
        self.socket.settimeout(timeout)
        while b"\n" not in self._unread:
            try:
                self._take()
            except BlockingIOError as error:
                raise TimeoutError from error
            except ConnectionError as error:
                raise Closed(str(error)) from error
        line, _, self._unread = self._unread.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def close(self) -> None:
        """Close the socket and the files that came over it."""
        with contextlib.suppress(OSError):
            self.socket.close()
        for file in self.files:
            with contextlib.suppress(OSError):
                os.close(file)
        self.files = []

    def _take(self) -> None:
        space = socket.CMSG_SPACE(_FILES * array.array("i").itemsize)
        data, beside, _, _ = self.socket.recvmsg(1 << 16, space, socket.MSG_CMSG_CLOEXEC)
        for level, kind, content in beside:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds = array.array("i")
                fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
                self.files += fds
        if not data:
            raise ConnectionResetError("the other side has closed")
        self._unread += data
