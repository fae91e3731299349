"""A kernel held in the hand: started warm or cold, and asked for Python values."""

from __future__ import annotations

import ast
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jupyter_client import KernelManager

from workbench.kernels.provisioner import WarmProvisioner
from workbench.kernels.settings import KernelSettings

LEAN = KernelSettings(usual=False, idle=60.0)
USUAL = KernelSettings(idle=60.0)


class Kernel:
    """A started kernel with a client; leaves nothing behind."""

    def __init__(
        self,
        settings: KernelSettings | None,
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        **popen: Any,
    ) -> None:
        self.sockets = tempfile.mkdtemp(prefix="wb-")
        self.manager = KernelManager(kernel_name="python3", transport="ipc", ip=f"{self.sockets}/k")
        self.manager.connection_file = f"{self.sockets}/connection.json"
        if settings is not None:
            self.manager.provisioner = WarmProvisioner(
                kernel_id="test", kernel_spec=self.manager.kernel_spec, parent=self.manager
            )
            self.manager.provisioner.settings = settings
            self.manager.provisioner.patience = 30.0
        variables = {**os.environ, **(environment or {})}
        self.manager.start_kernel(cwd=str(folder or Path.cwd()), env=variables, **popen)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.stop_channels()
        self.client.context.destroy(linger=0)
        self.manager.shutdown_kernel(now=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    @property
    def pid(self) -> int:
        """The kernel's process."""
        return int(self.manager.provisioner.pid)

    @property
    def cold(self) -> str | None:
        """Why it is a cold one."""
        return getattr(self.manager.provisioner, "cold", None)

    def run(self, code: str) -> dict[str, Any]:
        """Execute code and return the reply, or an empty dict when the kernel died."""
        asked = self.client.execute(code)
        while self.manager.is_alive():
            try:
                reply = self.client.get_shell_msg(timeout=0.2)
            except Exception:  # noqa: BLE001 - nothing yet
                continue
            if reply["parent_header"].get("msg_id") == asked:
                content: dict[str, Any] = reply["content"]
                return content
        return {}

    def value(self, code: str, expression: str) -> Any:
        """Execute code and return the value of an expression after it."""
        asked = self.client.execute(code, user_expressions={"value": expression})
        while True:
            reply = self.client.get_shell_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == asked:
                break
        if reply["content"]["status"] == "aborted":  # the kernel was still dropping what followed an error
            return self.value(code, expression)
        assert reply["content"]["status"] == "ok", reply["content"]["traceback"]
        shown = reply["content"]["user_expressions"]["value"]
        assert shown["status"] == "ok", shown
        return ast.literal_eval(shown["data"]["text/plain"])

    def exit_code(self) -> int:
        """Wait for the kernel's end and return its exit code."""
        until(lambda: not self.manager.is_alive())
        return int(self.manager.provisioner.process.returncode)


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Return when the condition holds.

    Raises:
        TimeoutError: it does not within `seconds`.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not happen")
        time.sleep(0.01)
