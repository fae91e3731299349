"""The part of Jupyter's server: a route that tells how a stage stands, and warm kernels by default."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated

from workbench.errors import NotebookError, WorkbenchError
from workbench.lab.freshness import freshness, project_of
from workbench.lab.warm import prefer_warm

ROUTE = "workbench/freshness"
_PATIENCE = 2.0  # seconds that a notebook may take to be written
_EVERY = 0.05  # seconds between two looks at it


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
    """Return the answer about a notebook; Jupyter writes into the file itself, so it may be half there."""
    until = time.monotonic() + _PATIENCE
    while True:
        before = _stamp(notebook)
        try:
            found = freshness(notebook) if notebook.is_file() else None
            return found.to_dict() if found else {"stage": None}
        except NotebookError as error:
            is_steady = _stamp(notebook) == before and _is_whole(notebook)
            if is_steady or time.monotonic() > until:
                return _error(error)
        except WorkbenchError as error:
            return _error(error)
        time.sleep(_EVERY)


def _error(error: WorkbenchError) -> dict[str, Any]:
    return {"stage": None, "error": error.message, "hint": error.hint}


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _is_whole(notebook: Path) -> bool:
    try:
        json.loads(notebook.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _load_jupyter_server_extension(server: Any) -> None:
    """Extend a server that starts."""
    web = server.web_app
    web.add_handlers(".*$", [(url_path_join(web.settings["base_url"], ROUTE), FreshnessHandler)])
    root = project_of(Path(web.settings["server_root_dir"]).expanduser())
    if root is not None:
        prefer_warm(root, server.kernel_spec_manager, server.log)
