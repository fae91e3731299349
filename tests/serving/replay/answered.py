"""A small project whose model has answered callers, for what reads the log."""

from __future__ import annotations

import functools
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd

from tests.registry.models import MODEL
from tests.serving.model.models import project_of, registered, version_of
from workbench.clock import ManualClock, SystemClock
from workbench.ledger import open_ledger
from workbench.project import load_project
from workbench.registry.model import read_model
from workbench.registry.version import Version
from workbench.serving.batch import Batch
from workbench.serving.log import LogPlace, Mask, RequestIds, RowEncoder, Spool, read_salt
from workbench.serving.model import load_served

START = datetime(2013, 6, 1, tzinfo=UTC)
END = datetime(2013, 6, 8, tzinfo=UTC)
CARRIERS = ["AA", "B6", "UA"]


def table(rows: int, seed: int) -> pd.DataFrame:
    """Return rows of flights: a distance, a carrier, a terminal by number."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "distance": random.uniform(100, 2500, rows).round(1),
            "carrier": pd.Categorical(random.choice(CARRIERS, rows), categories=CARRIERS),
            "terminal": pd.Categorical(random.integers(1, 4, rows), categories=[1, 2, 3]),
        }
    )


def booster(seed: int, carrier: str) -> Any:
    """Return a Booster that holds one carrier for late."""
    data = table(600, seed)
    late = ((data["carrier"] == carrier) | (data["terminal"] == 2)).astype(int)
    settings = {"objective": "binary", "verbose": -1, "num_leaves": 7, "num_threads": 1, "seed": seed}
    return lightgbm.train(settings, lightgbm.Dataset(data, late), num_boost_round=15)


@functools.cache
def _registered(declared: tuple[tuple[str, str], ...]) -> Path:
    """Return a project with both versions, to be copied: training them takes a second."""
    root = Path(tempfile.mkdtemp(prefix="answered-")) / "shop"
    project = project_of(root, **dict(declared))
    for number, carrier in enumerate(("AA", "B6"), 1):
        registered(project, version_of(project, booster(number, carrier), table(5, 9), number))
    return root


class Answered:
    """A project with two registered versions of `delay`, and a log.

    Attributes:
        first, second: the versions; the first holds AA for late, the second B6.
        answers: what callers were answered, by prediction id.
    """

    def __init__(self, root: Path, **declared: str) -> None:
        shutil.copytree(_registered(tuple(declared.items())), root)
        self.project = load_project(root)
        self.clock = ManualClock(START + timedelta(hours=1))
        self.place = LogPlace(self.project.layout.state)
        self.spool = Spool(self.place.spool)
        self.ids = RequestIds(self.clock)
        self.answers: dict[str, Any] = {}

    @property
    def first(self) -> Version:
        return self.version(1)

    @property
    def second(self) -> Version:
        return self.version(2)

    def version(self, number: int) -> Version:
        ledger = open_ledger(self.project.layout.ledger_url, SystemClock())
        try:
            return read_model(ledger, MODEL).find(number)
        finally:
            ledger.close()

    def declare(self, old: str, new: str) -> None:
        """Change workbench.toml."""
        path = self.project.root / "workbench.toml"
        path.write_text(path.read_text().replace(old, new))
        self.project = load_project(self.project.root)

    def answer(self, version: Version, rows: int = 300, *, seed: int = 5, arm: str = "champion") -> Batch:
        """Let a version answer rows, each in a request of its own, a minute after the one before."""
        served = load_served(version, self.project)
        data = table(rows, seed).astype({"carrier": object, "terminal": object})
        batch = Batch(list(data.columns), [list(row) for row in data.itertuples(index=False, name=None)])
        scored = served.score(batch)
        config = self.project.model(MODEL)
        mask = Mask(config.sensitive, config.serving.sensitive, read_salt(self.place.salt), config.entity)
        encoder = RowEncoder(MODEL, version.number, served.columns, mask if config.sensitive else None)
        for values, prediction in zip(scored.values, scored.predictions, strict=True):
            request, at = self.ids.next()
            self.spool.append(
                encoder.encode(request, at, arm, "tester", 7, ["flight"], [prediction], [values])
            )
            self.answers[f"{request}-0"] = prediction
            self.clock.advance(timedelta(minutes=1))
        return batch

    def close(self) -> None:
        """End the worker."""
        self.spool.close()
