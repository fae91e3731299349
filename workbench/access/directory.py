"""Who is known to a project, by which way they sign in, and what they may do at this moment."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from workbench.access.passwords import is_password, read_passwords
from workbench.access.person import Person
from workbench.access.role import Role
from workbench.errors import WorkbenchError
from workbench.ledger.actor import local_actor
from workbench.project import Project, load_project
from workbench.project.access import AccessConfig
from workbench.root import FILE

OPEN, PASSWORDS, OIDC = "open", "passwords", "oidc"
_HERE = "dashboards"


class Directory:
    """The people of a project. May be used from any thread.

    Roles are those that workbench.toml has at this moment; while it cannot be read, or says something
    impossible, those that it had before.

    Args:
        project: whose `[access]` says who may do what.

    Attributes:
        way: how people sign in: `open` (nobody has to), `passwords` or `oidc`; it stays what it was at
            first, so that an edit of the file opens nothing.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._access = project.config.access
        self._file = project.root / FILE
        self._stamp = _stamp(self._file)
        self._lock = threading.Lock()
        self._one_hash = threading.Lock()
        self.way = OIDC if self._access.oidc else PASSWORDS if self._access.users else OPEN

    @property
    def access(self) -> AccessConfig:
        """The configuration, as the file has it now."""
        with self._lock:
            stamp = _stamp(self._file)
            if stamp != self._stamp:
                self._stamp = stamp
                with contextlib.suppress(WorkbenchError):  # half an edit takes no role and gives none
                    self._access = load_project(self._project.root).config.access
            return self._access

    @property
    def passwords(self) -> Path:
        """The file of passwords."""
        return self._project.root / self.access.passwords

    def local(self) -> Person:
        """Return the person whom an open project takes everybody for."""
        actor = local_actor()
        return Person(actor.partition("@")[0], Role.ADMIN, actor)

    def person(self, name: str) -> Person | None:
        """Return somebody who signed in, None when they have no role here."""
        role = self.role(name)
        if role is None:
            return None
        actor = name if "@" in name else f"{name}@{_HERE}"
        return Person(name, role, actor, standing=lambda: self.role(name))

    def role(self, name: str) -> Role | None:
        """Return somebody's role at this moment."""
        access = self.access
        found = access.users.get(name)
        if found is None and access.oidc is not None:
            found = access.others
        return Role(found) if found else None

    def check(self, name: str, password: str) -> bool:
        """Whether somebody may come in with a password; one at a time, so that guesses stay expensive."""
        with self._one_hash:
            kept = read_passwords(self.passwords).get(name)
            return is_password(password, kept if self.role(name) else None)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
