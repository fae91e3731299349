"""The kernelspec by which JupyterLab and Papermill find warm kernels."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from workbench.errors import StorageError

NAME = "workbench-warm"
DISPLAY = "Python (workbench, warm)"


def kernelspec() -> dict[str, Any]:
    """Return the content of `kernel.json`: an ordinary Python kernel, with our provisioner."""
    return {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": DISPLAY,
        "language": "python",
        "interrupt_mode": "signal",
        "metadata": {
            "debugger": True,
            "kernel_provisioner": {"provisioner_name": NAME},
            "supported_encryption": ["curve"],
        },
    }


def install(prefix: str | None = None) -> Path:
    """Install the kernelspec below a prefix, by default that of this environment; return its folder.

    Raises:
        StorageError: the prefix cannot be written.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    prefix = prefix or sys.prefix
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "kernel.json").write_text(json.dumps(kernelspec(), indent=1) + "\n", encoding="utf-8")
        try:
            return Path(KernelSpecManager().install_kernel_spec(folder, NAME, prefix=prefix))
        except OSError as error:
            raise StorageError(
                f"The kernel could not be installed below {prefix}: {error.strerror or error}.",
                hint="Use an environment of your own, or ask whoever owns this one.",
                store=prefix,
            ) from error
