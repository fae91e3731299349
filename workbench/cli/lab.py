"""`workbench lab`: JupyterLab on the project; and the JupyterLab that shows it already."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.options import Json
from workbench.cli.output import print_json
from workbench.errors import StorageError

if TYPE_CHECKING:
    from workbench.pipeline.opening import Opened

_EXTENSION = "--ServerApp.jpserver_extensions=workbench.lab=True"


def lab(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- OPTION…]", help="Options for `jupyter lab`, such as -- --port=8890."),
    ] = None,
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it in the browser, or print its address.")
    ] = True,
    as_json: Json = False,
) -> int:
    """Start JupyterLab on the project, until Ctrl-C.

    Kernels come warm, and saving a stage's notebook shows what it makes stale. It listens on this machine
    alone and asks for its token, as JupyterLab does by itself.
    """
    from workbench.project import find_root

    root = find_root()
    options = [*([] if browser else ["--no-browser"]), *(words or [])]
    if as_json:
        print_json({"root": str(root), "command": _command(root, None, options)})
    return start_lab(root, None, *options)


def start_lab(root: Path, path: str | None, *words: str) -> int:
    """Become a JupyterLab that shows a folder; it does not return while that lives.

    Args:
        root: the project's folder.
        path: the notebook to open, as a URL has it; the launcher when None.
        words: further options of `jupyter lab`.

    Raises:
        StorageError: JupyterLab is not installed.
    """
    from importlib.util import find_spec

    if find_spec("jupyterlab") is None:
        raise StorageError(
            "JupyterLab is not installed in this environment.",
            hint="Install it: pip install jupyterlab",
            store="jupyterlab",
        )
    sys.stdout.flush()
    os.chdir(root)
    os.execv(sys.executable, _command(root, path, words))  # noqa: S606 - no shell is wanted


def _command(root: Path, path: str | None, words: Sequence[str]) -> list[str]:
    opens = [f"--LabApp.default_url=/lab/tree/{path}"] if path else []
    return [
        sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}", _EXTENSION, *opens, *words
    ]  # fmt: skip


def url_in_lab(root: Path, opened: Opened) -> str | None:
    """Return the address of a notebook in a JupyterLab that runs and shows the project; None without one."""
    for server in _servers():
        folder = Path(server.get("root_dir") or server.get("notebook_dir") or "/nowhere").resolve()
        if opened.notebook.resolve().is_relative_to(folder):
            token = f"?token={server['token']}" if server.get("token") else ""
            path, mark, cell = opened.url_path(root if folder == root.resolve() else folder).partition("#")
            return f"{server['url']}lab/tree/{path}{token}{mark}{cell}"
    return None


def _servers() -> Iterator[dict[str, Any]]:
    """Yield what Jupyter's running servers have written of themselves; its own way to ask takes seconds."""
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
        yield said
