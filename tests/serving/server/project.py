"""A small project with trained versions of one model, registered and promoted, ready to be served."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tests.registry.models import MODEL, gate
from tests.serving.model.models import project_of, registered, version_of
from tests.tracking.kinds import CARRIERS, table, truth
from workbench.clock import SystemClock
from workbench.ledger import Ledger, NewEvent, open_ledger
from workbench.project import Project, load_project
from workbench.registry import Registry
from workbench.registry.decision import write_decision
from workbench.registry.model import ModelState, read_model
from workbench.registry.registration import evaluate
from workbench.registry.version import Version

GATES = """
[models.delay.gates]
quality = { metric = "auc", at_least = 0.7 }
"""
if TYPE_CHECKING:
    from workbench.registry.projection import Projection

COLUMNS = ("hour", "wind", "carrier")
ROW = [7, 0.25, "UA"]


def trained(trees: int) -> Any:
    """Return a Booster whose predictions tell how many trees it has."""
    import lightgbm
    import pandas as pd

    frame = table()
    frame["carrier"] = pd.Categorical(frame["carrier"], categories=CARRIERS)
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    return lightgbm.train(settings, lightgbm.Dataset(frame, truth("binary")), trees)


class Shop:
    """A project whose model `delay` has versions with 1, 2, 3 … times five trees.

    Args:
        root: the folder, which must not exist.
        versions: how many are registered; the first is champion.
        extra: more TOML.
        serving: keys of the model's own `[models.delay.serving]`.
        models: other models than those, each with its example.
        changed: what becomes of each version before it is registered.
    """

    def __init__(
        self,
        root: Path,
        *,
        versions: int = 2,
        extra: str = "",
        serving: str = "",
        models: Sequence[tuple[Any, Any]] = (),
        changed: Callable[[Version, Project], Version] = lambda version, _: version,
    ) -> None:
        self.root = root
        project_of(root, stores=extra, extra=serving)
        with (root / "workbench.toml").open("a") as file:
            file.write(GATES)
        self.project: Project = load_project(root)
        given = models or [(trained(5 * number), table().head(3)) for number in range(1, versions + 1)]
        self.boosters = [booster for booster, _ in given]
        for number, (booster, example) in enumerate(given, 1):
            version = version_of(self.project, booster, example, number)
            registered(self.project, changed(version, self.project))
        self._judge()
        self.promote(1)

    def _judge(self) -> None:
        """Let every version pass its gate."""
        ledger = self.ledger()
        try:
            for version in read_model(ledger, MODEL).versions.values():

                def decide(state: ModelState, fingerprint: str = version.fingerprint) -> list[NewEvent]:
                    return evaluate(state, fingerprint, [gate("quality")], against=None, data={}, run="r")

                write_decision(ledger, MODEL, decide)
        finally:
            ledger.close()

    def ledger(self) -> Ledger:
        return open_ledger(self.project.layout.ledger_url, SystemClock())

    def promote(self, number: int, *, alias: str = "champion", share: float = 0.0) -> None:
        ledger = self.ledger()
        try:
            registry = Registry(self.project, ledger, cast("Projection", _Nobody()))
            registry.promote(MODEL, number, alias=alias, share=share)
        finally:
            ledger.close()

    def rollback(self) -> None:
        ledger = self.ledger()
        try:
            Registry(self.project, ledger, cast("Projection", _Nobody())).rollback(MODEL)
        finally:
            ledger.close()

    def state(self) -> Any:
        ledger = self.ledger()
        try:
            return read_model(ledger, MODEL)
        finally:
            ledger.close()

    def damage(self, number: int) -> None:
        """Flip one bit of a version's model, where that changes what it predicts and not that it loads."""
        path = self.root / "saved" / str(number) / "model.lgb"
        content = bytearray(path.read_bytes())
        place = content.index(b"leaf_value=") + len(b"leaf_value=") + 3
        content[place] ^= 1
        path.write_bytes(bytes(content))

    def score(self, number: int, row: Sequence[Any] = ROW) -> float:
        """Return what a version says of a row, by LightGBM itself."""
        values = [*row[:2], float(CARRIERS.index(row[2]))]
        import numpy as np

        return float(self.boosters[number - 1].predict(np.array([values]))[0])


class _Nobody:
    """Shows a decision to nobody: MLflow is not what is tested here."""

    def project(self, *, reach: Any = None, anew: bool = False) -> None:
        return


def environment() -> dict[str, str]:
    """Return the environment of a server that a test starts."""
    return {**os.environ, "PYTHONUNBUFFERED": "1"}
