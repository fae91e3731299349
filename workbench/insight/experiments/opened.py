"""Opens a stage of a run for whoever sits at a notebook, or at the dashboards of their own machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.access import OPEN, Directory
from workbench.errors import AccessError
from workbench.pipeline.jupyter import url_in_lab
from workbench.project import load_project
from workbench.workspace import open_workspace

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.pipeline.opening import Opened


@dataclass(frozen=True)
class OpenedHere:
    """A stage that was opened from a page.

    Attributes:
        words: what its sessions are held to.
        notebook: its path in the project.
        url: of it in a JupyterLab that runs; empty when none shows the project.
    """

    words: tuple[str, ...]
    notebook: str
    url: str


def open_in_session(store: Store, person: Person, run: str, stage: str | None = None) -> Opened:
    """Hold the person's sessions on a stage to what a run read and was given, as `workbench open` does.

    Args:
        store: the project's state.
        person: who asks.
        run: its id.
        stage: an entry of it; the one that failed when None.

    Raises:
        AccessError: the person may not launch runs, hence not mend them.
        UnknownNameError: there is no such run, or no such stage in it.
        UsageError: the stage never began in it.
    """
    person.require("launch")
    with open_workspace(store.project.root, clock=store.clock) as workspace:
        return workspace.open(run, stage)


def opens_here(store: Store, person: Person) -> bool:
    """Return whether a page may open stages: only where it is this user's own, and nobody signs in.

    Sessions are held for who runs the server, and an address in their JupyterLab lets its holder act as them.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    return person.may("launch") and Directory(load_project(store.project.root)).way == OPEN


def open_here(store: Store, person: Person, run: str, entry: str) -> OpenedHere:
    """Open a stage from a page of this user's own; see `open_in_session`.

    Raises:
        AccessError: the person may not launch runs, or the page is not this user's alone.
        UnknownNameError: there is no such run, or no such stage in it.
        UsageError: the stage never began in it.
    """
    person.require("launch")
    if not opens_here(store, person):
        raise AccessError(
            "Stages are opened where one works on them, and these pages are for several people.",
            hint=f"On your own machine: workbench open {run} {entry}",
        )
    opened = open_in_session(store, person, run, entry)
    root = store.project.root
    return OpenedHere(
        tuple(opened.pin.words()),
        opened.notebook.relative_to(root).as_posix(),
        url_in_lab(root, opened) or "",
    )
