"""Looks at git: whether a run can say which commit it came from, and whether notebooks show as notebooks."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from workbench.doctor.finding import Finding, ok, warn
from workbench.template.repository import git, repository_of

_DRIVERS = {"compares": "diff.jupyternotebook.command", "merges": "merge.jupyternotebook.driver"}
_SETS = re.compile(r"[A-Za-z_]\w*=")
_ENABLE = "nbdime config-git --enable"
_SETTINGS = "nbdime_config.json"


def repository(folder: Path) -> Iterator[Finding]:
    """Yield what is found of git around a folder."""
    if shutil.which("git") is None:
        yield warn("git", "not installed, so runs cannot say which commit they came from", "Install git.")
        return
    if repository_of(folder) is None:
        yield warn("git", f"{folder} lies in no repository, so runs cannot say their commit", "git init")
        return
    yield _state(folder)
    yield _nbdime(folder)


def _state(folder: Path) -> Finding:
    commit = git(folder, "rev-parse", "--short", "HEAD")
    if commit is None:
        return warn("git", "nothing is committed yet", "git add . && git commit")
    changed = len((git(folder, "status", "--porcelain") or "").splitlines())
    return ok(
        "git", f"commit {commit}, {f'{changed} paths differ from it' if changed else 'nothing changed since'}"
    )


def _program(command: str) -> str:
    """Return what a shell command starts, whatever variables it sets before."""
    try:
        words = shlex.split(command)
    except ValueError:  # a quote that nobody closes
        return command
    return next((word for word in words if not _SETS.match(word)), command)


def _nbdime(folder: Path) -> Finding:
    for what, key in _DRIVERS.items():
        command = git(folder, "config", key)
        if not command:
            said = f"git {what} notebooks as JSON: this clone has not been configured"
            return warn("nbdime", said, _ENABLE)
        program = _program(command)
        if shutil.which(program) is None:
            said = f"git {what} notebooks with {program}, which it does not find"
            return warn("nbdime", said, f"Activate the environment, or: {_ENABLE}")
    attribute = git(folder, "check-attr", "diff", "x.ipynb") or ""
    if not attribute.endswith("jupyternotebook"):
        return warn("nbdime", ".gitattributes does not name it for notebooks", "*.ipynb diff=jupyternotebook")
    if not (folder / _SETTINGS).is_file():
        said = f"git shows notebooks through it, what execution leaves in them too: there is no {_SETTINGS}"
        return ok("nbdime", said)
    return ok("nbdime", "git shows and merges notebooks through it")
