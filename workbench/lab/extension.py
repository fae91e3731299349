"""The part of Jupyter's server: a route that tells how a stage stands, and warm kernels by default."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated

from workbench.errors import WorkbenchError
from workbench.lab.freshness import freshness, project_of
from workbench.lab.warm import prefer_warm

ROUTE = "workbench/freshness"


class FreshnessHandler(APIHandler):
    """Answers what a saved notebook makes stale: `GET /workbench/freshness?path=notebooks/03_features.ipynb`.

    The path is relative to the folder that the server shows. The answer holds `stage` (null where the
    notebook is none), `changes`, `stale`, `seconds` and `words`; or `error` and `hint`.
    """

    @authenticated
    async def get(self) -> None:
        """Answer."""
        root = Path(self.settings["server_root_dir"]).expanduser().resolve()
        asked = (root / self.get_query_argument("path").lstrip("/")).resolve()
        if not asked.is_relative_to(root):
            raise HTTPError(404, "The path is outside of what this server shows.")
        self.finish(json.dumps(await asyncio.to_thread(_told, asked)))


def _told(notebook: Path) -> dict[str, Any]:
    try:
        found = freshness(notebook) if notebook.is_file() else None
    except WorkbenchError as error:
        return {"stage": None, "error": error.message, "hint": error.hint}
    return found.to_dict() if found else {"stage": None}


def _load_jupyter_server_extension(server: Any) -> None:
    """Extend a server that starts."""
    web = server.web_app
    web.add_handlers(".*$", [(url_path_join(web.settings["base_url"], ROUTE), FreshnessHandler)])
    root = project_of(Path(web.settings["server_root_dir"]).expanduser())
    if root is not None:
        prefer_warm(root, server.kernel_spec_manager, server.log)
