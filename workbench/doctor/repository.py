"""Looks at git: whether a run can say which commit it came from, and whether notebooks show as notebooks."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from workbench.doctor.finding import Finding, ok, warn
from workbench.template.repository import git, repository_of

_DRIVER = "diff.jupyternotebook.command"
_ENABLE = "nbdime config-git --enable"


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


def _nbdime(folder: Path) -> Finding:
    command = git(folder, "config", _DRIVER)
    if not command:
        return warn("nbdime", "git compares notebooks as JSON", _ENABLE)
    program = shlex.split(command)[0]
    if shutil.which(program) is None:
        said = f"git compares notebooks with {program}, which it does not find"
        return warn("nbdime", said, f"Activate the environment, or: {_ENABLE}")
    attribute = git(folder, "check-attr", "diff", "x.ipynb") or ""
    if not attribute.endswith("jupyternotebook"):
        return warn("nbdime", ".gitattributes does not name it for notebooks", "*.ipynb diff=jupyternotebook")
    return ok("nbdime", "git shows notebooks through it")
