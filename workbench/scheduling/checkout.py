"""The code of a pinned commit, as a git worktree beside the project's own."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from workbench.errors import UsageError
from workbench.project import Project
from workbench.project.layout import STATE
from workbench.template.repository import git, repository_of

_RELATIVE_SQLITE = "sqlite:///"
_CHECKOUT = 600
"""Seconds that a checkout may take."""


def full_commit(root: Path, name: str) -> str:
    """Return the full hash of what a name such as `v1.2` or `1a2b3c4` means in the project's repository.

    Raises:
        UsageError: the project is in no git repository, or there is no such commit in it.
    """
    found = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if found:
        return found
    if repository_of(root) is None:
        raise UsageError(
            f"The commit {name!r} cannot be run: {root} lies in no git repository.",
            hint='Put the project under git, or write commit = "live".',
        )
    raise UsageError(
        f"There is no git commit {name!r} in {root}.",
        hint='Name a commit, a tag or a branch that is there (git log), or write commit = "live".',
    )


def checkout(project: Project, commit: str) -> Path:
    """Return the project's folder in a worktree of a commit, made or mended as need be.

    Its stores are the project's own: what runs there is recorded like everything else.

    Args:
        project: as it is now.
        commit: the full hash.

    Raises:
        UsageError: git cannot make the worktree, or the project is not in that commit.
    """
    top = repository_of(project.root)
    folder = project.layout.state / "worktrees" / commit
    with _alone(folder.parent):
        if top is None or not _current(top, folder, commit):
            raise UsageError(
                f"The commit {commit} cannot be checked out to {folder}.",
                hint=f"Try it by hand: git worktree add --detach {folder} {commit}",
            )
        root = folder / project.root.relative_to(top)
        if not (root / "workbench.toml").is_file():
            raise UsageError(
                f"There is no project in commit {commit}: it has no workbench.toml.",
                hint="Pin a later commit.",
            )
        for name in _places(project):
            _link(root / name, project.root / name)
    return root


def _current(top: Path, folder: Path, commit: str) -> bool:
    """Make the worktree show exactly this commit."""
    if (folder / ".git").exists() and git(folder, "rev-parse", "HEAD") == commit:
        return git(folder, "reset", "--hard", "--quiet") is not None
    git(top, "worktree", "prune")
    words = ("worktree", "add", "--force", "--detach", str(folder), commit)
    return git(top, *words, timeout=_CHECKOUT) is not None


def _places(project: Project) -> set[PurePosixPath]:
    """Return the local places that the project keeps its stores in, relative to it."""
    stores = project.config.stores
    named = [stores.data, stores.artifacts]
    named += [url.removeprefix(_RELATIVE_SQLITE) for url in (stores.ledger, stores.tracking)]
    relative = [
        PurePosixPath(name) for name in named if "://" not in name and not name.startswith(("/", ":"))
    ]
    inside = {place for place in relative if place.parts and place.parts[0] not in (STATE, "..")}
    return {PurePosixPath(STATE), *inside}


def _link(path: Path, target: Path) -> None:
    if not path.is_symlink() and not path.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
