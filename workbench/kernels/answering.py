"""The other end of an `Aside`: calls functions by name until whoever asks has gone."""

from __future__ import annotations

import importlib
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

_AT_ONCE = 4


def answer() -> None:
    """Answer what comes over standard input, a socket; what was asked is done even when nobody waits."""
    socket = os.dup(0)
    os.set_inheritable(socket, False)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    line, sending = Connection(socket), threading.Lock()

    def reply(number: int, place: str, arguments: tuple[Any, ...]) -> None:
        content = _called(number, place, arguments)
        try:
            with sending:
                line.send_bytes(content)
        except OSError:  # it has gone: what it wanted is done
            return

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="aside") as pool:
        while True:
            try:
                pool.submit(reply, *line.recv())
            except (EOFError, OSError):
                return


def _called(number: int, place: str, arguments: tuple[Any, ...]) -> bytes:
    try:
        module, _, name = place.partition(":")
        value = getattr(importlib.import_module(module), name)(*arguments)
        return pickle.dumps((number, True, value))
    except Exception as error:  # noqa: BLE001 - whoever asked is to raise it
        try:
            content = pickle.dumps((number, False, error))
            pickle.loads(content)  # noqa: S301 - our own, of a moment ago
            return content
        except Exception:  # noqa: BLE001 - one that cannot travel is told by its words
            return pickle.dumps((number, False, RuntimeError(f"{type(error).__name__}: {error}")))


if __name__ == "__main__":
    answer()
