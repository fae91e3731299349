"""A page: where it is, what it is called, who makes it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.dashboards.app.frames import FrameSource

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

    View = Callable[[Store, Person, Location], Any]

FOLDER = "dashboards"
"""Where a project keeps its own thin apps."""


@dataclass(frozen=True)
class Page:
    """One page of the dashboards.

    Attributes:
        path: its part of the address, such as `overview`.
        title: in the navigation and above the page.
        view: makes it: `view(store, person, location)` returns something that Panel can show.
        icon: a name in `components/icons.py`.
        order: its place in the navigation, the least first.
        permission: what somebody must be allowed to for seeing it at all.
        frames: documents that it shows in sandboxed frames, by name; see `frames.py`.
    """

    path: str
    title: str
    view: View
    icon: str = "page"
    order: int = 100
    permission: str = "view"
    frames: Mapping[str, FrameSource] = field(default_factory=dict)


def find_pages(root: Path) -> tuple[tuple[Page, ...], dict[str, Exception]]:
    """Return the pages of a project, in their order, and what could not be loaded, by file.

    Each is a file of the project's folder `dashboards/` that sets `page`; what the project has no file of
    is the one that `workbench init` would put there.
    """
    pages: dict[str, Page] = {}
    broken: dict[str, Exception] = {}
    usual = Path(str(resources.files("workbench.template") / "files" / FOLDER))
    every = (*usual.glob("*.py"), *(root / FOLDER).glob("*.py"))
    files = {file.stem: file for file in every if not file.stem.startswith("_")}
    for name, file in files.items():
        try:
            page = _load(name, file)
        except Exception as error:  # noqa: BLE001 - one broken page must not take the others with it
            broken[str(file)] = error
            continue
        pages[page.path] = page
    return tuple(sorted(pages.values(), key=lambda page: (page.order, page.path))), broken


def _load(name: str, file: Path) -> Page:
    unique = f"workbench_dashboards_{name}"
    spec = importlib.util.spec_from_file_location(unique, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[unique] = module
    spec.loader.exec_module(module)
    page = getattr(module, "page", None)
    if not isinstance(page, Page):
        raise TypeError(f"{file} sets no `page = Page(…)`, but {type(page).__name__}.")
    return page
