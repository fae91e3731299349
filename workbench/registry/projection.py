"""Keeps a store's aliases equal to the ledger's: write, re-read the ledger, repeat until equal."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import TrackingError
from workbench.registry.mlflow_models import MlflowModels
from workbench.registry.model import ModelState, model_names, read_model, stream_of
from workbench.registry.shown import Shown, ShownModels, as_it_should_be
from workbench.registry.stray import Difference, differences, note_restored, note_strays
from workbench.registry.version import ALIASES

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.project import Project

_ROUNDS = 100  # each round that does not end it means that somebody wrote in between


class Projection:
    """Brings what a store shows of models to what the ledger says; the ledger never learns from it.

    Between the write of an alias and its check, a slower process may put an older one back. It then
    reads the ledger again, sees that it is behind, and repeats, so the last one to write is right.

    Args:
        ledger: the truth.
        shown: the store.
        folder: remembers what was last shown, so that nothing is opened when nothing has happened.
        store: the store's name, for which alone that memory holds.
    """

    def __init__(self, ledger: Ledger, shown: ShownModels, folder: Path, store: str = "") -> None:
        self._ledger = ledger
        self._shown = shown
        self._folder = folder
        self._store = store

    @classmethod
    def of(cls, project: Project, ledger: Ledger) -> Projection:
        """Return the projection into a project's MLflow store."""
        layout = project.layout
        models = MlflowModels(layout.tracking_url, layout.artifacts_uri, project.root)
        return cls(ledger, models, layout.state, layout.tracking_url)

    def project(self, *, anew: bool = False, reach: Mapping[str, int] | None = None) -> None:
        """Bring every model to what the ledger says.

        Args:
            anew: look at the store even when nothing has happened in the ledger since the last time;
                this also puts back aliases that somebody moved by hand.
            reach: bring these models only, each to this version of its stream at least. Of many who
                write at once, one then does the work for all who wait for it.

        Raises:
            TrackingError: the store refused.
        """
        if not anew and not self._behind(reach, self._seen()):
            return
        with self._alone():
            seen = self._seen()
            for model in self._versions() if anew else self._behind(reach, seen):
                seen[model] = self._converge(model, seen.get(model, 0))
                self._remember(seen)

    def is_behind(self) -> bool:
        """Tell whether anything has happened in the ledger since the store was last brought to it."""
        return bool(self._behind(None, self._seen()))

    def differences(self) -> list[Difference]:
        """Return what the store shows otherwise than the ledger has it; the store is not changed.

        An alias that somebody moved there by hand is noted in the ledger, once.

        Raises:
            TrackingError: the store refused.
        """
        found: list[Difference] = []
        for model in self._versions():
            since = self._seen().get(model, 0)  # before the look: what is projected in between only lags
            found += self._compared(model, self._shown.look(model), since)
        return found

    def _compared(self, model: str, shown: Shown, since: int) -> list[Difference]:
        wanted = as_it_should_be(read_model(self._ledger, model))
        if shown == wanted:
            return []
        found = differences(self._ledger, wanted, shown, model, since)
        note_strays(self._ledger, model, found)
        return found

    def _behind(self, reach: Mapping[str, int] | None, seen: Mapping[str, int]) -> list[str]:
        now = self._versions() if reach is None else {m: self._ledger.version(stream_of(m)) for m in reach}
        least = now if reach is None else reach
        return [model for model in now if not least[model] <= seen.get(model, -1) <= now[model]]

    def _converge(self, model: str, since: int) -> int:
        shown = self._shown.look(model)
        self._compared(model, shown, since)
        for _ in range(_ROUNDS):
            state = read_model(self._ledger, model)
            wanted = as_it_should_be(state)
            self._write(state, wanted, shown)
            shown = self._shown.look(model)
            if shown == wanted and self._ledger.version(stream_of(model)) == state.version:
                if not state.strays:
                    return state.version
                note_restored(self._ledger, model)
        raise TrackingError(
            f"MLflow's registry of {model!r} did not become what the ledger says in {_ROUNDS} tries.",
            hint="Somebody else keeps changing it; the ledger holds the truth. See: workbench models",
        )

    def _write(self, state: ModelState, wanted: Shown, shown: Shown) -> None:
        model = state.name
        for number in sorted(wanted.versions):
            if number not in shown.versions:
                self._shown.show(state.versions[number])
            if shown.versions.get(number) != wanted.versions[number]:
                self._shown.judge(model, number, wanted.versions[number])
        for alias in ALIASES:
            if not _agree(alias, wanted, shown):
                self._shown.point(model, alias, wanted.aliases.get(alias))

    def _versions(self) -> dict[str, int]:
        return {model: self._ledger.version(stream_of(model)) for model in model_names(self._ledger)}

    def _seen(self) -> dict[str, int]:
        try:
            content: dict[str, Any] = json.loads(self._memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return dict(content["models"]) if content.get("store") == self._store else {}

    def _remember(self, seen: dict[str, int]) -> None:
        from workbench.pipeline.space import write_whole

        write_whole(self._memory, json.dumps({"store": self._store, "models": seen}))

    @property
    def _memory(self) -> Path:
        return self._folder / "projection.json"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "projection.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # released with the file, whatever happens to this process
            yield


def _agree(alias: str, wanted: Shown, shown: Shown) -> bool:
    missing = object()  # None is a version made by hand
    return wanted.aliases.get(alias, missing) == shown.aliases.get(alias, missing)
