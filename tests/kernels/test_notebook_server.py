"""In a Jupyter server a page that stays open goes through a warm kernel's restart, interrupt and crash."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tests.kernels.kernel import until
from tests.kernels.notebook_server import NotebookServer, running_server
from workbench.kernels.kernelspec import DISPLAY, NAME
from workbench.kernels.process import started_at
from workbench.kernels.servers import servers, start_server
from workbench.kernels.settings import KernelSettings


def test_a_page_stays_connected_through_everything(own_servers: Path, tmp_path: Path) -> None:
    """Each time the same websocket reaches a new, empty, warm kernel; none is left in the end."""
    server = start_server(KernelSettings())
    with running_server(tmp_path) as jupyter:
        pids = asyncio.run(_a_day_of_work(jupyter))
    assert len(set(pids)) == 3
    until(lambda: not any(started_at(pid) for pid in pids))
    assert [(state.pid, state.served) for state in servers()] == [(server.pid, 3)]


async def _a_day_of_work(jupyter: NotebookServer) -> list[int]:
    specs = await jupyter.ask("GET", "kernelspecs")
    assert specs["kernelspecs"][NAME]["spec"]["display_name"] == DISPLAY
    kernel = (await jupyter.ask("POST", "kernels", {"name": NAME}))["id"]
    page = await jupyter.open(kernel)
    tell = "import os; print(os.getpid(), os.getppid(), 'x' in globals()); x = 1"
    pids = []

    async def new_kernel() -> None:
        pid, parent, left = (await page.run(tell)).split()
        assert left == "False"
        assert int(parent) == servers()[0].pid
        pids.append(int(pid))

    await new_kernel()
    await page.send("import time\nprint('on', flush=True)\ntime.sleep(600)")
    await page.until("stream")
    await jupyter.ask("POST", f"kernels/{kernel}/interrupt")
    await page.until("error", ename="KeyboardInterrupt")
    await page.until("status", execution_state="idle")
    assert await page.run("print(x)") == "1\n"
    await jupyter.ask("POST", f"kernels/{kernel}/restart")
    await new_kernel()
    await page.send("import os; os._exit(1)")
    await page.until("status", execution_state="restarting")
    until(lambda: started_at(pids[-1]) == 0)
    await new_kernel()
    page.connection.close()
    await jupyter.ask("DELETE", f"kernels/{kernel}")
    assert os.getpid() not in pids
    return pids
