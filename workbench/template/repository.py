"""Puts a project under git, with differences of notebooks that people can read."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_DRIVERS = {
    "diff.jupyternotebook.command": ("git-nbdiffdriver", "diff"),
    "merge.jupyternotebook.driver": ("git-nbmergedriver", "merge %O %A %B %L %P"),
}
_NAME = ("merge.jupyternotebook.name", "jupyter notebook merge driver")


@dataclass(frozen=True)
class Repository:
    """The git repository that a folder lies in.

    Attributes:
        root: None when there is none.
        made: whether it was made just now.
        nbdime: whether git now shows notebooks through nbdime.
        why: in words, when something was left undone.
    """

    root: Path | None
    made: bool = False
    nbdime: bool = False
    why: str = ""


def configure(folder: Path, *, make: bool = True) -> Repository:
    """Set up nbdime in the repository around a folder, which is made when there is none and `make`.

    Only the repository's own configuration is touched (`git config --local`).
    """
    if shutil.which("git") is None:
        return Repository(None, why="git is not installed")
    root, made = repository_of(folder), False
    if root is None and make:
        made = git(folder, "init", "--quiet") is not None
        root = repository_of(folder)
    if root is None:
        return Repository(None, why="it lies in no git repository")
    missing = [name for name, _ in _DRIVERS.values() if driver(name) is None]
    if missing:
        return Repository(root, made, why=f"nbdime is not installed ({', '.join(missing)})")
    where = _where(folder, root)
    settings = {key: f'{where}"{driver(name)}" {words}' for key, (name, words) in _DRIVERS.items()}
    done = [
        git(folder, "config", "--local", key, value)
        for key, value in {**settings, _NAME[0]: _NAME[1]}.items()
    ]
    written = all(said is not None for said in done)
    return Repository(root, made, nbdime=written, why="" if written else "git refused the settings")


def _where(folder: Path, root: Path) -> str:
    """Return what lets nbdime find the project's own settings: git calls it in the repository's root."""
    if folder.resolve() == root.resolve():
        return ""
    return f"JUPYTER_CONFIG_PATH={shlex.quote(str(folder.resolve()))} "


def repository_of(folder: Path) -> Path | None:
    """Return the root of the git repository that a folder lies in, None when it lies in none."""
    said = git(folder, "rev-parse", "--show-toplevel")
    return Path(said) if said else None


def driver(name: str) -> Path | None:
    """Return one of nbdime's programs: that of this environment, which need not be on git's path."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    return Path(found) if found else None


def git(folder: Path, *words: str, timeout: float = 10) -> str | None:
    """Return what git says in a folder, None when it fails, is not there, or takes longer (seconds)."""
    try:
        done = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
