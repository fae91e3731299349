"""The Jupyter servers that run on this machine under this user, by what they have written of themselves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.pipeline.opening import Opened


def url_in_lab(root: Path, opened: Opened) -> str | None:
    """Return the address of a notebook in a JupyterLab that runs and shows the project; None without one.

    The address holds the server's token: whoever has it may do there what this user may.

    Args:
        root: the project's folder.
        opened: the stage whose notebook it is.
    """
    for server, folder in running_servers():
        if opened.notebook.resolve().is_relative_to(folder):
            token = f"?token={server['token']}" if server.get("token") else ""
            path, mark, cell = opened.url_path(root if folder == root.resolve() else folder).partition("#")
            return f"{server['url']}lab/tree/{path}{token}{mark}{cell}"
    return None


def running_servers() -> Iterator[tuple[dict[str, Any], Path]]:
    """Yield what each server says of itself and the folder that it shows; Jupyter's own way takes seconds."""
    try:
        from jupyter_core.paths import jupyter_runtime_dir
    except ImportError:
        return
    for path in sorted(Path(jupyter_runtime_dir()).glob("jpserver-*.json")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            os.kill(said["pid"], 0)
        except (OSError, ValueError, TypeError, KeyError):  # half written, or its server is gone
            continue
        yield said, Path(said.get("root_dir") or said.get("notebook_dir") or "/nowhere").resolve()
