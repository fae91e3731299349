"""Writes roles into workbench.toml; everything else in it, comments included, stays as it is."""

from __future__ import annotations

from pathlib import Path

import tomlkit
from tomlkit.items import Table

from workbench.access.role import Role
from workbench.errors import ConfigurationError, StorageError
from workbench.project import load_project
from workbench.root import FILE


def set_role(root: Path, name: str, role: Role | None) -> None:
    """Give somebody a role in `[access.users]`, or take it away.

    Args:
        root: the project's folder.
        name: as they sign in.
        role: None takes it away.

    Raises:
        ConfigurationError: the name cannot stand there; the file is as it was.
        StorageError: the file cannot be written.
    """
    path = root / FILE
    before = path.read_text(encoding="utf-8")
    document = tomlkit.parse(before)
    users = _table(_table(document, "access"), "users")
    if role is None:
        users.pop(name, None)
    else:
        users[name] = role.value
    _replace(path, tomlkit.dumps(document))
    try:
        load_project(root)
    except ConfigurationError:
        _replace(path, before)
        raise


def _table(parent: tomlkit.TOMLDocument | Table, name: str) -> Table:
    if name not in parent:
        parent[name] = tomlkit.table(is_super_table=name == "access")
    found = parent[name]
    assert isinstance(found, Table)
    return found


def _replace(path: Path, text: str) -> None:
    made = path.with_name(f".{path.name}.new")
    try:
        made.write_text(text, encoding="utf-8")
        made.chmod(path.stat().st_mode & 0o777)
        made.replace(path)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", hint="Check its permissions.", store=str(path)
        ) from error
