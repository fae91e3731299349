"""Runs a notebook's cells in a kernel and says what was observed; it never judges by the file."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode

from workbench.kernels.settings import KernelSettings
from workbench.pipeline.checkpoint.restart import is_skipped
from workbench.pipeline.kernel import (
    Usage,
    end_kernel,
    exit_status,
    kernel_pid,
    make_manager,
    remove_sockets,
    why_cold,
)
from workbench.pipeline.output import OutputCap
from workbench.pipeline.ready import KernelGone, wait_until_ready
from workbench.pipeline.watchdog import Verdict, Watchdog
from workbench.pipeline.widgets import REGISTRY

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ALIVE_EVERY = 0.1  # seconds; nbclient looks once a second
_PLAINLY = {  # what the kernel says in words of its own
    "StdinNotImplementedError": "it asks for input, and nobody is there to answer: make that a parameter"
}


@dataclass(frozen=True)
class CellError:
    """The error that ended a notebook.

    Attributes:
        cell: number of the cell among all cells, counted from 1, as JupyterLab shows them from the top.
        traceback: without terminal colours.
    """

    cell: int
    ename: str
    evalue: str
    traceback: str
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Return the error as the ledger keeps it, the traceback's end if it is long."""
        traceback = self.traceback[-8000:]
        return {"cell": self.cell, "ename": self.ename, "evalue": self.evalue[:2000], "traceback": traceback}


@dataclass(frozen=True)
class SessionEnd:
    """How the kernel's work ended, as seen from outside.

    Attributes:
        verdict: the watchdog's, when it ended the kernel.
        died: the kernel vanished by itself; `exit_status` is its exit code or minus the signal.
        error: the error reply of the last cell.
        cell: number of the last cell begun, counted from 1; 0 when none was.
        cells: the seconds of each cell that ended, by its number.
        cold: why the kernel was a cold one though a warm one was asked for.
    """

    cell: int
    error: CellError | None
    died: bool
    exit_status: int | None
    verdict: Verdict | None
    usage: Usage
    seconds: float
    cells: tuple[tuple[int, float], ...] = ()
    cold: str | None = None


@dataclass(frozen=True)
class SessionSettings:
    """What a session needs to know about its kernel.

    Attributes:
        timeout: seconds for the whole notebook.
        heartbeat: seconds; after two missed ones the kernel counts as frozen.
        output_limit: bytes of output kept per cell.
        save_every: seconds between two saves while cells run.
        warm: the fork server's settings; None: a cold kernel.
    """

    kernel_name: str
    cwd: str
    env: dict[str, str]
    timeout: float
    heartbeat: float
    output_limit: int
    save_every: float
    startup_timeout: float = 120.0
    warm: KernelSettings | None = None


class Session(NotebookClient):  # type: ignore[misc]
    """One notebook in one kernel, under a watchdog."""

    def __init__(
        self,
        notebook: NotebookNode,
        settings: SessionSettings,
        *,
        save: Callable[[NotebookNode], None],
        on_cell: Callable[[int, NotebookNode], None],
    ) -> None:
        super().__init__(
            notebook,
            km=make_manager(settings.kernel_name, settings.warm),
            allow_errors=False,
            startup_timeout=int(settings.startup_timeout),
            resources={"metadata": {"path": settings.cwd}},
            skip_cells_with_tag="skip-execution",
        )
        self.widget_registry = REGISTRY
        self._settings = settings
        self._save = save
        self._on_cell = on_cell
        self.clear_before_next_output: bool = False
        self._cap = OutputCap(settings.output_limit)
        self._saved_at = 0.0
        self._cell = 0
        self._cell_seconds: list[tuple[int, float]] = []
        self._error: CellError | None = None
        self._stop_reason: str | None = None
        self.watchdog: Watchdog | None = None

    def request_stop(self, reason: str) -> None:
        """Ask from another thread for the kernel to be ended, as soon as there is one."""
        self._stop_reason = reason
        if self.watchdog:
            self.watchdog.request_stop(reason)

    def run(self) -> SessionEnd:
        """Run all cells; every way in which that ends comes back as a value."""
        return asyncio.run(self._run())

    async def _run(self) -> SessionEnd:
        started = time.monotonic()
        manager = self.km
        died = False
        try:
            await self._start()
            await self._run_cells()
        except (DeadKernelError, KernelGone):
            died = True
        finally:
            end = await self._end(manager, died, started)
        return end

    async def _start(self) -> None:
        settings = self._settings
        await self.km.start_kernel(cwd=settings.cwd, env=settings.env)
        self.watchdog = Watchdog(
            kernel_pid(self.km),
            f"ipc://{self.km.ip}-{self.km.hb_port}",
            timeout=settings.timeout,
            heartbeat=settings.heartbeat,
        )
        self.watchdog.start()
        if self._stop_reason:
            self.watchdog.request_stop(self._stop_reason)
        self.kc = self.km.client()
        self.kc.start_channels(stdin=False, hb=False)
        await wait_until_ready(self.km, self.kc, settings.startup_timeout)
        self.watchdog.ready()

    async def _run_cells(self) -> None:
        for index, cell in enumerate(self.nb.cells):
            if cell.cell_type != "code" or is_skipped(cell):
                continue
            self._cell = index + 1
            self._on_cell(index, cell)
            self._cap.begin()
            began = time.monotonic()
            try:
                await self.async_execute_cell(cell, index, store_history=True)
            except _CellFailed as failure:
                self._error = failure.error
                return
            finally:
                self._cap.flush(cell)
            self._cell_seconds.append((self._cell, round(time.monotonic() - began, 3)))
            self._save_now_and_then()
        info = await self.async_wait_for_reply(self.kc.kernel_info())
        if info and not self.nb.metadata.get("language_info"):
            self.nb.metadata["language_info"] = info["content"]["language_info"]
        self.set_widgets_metadata()

    async def _end(self, manager: Any, died: bool, started: float) -> SessionEnd:
        status: int | None = None
        usage = Usage()
        if self.watchdog:
            self.watchdog.end()
            usage = self.watchdog.usage
        if manager.has_kernel:
            status = await exit_status(manager)
            await end_kernel(manager)
        if self.kc is not None:
            self.kc.stop_channels()
        remove_sockets(manager)
        return SessionEnd(
            cell=self._cell,
            error=self._error,
            died=died,
            exit_status=status,
            verdict=self.watchdog.verdict if self.watchdog else None,
            usage=usage,
            seconds=round(time.monotonic() - started, 3),
            cells=tuple(self._cell_seconds),
            cold=why_cold(manager),
        )

    async def _check_raise_for_error(self, cell: NotebookNode, cell_index: int, exec_reply: Any) -> None:
        content = exec_reply["content"] if exec_reply else {"status": "ok"}
        allowed = "raises-exception" in cell.metadata.get("tags", [])
        shown = next((o for o in cell.get("outputs", []) if o.output_type == "error"), None)
        if content["status"] == "error":
            shown = shown or content
        elif not (shown and shown["ename"] == "SystemExit"):
            return
        exits = shown["ename"] == "SystemExit"
        if allowed and not exits:
            return
        raise _CellFailed(
            CellError(
                cell=cell_index + 1,
                ename=str(shown["ename"]),
                evalue=_PLAINLY.get(str(shown["ename"]), str(shown["evalue"])),
                traceback=_ANSI.sub("", "\n".join(shown.get("traceback") or [])),
                source=str(cell.source),
            )
        )

    async def _async_poll_kernel_alive(self) -> None:
        while True:
            await asyncio.sleep(_ALIVE_EVERY)
            try:
                await self._async_check_alive()
            except DeadKernelError:
                assert self.task_poll_for_reply is not None
                self.task_poll_for_reply.cancel()
                return

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Keep an output unless the cell has had its share; save when it is time."""
        captured = self.output_hook_stack.get(msg["parent_header"].get("msg_id"))
        if not captured:
            self._clear_if_due(msg, cell)
            if self._cap.takes(msg, cell):
                return None
        output = super().process_message(msg, cell, cell_index)
        self._save_now_and_then()
        return output

    def _clear_if_due(self, msg: dict[str, Any], cell: NotebookNode) -> None:
        shows = msg["msg_type"] in ("stream", "display_data", "execute_result", "error")
        if self.clear_before_next_output and shows:
            cell.outputs = []
            self._cap.begin()
            self.clear_before_next_output = False

    def _save_now_and_then(self) -> None:
        now = time.monotonic()
        if now - self._saved_at >= self._settings.save_every:
            if self._cell:
                self._cap.flush(self.nb.cells[self._cell - 1])
            self._save(self.nb)
            self._saved_at = time.monotonic()


class _CellFailed(CellControlSignal):  # type: ignore[misc]
    def __init__(self, error: CellError) -> None:
        super().__init__(error.ename)
        self.error = error
