"""Who sits at the notebook, and what is known of the project around it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.access import OPEN, Directory, Person, Role
from workbench.clock import system_clock
from workbench.insight import Store
from workbench.ledger.actor import local_actor
from workbench.project import Project, load_project
from workbench.root import find_root
from workbench.widgets.beside import beside

_FIRST_LOOK = 10.0  # seconds that a project's ledger may take to be read for the first time
_EVERY = 1.0  # seconds between two looks for those who follow
_log = logging.getLogger("workbench.widgets")


@dataclass(frozen=True)
class Session:
    """A person and a project.

    Attributes:
        store: what is known of the project; one for all widgets of this process.
        person: who acts, with the role that they have at each moment.
    """

    store: Store
    person: Person

    @property
    def project(self) -> Project:
        """The project."""
        return self.store.project

    def follow(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call something, from a thread, whenever the ledger has got events; return what ends that."""
        with _lock:
            watch = _watches.setdefault(id(self.store), _Watch(self.store))
        return watch.add(changed)


def session() -> Session:
    """Return the session for the project around the working folder.

    The person is the local actor: admin where the project has no `[access]`; elsewhere whatever role that
    names for the local user, and a viewer when it names none.

    Raises:
        ConfigurationError: there is no project here, or its workbench.toml is wrong.
        StorageError: its ledger cannot be read.
    """
    root = find_root()
    key = (root, os.getpid())  # a forked process has no part in its parent's threads
    with _lock:
        found = _sessions.get(key)
        if found is None:
            project = load_project(root)
            found = _sessions[key] = Session(Store(project, system_clock()), _local(project))
    store = found.store
    store.refresh(wait=_FIRST_LOOK if store.seen is None else None)
    if store.trouble is not None:
        raise store.trouble.with_traceback(None)
    return found


def _local(project: Project) -> Person:
    directory = Directory(project)
    if directory.way == OPEN:
        return directory.local()
    actor = local_actor()
    name = actor.partition("@")[0]

    def standing() -> Role:
        return directory.role(name) or Role.VIEWER

    return Person(name, standing(), actor, standing=standing)


class _Watch:
    """One thread that looks at a store while somebody follows it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._followers: list[Callable[[], None]] = []
        self._is_running = False
        self._end = threading.Event()

    def add(self, changed: Callable[[], None]) -> Callable[[], None]:
        def end() -> None:
            with _lock:
                if changed in self._followers:
                    self._followers.remove(changed)

        with _lock:
            self._followers.append(changed)
            if not self._is_running:
                self._is_running = True
                beside(self._run, "widgets ledger", give_up=self._end.set)
        return end

    def _run(self) -> None:
        seen = self._store.version
        while not self._end.wait(_EVERY):
            with _lock:
                followers = list(self._followers)
                self._is_running = bool(followers)
            if not followers:
                return
            version = self._store.refresh()
            if version == seen:
                continue
            seen = version
            for changed in followers:
                try:
                    changed()
                except Exception:  # noqa: BLE001 - the others follow on
                    _log.exception("a widget could not follow the ledger")


_lock = threading.RLock()
_sessions: dict[tuple[Path, int], Session] = {}
_watches: dict[int, _Watch] = {}
