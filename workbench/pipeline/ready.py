"""Waits for a kernel's first answer, and not a moment longer."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

_PIECE = 1.0  # seconds to wait for an answer before asking again
_PUBLISHED = 0.2  # seconds for the answer's echo on the public channel


class KernelGone(Exception):
    """The kernel was gone before it could answer."""


async def wait_until_ready(manager: Any, client: Any, timeout: float) -> None:
    """Return when the kernel answers on its shell channel, and its public channel is heard.

    `wait_for_ready` then listens until the public channel has been silent for 0.2 s. There is no need:
    what is left there belongs to our questions, and whoever executes a cell heeds that cell's alone.

    Raises:
        KernelGone: the kernel has ended, or does not answer within `timeout` seconds.
    """
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        asked = client.kernel_info()
        try:
            reply = await client.get_shell_msg(timeout=_PIECE)
            while reply["parent_header"].get("msg_id") != asked:
                reply = await client.get_shell_msg(timeout=_PIECE)
            if await _is_heard(client, asked):
                client._handle_kernel_info_reply(reply)
                return
        except Empty:
            pass
        if not await manager.is_alive():
            raise KernelGone("the kernel ended before it could answer")
    raise KernelGone(f"the kernel did not answer within {timeout:g} s")


async def _is_heard(client: Any, asked: str) -> bool:
    try:
        while True:
            message = await client.get_iopub_msg(timeout=_PUBLISHED)
            idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
            if idle and message["parent_header"].get("msg_id") == asked:
                return True
    except Empty:
        return False  # the subscription came after the answer
