"""Rows with features, groups and a model that knows how they came about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from workbench.registry.candidate import Candidate
from workbench.registry.gate import GateResult, Scored, judged
from workbench.registry.gates import KINDS

SHOPS = ("north", "south", "west")


class Model:
    """A logistic model of `x`, `z` and `shop`, as scikit-learn would offer it."""

    feature_names_in_ = np.array(["x", "z", "shop"])
    classes_ = np.array([0, 1])

    def __init__(self, change: Callable[[np.ndarray], np.ndarray] = lambda chance: chance) -> None:
        self._change = change

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        known = pd.to_numeric(rows["x"]).fillna(0.0).to_numpy() + 0.5 * rows["z"].fillna(0.0).to_numpy()
        logit = known + rows["shop"].map({"north": -0.4, "south": 0.0, "west": 0.4}).fillna(0.0).to_numpy()
        chance = self._change(1 / (1 + np.exp(-logit)))
        return np.stack([1 - chance, chance], axis=1)


def frame_of(rows: int = 6000, days: int = 30, seed: int = 0) -> pd.DataFrame:
    """Return features, groups, times and the truth `late`, drawn from the model."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "x": random.normal(size=rows),
            "z": random.normal(size=rows),
            "shop": random.choice(SHOPS, rows, p=[0.5, 0.3, 0.2]),
            "half": np.arange(rows) % 2,
            "at": np.datetime64("2013-01-01")
            + np.sort(random.integers(0, days, rows)).astype("timedelta64[D]"),
        }
    )
    return frame.assign(late=(random.random(rows) < Model().predict_proba(frame)[:, 1]).astype(float))


def scored(
    frame: pd.DataFrame | None = None, model: Any = None, *, size: int = 1000, **columns: np.ndarray
) -> Scored:
    """Return what a gate is asked to judge: the model's scores of the frame, unless others are given."""
    rows = frame_of() if frame is None else frame
    native = model or Model()
    score = columns["score"] if "score" in columns else native.predict_proba(rows)[:, 1]
    return Scored(
        "binary",
        columns.get("y", rows["late"].to_numpy()),
        score,
        times=rows["at"].to_numpy("datetime64[us]"),
        frame=rows,
        candidate=Candidate(lambda: native, task="binary", files=[{"path": "model.lgb", "size": size}]),
    )


def judge(kind: str, evidence: Scored, /, **settings: Any) -> GateResult:
    """Return what a gate of a kind, declared with these settings, says."""
    gate = KINDS[kind].model_validate(settings)
    assert not gate.fits(evidence.task)
    return judged(kind, kind, gate, gate.settings(), evidence)
