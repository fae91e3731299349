"""`workbench lab`: JupyterLab on the project."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.options import Json
from workbench.cli.output import print_json
from workbench.errors import StorageError

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
