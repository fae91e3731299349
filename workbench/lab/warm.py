"""Warm kernels for whoever opens a project's notebook, without choosing anything."""

from __future__ import annotations

import json
from logging import Logger
from pathlib import Path
from typing import Any

from workbench.kernels.kernelspec import kernelspec

DISPLAY = "Python 3 (warm)"
_NATIVE = "python3"  # what the notebooks themselves name, here and on any other machine


def prefer_warm(root: Path, specs: Any, log: Logger) -> None:
    """Let a project's notebooks, which ask for `python3`, get a kernel from the fork server.

    The kernelspec lies in the project's own state and is looked for before all others by this server alone;
    nothing is installed, and the notebooks stay as they are.

    Args:
        root: the project's folder.
        specs: the server's KernelSpecManager.
        log: told when it cannot be done; kernels are then cold.
    """
    from workbench.pipeline.space import write_whole
    from workbench.project import load_project

    try:
        folder = load_project(root).layout.state / "jupyter" / "kernels"
        spec = kernelspec() | {"display_name": DISPLAY}
        (folder / _NATIVE).mkdir(parents=True, exist_ok=True)
        write_whole(folder / _NATIVE / "kernel.json", json.dumps(spec, indent=1) + "\n")
    except Exception as error:  # noqa: BLE001 - JupyterLab must open on a project that is broken, to mend it
        log.warning("Kernels will not be warm: %s", error)
        return
    specs.kernel_dirs = [str(folder), *(each for each in specs.kernel_dirs if each != str(folder))]
