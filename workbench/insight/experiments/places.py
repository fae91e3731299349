"""Where the files of an entry lie: its own, or those of the run that it took its result from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import UnknownNameError

if TYPE_CHECKING:
    from workbench.insight.store import Store
    from workbench.pipeline.history import EntryState, RunState


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


def place_of(store: Store, state: RunState, entry: str, attempt: int | None = None) -> Place:
    """Return where the files of an entry's attempt lie, of the last one by default.

    Raises:
        UnknownNameError: the run has no such entry, or the entry no such attempt.
        StorageError: the ledger cannot be read.
    """
    if entry not in state.entries:
        raise UnknownNameError(f"stage in run {state.run}", entry, state.entries)
    found = state.entries[entry]
    if not found.attempts and found.committed_by and found.committed_by != state.run:
        maker = store.run_state(found.committed_by)
        source = _made(maker, found)
        if source is not None:
            return Place(maker.run, source, _folder(store, maker, source, None))
    if attempt is not None and attempt not in [one.number for one in found.attempts]:
        raise UnknownNameError(
            f"attempt of {entry} in run {state.run}", str(attempt), [str(a.number) for a in found.attempts]
        )
    return Place(state.run, found, _folder(store, state, found, attempt))


def _made(maker: RunState, entry: EntryState) -> EntryState | None:
    """Return the entry that made what another one took over."""
    same = [e for e in maker.entries.values() if e.stage == entry.stage and e.attempts]
    return next((e for e in same if e.digest == entry.digest), same[0] if len(same) == 1 else None)


def _folder(store: Store, state: RunState, entry: EntryState, number: int | None) -> Path | None:
    if not entry.attempts:
        return None
    chosen = next((a for a in entry.attempts if a.number == number), entry.attempts[-1])
    usual = store.project.layout.attempt(state.run, entry.name, chosen.number)
    return next((place for place in (usual, Path(chosen.folder)) if place.is_dir()), None)
