"""A prediction log of a test: a place, a clock, and versions whose rows are logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from workbench.clock import ManualClock
from workbench.ledger import Leases, open_leases
from workbench.serving.log import (
    Compaction,
    Compactor,
    LogPlace,
    Mask,
    PredictionLog,
    RequestIds,
    RowEncoder,
    Spool,
    encode_label,
)

START = datetime(2013, 1, 1, tzinfo=UTC)
END = datetime(2014, 1, 1, tzinfo=UTC)
COLUMNS = (("distance", "number"), ("carrier", "category"))


def columns(*named: tuple[str, str]) -> list[Any]:
    """Return columns as a model has them."""
    return [SimpleNamespace(name=name, kind=kind) for name, kind in named]


@dataclass
class Logged:
    """Writes and reads the log of a project that has nothing else.

    Attributes:
        spools: those that are open.
    """

    state: Path
    clock: ManualClock
    mask: Mask | None = None
    spools: list[Spool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = LogPlace(self.state)
        self.ids = RequestIds(self.clock)
        self.state.mkdir(parents=True, exist_ok=True)

    @property
    def log(self) -> PredictionLog:
        """The log as readers see it."""
        project: Any = SimpleNamespace(layout=SimpleNamespace(state=self.state))
        return PredictionLog(project)

    def leases(self) -> Leases:
        """Open the leases."""
        return open_leases(f"sqlite:///{self.state / 'ledger.db'}", self.clock)

    def compactor(self, **options: Any) -> Compactor:
        """Return a compactor."""
        return Compactor(self.place, self.leases(), "test", **options)

    def compact(self) -> Compaction:
        """Compact what no spool writes any more."""
        return self.compactor().run_once()

    def spool(self, **options: Any) -> Spool:
        """Open a spool, as a worker does."""
        self.spools.append(Spool(self.place.spool, **options))
        return self.spools[-1]

    def row(
        self,
        spool: Spool,
        values: Sequence[Any] = (100.0, "AA"),
        *,
        prediction: Any = 0.5,
        named: Sequence[tuple[str, str]] = COLUMNS,
        model: str = "late",
        version: int = 1,
        arm: str = "champion",
        entity: str | None = None,
        request: tuple[str, int] | None = None,
    ) -> str:
        """Log one row and return its prediction id."""
        id_, at = request or self.ids.next()
        encoder = RowEncoder(model, version, columns(*named), self.mask)
        entities = None if entity is None else [entity]
        spool.append(encoder.encode(id_, at, arm, "tester", 7, entities, [prediction], [values]))
        return f"{id_}-0"

    def label(self, spool: Spool, truth: Any, **more: Any) -> None:
        """Log a label for model `late`."""
        more.setdefault("received", self.clock.now())
        spool.append(encode_label("late", truth, mask=self.mask, **more))

    def close(self) -> None:
        """End every worker."""
        for spool in self.spools:
            spool.close()
        self.spools.clear()

    def ids_logged(self) -> list[str]:
        """Return the ids of all rows of model `late`, each as often as it is there."""
        rows = self.log.window("late", START, END, arms=None, columns=())
        return [str(each) for each in rows["prediction_id"]]
