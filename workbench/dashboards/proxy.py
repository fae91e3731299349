"""The dashboards inside JupyterLab and on Binder, through jupyter-server-proxy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ICON = Path(__file__).parents[1] / "lab" / "icons" / "dashboards.svg"
_STARTS_WITHIN = 60  # seconds


def entry() -> dict[str, Any]:
    """Return what jupyter-server-proxy has to know: how they are started, and how they are asked.

    They listen on this machine alone. Who may ask, and from which site, is then for Jupyter to say, whose
    handler checks both; so requests come to the dashboards under the dashboards' own address.
    """
    workbench = Path(sys.executable).with_name("workbench")
    return {
        "command": [str(workbench), "dashboards", "--host", "127.0.0.1", "--port", "{port}"],
        "timeout": _STARTS_WITHIN,
        "request_headers_override": {
            "Host": "127.0.0.1:{port}",
            "Origin": "http://127.0.0.1:{port}",
        },
        "launcher_entry": {
            "title": "Dashboards",
            "path_info": "dashboards/overview",
            "icon_path": str(ICON),
        },
        "new_browser_tab": False,
    }
