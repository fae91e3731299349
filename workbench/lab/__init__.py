"""What JupyterLab gets from the workbench, beside the widgets: none of it has to be asked for.

* `extension`: with the server it starts a route that tells what a saved notebook makes stale, and makes warm
  kernels what a project's notebooks get;
* `labextension/`: the page's part, in the status bar;
* `mlflow`: MLflow's own pages over the project's runs, behind a tile of the launcher.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell Jupyter's server which module it is that extends it."""
    return [{"module": "workbench.lab.extension"}]


def _jupyter_labextension_paths() -> list[dict[str, Any]]:
    """Tell `jupyter labextension develop` where the page's part is."""
    return [{"src": "labextension", "dest": "workbench-lab"}]
