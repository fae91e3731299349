"""Links that JupyterLab follows by itself: a click opens a file of the project beside this notebook."""

from __future__ import annotations

import json
import os
from pathlib import Path

from markupsafe import Markup

from workbench.pipeline.jupyter import running_servers
from workbench.widgets.parts.text import html

_OPEN = "docmanager:open"  # JupyterLab runs such a command wherever on the page its name stands


def file_link(path: Path, words: str) -> Markup:
    """Return a link that opens a file in the JupyterLab that shows this; its path where none does."""
    place = path_in_lab(path)
    if place is None:
        return html("<code>{path}</code>", path=path)
    return html(
        '<a class="wb-link" role="link" tabindex="0" data-commandlinker-command="{command}" '
        'data-commandlinker-args="{arguments}">{words}</a>',
        command=_OPEN,
        arguments=json.dumps({"path": place}),
        words=words,
    )


def path_in_lab(path: Path) -> str | None:
    """Return a file's path as this kernel's Jupyter server knows it; None when no server shows it."""
    own = os.environ.get("JPY_PARENT_PID", "")
    for _, root in sorted(running_servers(), key=lambda found: str(found[0].get("pid")) != own):
        if path.resolve().is_relative_to(root):
            return path.resolve().relative_to(root).as_posix()
    return None
