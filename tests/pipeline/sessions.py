"""A person's session on a notebook: a kernel of its own, cell after cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Kernel:
    """A kernel in the notebooks' folder, as JupyterLab starts one."""

    def __init__(self, folder: Path) -> None:
        from jupyter_client.manager import KernelManager

        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str) -> str:
        """Run a cell and return what it prints, or raises."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            said.append(content.get("text") or content.get("evalue") or "")

        self.client.execute_interactive(code, timeout=60, output_hook=hear)
        return "".join(said)

    def end(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
