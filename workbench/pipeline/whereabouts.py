"""Where the files of an entry lie: its own, or those of the run that it took its result from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import UnknownNameError
from workbench.pipeline.history import EntryState, RunState
from workbench.project import Layout

States = Callable[[str], RunState]
"""From a run's id to its state."""


@dataclass(frozen=True)
class Place:
    """The folder of an attempt.

    Attributes:
        run: whose attempt it was; another one than was asked for when the entry was reused.
        folder: None when it is not on this machine, or was cleared away.
    """

    run: str
    entry: EntryState
    folder: Path | None

    @property
    def notebook(self) -> Path | None:
        """The executed notebook, None when there is none."""
        return self._file("notebook.ipynb")

    @property
    def metrics(self) -> Path | None:
        """The metrics that were logged, line by line."""
        return self._file("metrics.jsonl")

    def figures(self, suffix: str) -> dict[str, Path]:
        """Return the figures, tables or texts of one kind (`.png`, `.csv`, `.txt`), by name."""
        if self.folder is None:
            return {}
        found = sorted((self.folder / "figures").rglob(f"*{suffix}"))
        return {
            path.relative_to(self.folder / "figures").as_posix().removesuffix(suffix): path
            for path in found
            if path.is_file() and not path.is_symlink()
        }

    def _file(self, name: str) -> Path | None:
        path = self.folder / name if self.folder else None
        return path if path is not None and path.is_file() else None


def find_place(
    layout: Layout, states: States, state: RunState, entry: str, attempt: int | None = None
) -> Place:
    """Return where the files of an entry's attempt lie, of the last one by default.

    Raises:
        UnknownNameError: the run has no such entry, or the entry no such attempt.
    """
    if entry not in state.entries:
        raise UnknownNameError(f"stage in run {state.run}", entry, state.entries)
    found = state.entries[entry]
    maker, source = origin(states, state, found)
    if source is not found:
        return Place(maker.run, source, _folder(layout, maker, source, None))
    if attempt is not None and attempt not in [one.number for one in found.attempts]:
        raise UnknownNameError(
            f"attempt of {entry} in run {state.run}", str(attempt), [str(a.number) for a in found.attempts]
        )
    return Place(state.run, found, _folder(layout, state, found, attempt))


def attempt_file(layout: Layout, state: RunState, entry: EntryState, name: str) -> Path | None:
    """Return a file of an entry's own last attempt; None when there is none any more."""
    folder = _folder(layout, state, entry, None)
    path = folder / name if folder else None
    return path if path is not None and path.is_file() else None


def origin(states: States, state: RunState, entry: EntryState) -> tuple[RunState, EntryState]:
    """Return the run and the entry that made an entry's result: another one's, where it was reused."""
    if entry.committed_by and entry.committed_by != state.run:
        maker = states(entry.committed_by)
        made = _made(maker, entry)
        if made is not None:
            return maker, made
    return state, entry


def _made(maker: RunState, entry: EntryState) -> EntryState | None:
    """Return the entry that made what another one took over."""
    same = [e for e in maker.entries.values() if e.stage == entry.stage and e.attempts]
    return next((e for e in same if e.digest == entry.digest), same[0] if len(same) == 1 else None)


def _folder(layout: Layout, state: RunState, entry: EntryState, number: int | None) -> Path | None:
    if not entry.attempts:
        return None
    chosen = next((a for a in entry.attempts if a.number == number), entry.attempts[-1])
    usual = layout.attempt(state.run, entry.name, chosen.number)
    return next((place for place in (usual, Path(chosen.folder)) if place.is_dir()), None)
