"""MLflow's own pages over a project's runs, as a tile in JupyterLab's launcher."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from workbench.errors import WorkbenchError

_STARTS_WITHIN = 60  # seconds
ICON = Path(__file__).parent / "icons" / "mlflow.svg"


def entry() -> dict[str, Any]:
    """Return what jupyter-server-proxy has to know.

    MLflow listens on this machine alone and asks nobody who they are: Jupyter does.
    """
    return {
        "command": [sys.executable, "-m", "workbench.lab.mlflow", "{port}"],
        "timeout": _STARTS_WITHIN,
        "request_headers_override": {
            "Host": "127.0.0.1:{port}",
            "Origin": "http://127.0.0.1:{port}",
        },
        "launcher_entry": {"title": "MLflow", "icon_path": str(ICON)},
        "new_browser_tab": False,
    }


def command(port: int) -> list[str]:
    """Return the command that shows the runs of the project around the current folder.

    Raises:
        ConfigurationError: there is no project here, or its workbench.toml is wrong.
    """
    from workbench.project import load_project

    layout = load_project().layout
    words = ["--backend-store-uri", layout.tracking_url, "--default-artifact-root", layout.artifacts_uri]
    return [
        sys.executable, "-m", "mlflow", "server", *words, "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1",
    ]  # fmt: skip


def main() -> None:
    """Become MLflow's server."""
    try:
        words = command(int(sys.argv[1]))
    except WorkbenchError as error:
        sys.exit(f"{error.message} {error.hint}")
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="1")
    os.execv(words[0], words)  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main()
