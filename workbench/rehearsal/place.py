"""Where a rehearsal lives: a copy of the project, with a state and a clock of its own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.clock import VARIABLE, SharedClock, SystemClock, system_clock
from workbench.errors import UsageError
from workbench.project.layout import STATE
from workbench.root import FILE

if TYPE_CHECKING:
    from workbench.project import Project

CLOCK = "clock"
MARK = "rehearsal.json"
TIMELINE = "timeline"


class Place:
    """The folder of a rehearsal.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    @property
    def clock(self) -> Path:
        """The file of the clock that all its processes share."""
        return self.root / STATE / CLOCK

    @property
    def timeline(self) -> Path:
        """The folder of the page that tells what happened."""
        return self.root / TIMELINE

    @property
    def mark(self) -> dict[str, Any] | None:
        """What was written down of the rehearsal; None where there is none."""
        try:
            found: dict[str, Any] = json.loads((self.root / STATE / MARK).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def note(self, **told: Any) -> None:
        """Write down more of the rehearsal."""
        path = self.root / STATE / MARK
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**(self.mark or {}), **told}, indent=2) + "\n", encoding="utf-8")

    def prepare(self, project: Project, *, fresh: bool) -> bool:
        """Copy what a project needs; return whether a rehearsal goes on that was interrupted here.

        Args:
            project: the original, which is only read.
            fresh: whether what is there of an earlier rehearsal is removed.

        Raises:
            UsageError: something else is there, or a rehearsal that has ended.
        """
        mark = self.mark
        if self.root.exists() and any(self.root.iterdir()):
            if mark is None or self.root == project.root:
                raise UsageError(
                    f"{self.root} holds something that is no rehearsal; expected an empty folder or none.",
                    hint="Name another: --in DIR",
                )
            if not fresh and mark.get("ended"):
                raise UsageError(
                    f"{self.root} holds a rehearsal that has ended.",
                    hint=f"Look at it: {self.timeline / 'timeline.html'}. Begin anew: --fresh",
                )
            if not fresh:
                return True
            gone = self.root.with_name(f".{self.root.name}-gone")  # moved at once: half of one is none
            shutil.rmtree(gone, ignore_errors=True)
            shutil.rmtree(self.root.rename(gone))
        self.note(project=str(project.root))
        for path in _needed(project):
            _copy(project.root / path, self.root / path)
        return False


def _needed(project: Project) -> Iterator[Path]:
    config = project.config
    yield Path(FILE)
    yield from (stage.notebook for stage in config.stages.values())
    yield from (file for stage in config.stages.values() for file in stage.files)
    yield from (contract.path for contract in config.contracts.values())
    yield from map(Path, config.environment.files)
    if config.rehearsal is not None:
        yield from config.rehearsal.files


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)


def clock_of(root: Path) -> SystemClock | SharedClock:
    """Return the clock of a project: in the folder of a rehearsal its own, which stands when that has ended.

    Whatever this process starts then goes by it, too. What the environment names comes first.
    """
    place = Place(root)
    if VARIABLE not in os.environ and place.mark is not None and place.clock.exists():
        os.environ[VARIABLE] = str(place.clock)
    return system_clock()
