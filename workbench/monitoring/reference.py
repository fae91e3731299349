"""What the versions of a model were trained on and judged by, as it was stored with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.block import ROW, block_ids
from workbench.data.place import located
from workbench.errors import WorkbenchError
from workbench.monitoring.measure import Judged, Measured, measured
from workbench.monitoring.quality import Known
from workbench.registry.gate import Unmeasurable

if TYPE_CHECKING:
    from workbench.data.drift import HeldOut, Reference
    from workbench.project import ModelConfig, Project
    from workbench.registry.model import ModelState

_NONE = "it was saved without a reference: stage.save(…, reference=wb.reference(…))"


class References:
    """The references of a model's versions, each read once.

    Args:
        project: where they lie.
        config: of the model.
        state: the model's versions.
        main: the version whose reference a window is held against; None: nobody answered.
    """

    def __init__(self, project: Project, config: ModelConfig, state: ModelState, main: int | None) -> None:
        self._project = project
        self._config = config
        self._state = state
        self._main = main
        self._read: dict[int, tuple[Reference | None, str]] = {}
        self._measured: dict[str, Measured | None] = {}

    @property
    def number(self) -> int | None:
        """The version whose reference the window is held against; None when there is none."""
        return self._main if self.reference is not None else None

    @property
    def reference(self) -> Reference | None:
        """The reference that the window is held against."""
        return None if self._main is None else self.of(self._main)[0]

    @property
    def doubt(self) -> str:
        """Why there is no reference; empty when there is one."""
        if self._main is None:
            return "no version answered in this window, so there is no reference to hold it against"
        return self.of(self._main)[1]

    @property
    def classes(self) -> Sequence[Any]:
        """What the model calls its classes, in their order; empty: by number."""
        version = self._state.versions.get(self._main) if self._main is not None else None
        return list(version.output.get("classes", ())) if version else []

    def of(self, version: int) -> tuple[Reference | None, str]:
        """Return a version's reference, or why there is none."""
        if version not in self._read:
            self._read[version] = self._load(version)
        return self._read[version]

    def scored(self, version: int) -> HeldOut | None:
        """Return the rows that a version was judged by before it served; None where they were not kept."""
        reference = self.of(version)[0]
        return reference.held_out if reference is not None else None

    @cached_property
    def known(self) -> Mapping[str, Known]:
        """What training saw of each column."""
        reference = self.reference
        return {} if reference is None else dict(_known(reference))

    def judged(self, threshold: float) -> Judged | None:
        """Return the scored rows of the reference; None where there are none."""
        import numpy as np

        held = self.scored(self._main) if self._main is not None else None
        if held is None:
            return None
        block = self._config.monitoring.block
        blocks = (
            np.arange(len(held.label)) if held.times is None or block == ROW else block_ids(held.times, block)
        )
        return Judged(self._config.task, held.label, held.score, blocks, threshold)

    def measured(self, name: str, threshold: float) -> Measured | None:
        """Return a metric of the reference's scored rows; None where it cannot be had."""
        if name not in self._measured:
            judged = self.judged(threshold)
            try:
                self._measured[name] = None if judged is None else measured(name, judged)
            except Unmeasurable:
                self._measured[name] = None
        return self._measured[name]

    def _load(self, version: int) -> tuple[Reference | None, str]:
        from workbench.data.drift import load_reference

        registered = self._state.versions.get(version)
        if registered is None:
            return None, f"version {version} answered, but is not registered"
        record = located(registered.output, Path(self._project.root))
        try:
            found = load_reference(record)
        except WorkbenchError as error:
            return None, f"the reference of version {version} cannot be used: {error.message}"
        except (OSError, ValueError, KeyError) as error:
            return None, f"the reference of version {version} cannot be read: {error}"
        return found, "" if found is not None else f"version {version} has no reference: {_NONE}"


def _known(reference: Reference) -> Any:
    from workbench.data.drift.held import HeldNames, HeldNumbers

    for name, held in reference.columns.items():
        if isinstance(held, HeldNumbers):
            yield name, Known(held.missing / reference.rows, None, len(held.values) > 1)
        elif isinstance(held, HeldNames):
            all_kept = not held.others and reference.rows <= _SAMPLED
            values = frozenset(held.names) if all_kept else None
            yield name, Known(held.missing / reference.rows, values, len(held.names) > 1)


_SAMPLED = 100_000  # rows beyond which a reference holds a sample, which may lack rare names
