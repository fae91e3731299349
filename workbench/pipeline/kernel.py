"""A kernel and what can be observed of it from outside."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psutil
    from jupyter_client import AsyncKernelManager

    from workbench.kernels.settings import KernelSettings

_LAST = 5.0  # seconds for a killed process to be gone
_LOOKS = 10  # at all processes, for what one look may miss
_BETWEEN = 0.01  # seconds between two of them
_KERNEL_THREAD = 0x00200000  # PF_KTHREAD of the kernel's flags


def make_manager(kernel_name: str, warm: KernelSettings | None = None) -> AsyncKernelManager:
    """Return a manager whose kernel will talk over sockets in a private folder: no ports, no plain TCP.

    Args:
        kernel_name: as in a kernelspec.
        warm: the fork server's settings; None: every kernel is a process executed afresh.
    """
    from jupyter_client import AsyncKernelManager

    from workbench.kernels.provisioner import LeanProvisioner, WarmProvisioner

    folder = tempfile.mkdtemp(prefix="wb-")  # short: a socket's path has at most 107 characters
    manager = AsyncKernelManager(kernel_name=kernel_name, transport="ipc", ip=f"{folder}/k")
    manager.connection_file = f"{folder}/connection.json"
    kind = WarmProvisioner if warm else LeanProvisioner
    manager.provisioner = kind(kernel_id=Path(folder).name, kernel_spec=manager.kernel_spec, parent=manager)
    if warm:
        manager.provisioner.settings = warm
    return manager


def remove_sockets(manager: AsyncKernelManager) -> None:
    """Remove the private folder of a manager made by `make_manager`."""
    shutil.rmtree(Path(manager.ip).parent, ignore_errors=True)


def kernel_pid(manager: Any) -> int:
    """Return the process id of a started kernel."""
    return int(manager.provisioner.pid)


def why_cold(manager: Any) -> str | None:
    """Return why a kernel that should be warm is not; None too when it will be so in a few seconds."""
    provisioner = manager.provisioner
    return None if provisioner.passing else provisioner.cold


async def exit_status(manager: Any) -> int | None:
    """Return a kernel's exit code or minus its signal; None while it runs, or when nobody can know."""
    status: int | None = await manager.provisioner.poll()
    return status if manager.provisioner.exit_known else None


async def end_kernel(manager: Any) -> None:
    """End a kernel and its group at once, without asking it, and clean up behind it."""
    kill_group(kernel_pid(manager))
    await manager.provisioner.gone(_LAST)
    if await manager.provisioner.poll() is not None:
        await manager.provisioner.wait()
    else:
        manager.provisioner.let_go()
    await manager.cleanup_resources()


@dataclass
class Usage:
    """CPU seconds and peak memory of a kernel and its children, sampled while they live."""

    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    _cpu: dict[int, float] = field(default_factory=dict)

    def sample(self, pid: int) -> None:
        """Look once; a process that is gone keeps its last reading."""
        import psutil

        resident = 0
        for process in _family(pid):
            with contextlib.suppress(psutil.Error):
                with process.oneshot():
                    times = process.cpu_times()
                    resident += process.memory_info().rss
                self._cpu[process.pid] = times.user + times.system
        self.cpu_seconds = round(sum(self._cpu.values()), 3)
        self.peak_memory_bytes = max(self.peak_memory_bytes, resident, _high_water(pid))


def _family(pid: int) -> list[psutil.Process]:
    import psutil

    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _high_water(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return 0


def kill_group(pid: int) -> None:
    """Kill a kernel and everything in its process group, at once."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def kill_marked(variable: str, value: str) -> list[int]:
    """Kill every process whose environment carries the mark, wherever it hides; return their ids.

    A grandchild that left the process group, and what a vanished runner left behind, still carry the
    environment that the kernel was started with.
    """
    mark = f"{variable}={value}".encode()
    killed: list[int] = []
    for _ in range(_LOOKS):
        found, is_settled = _marked(mark, {os.getpid(), *killed})
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
        if is_settled and not found:
            break
        if not is_settled:
            time.sleep(_BETWEEN)
    return killed


def _marked(mark: bytes, but: set[int]) -> tuple[list[int], bool]:
    """Return the processes that carry a mark, and whether every process could be asked.

    While a process becomes another program it has no environment for a moment.
    """
    import psutil

    found, is_settled = [], True
    for pid in psutil.pids():
        if pid in but:
            continue
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            is_settled &= bool(environment) or not _is_starting(pid)
        except OSError:
            continue
        if mark in environment.split(b"\0"):
            found.append(pid)
    return found, is_settled


def _is_starting(pid: int) -> bool:
    """Return whether a process is becoming another program; see proc(5) for the fields, which begin at 3."""
    state, *rest = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    flags, environment_ends = int(rest[5]), int(rest[47])
    return state not in "ZX" and not flags & _KERNEL_THREAD and not environment_ends
