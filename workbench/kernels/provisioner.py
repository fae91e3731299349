"""The kernel provisioner: JupyterLab, Papermill and the runner all get their warm kernels through it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from workbench.kernels.refusal import Refusal
from workbench.kernels.settings import KernelSettings, settings_around
from workbench.kernels.warm import WarmProcess, fork_kernel

NAME = "workbench-warm"


class LeanProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Starts the kernel as ever, and notices its end without waiting for a tenth of a second."""

    cold: str | None = None
    passing: bool = False

    @property
    def exit_known(self) -> bool:
        """Whether the exit code that `poll` returns is the kernel's own."""
        return True

    async def gone(self, timeout: float) -> None:
        """Return as soon as the process has ended, or after `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while await self.poll() is None:
                    await asyncio.sleep(0.002)

    def let_go(self) -> None:
        """Follow a process no more that did not end in time."""


class WarmProvisioner(LeanProvisioner):
    """Forks the kernel from a server that has the imports loaded; starts a cold one where it cannot.

    Attributes:
        settings: of the project; None: those of the project around the kernel's folder.
        patience: seconds to wait for a server that is busy with its imports.
        cold: why the kernel is a cold one, None when it is warm.
        passing: the reason is gone in a few seconds.
    """

    settings: KernelSettings | None = None
    patience: float = 2.0
    _again: bool = False

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel on the manager's own connection file, or start a cold one and log why."""
        try:
            self.process = await asyncio.to_thread(self._fork, cmd, kwargs)
            self._again = True  # this object stays when the kernel is restarted
        except Refusal as refusal:
            self.cold, self.passing = refusal.reason, refusal.passing
            self.log.warning("This kernel starts cold: %s.", refusal.reason)
            return await super().launch_kernel(cmd, **kwargs)
        self.cold = None
        self.pid = self.pgid = self.process.pid  # it leads a session, so a group, of its own
        self.cwd = kwargs.get("cwd") or str(Path.cwd())
        return self.connection_info

    @property
    def exit_known(self) -> bool:
        """Whether the exit code that `poll` returns is the kernel's own."""
        return self.process.known if isinstance(self.process, WarmProcess) else True

    def let_go(self) -> None:
        """Follow a kernel no more that did not end in time; its server still does."""
        if isinstance(self.process, WarmProcess):
            self.process.let_go()

    def _fork(self, cmd: list[str], kwargs: dict[str, Any]) -> WarmProcess:
        folder = str(kwargs.get("cwd") or Path.cwd())
        independent = bool(kwargs.get("independent"))
        environment = dict(kwargs.get("env") or os.environ)
        if not independent:
            environment["JPY_PARENT_PID"] = str(os.getpid())
        return fork_kernel(
            cmd,
            environment,
            folder,
            settings=self.settings or settings_around(Path(folder)),
            patience=self.patience,
            streams=(kwargs.get("stdout"), kwargs.get("stderr")),
            tied=not independent,
            again=self._again,
        )
