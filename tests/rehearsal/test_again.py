from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.serving.model.models import project_of, version_of
from workbench.rehearsal import again
from workbench.serving.model import ServedModel, load_served
from workbench.serving.replay.rescore import Rescored, rescore

ROWS = 1000


def flights(rows: int) -> pd.DataFrame:
    """Return rows with a narrow number, a whole one, a text, and holes."""
    random = np.random.default_rng(3)
    wind = random.uniform(0, 40, rows).astype("float32")
    wind[::7] = np.nan
    return pd.DataFrame(
        {
            "wind": wind,
            "hour": random.integers(0, 24, rows),
            "carrier": pd.Categorical(random.choice(["AA", "B6", "UA"], rows)),
        }
    )


def logged(table: pd.DataFrame) -> pl.DataFrame:
    """Return rows as the log has them: callers send numbers that are wider than the model's."""
    wide = table.astype({"wind": "float64", "carrier": object})
    wide["wind"] += 1e-9
    wide.loc[::11, "carrier"] = "ZZ"
    features = pl.from_pandas(wide).with_columns(pl.col("wind").fill_nan(None))
    return pl.DataFrame({"features": features.to_struct()})


def model() -> lightgbm.Booster:
    data = flights(600)
    late = (data["wind"].fillna(0) + data["hour"] > 30).astype(int)
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    return lightgbm.train(settings, lightgbm.Dataset(data, late), num_boost_round=10)


@pytest.mark.parametrize("policy", ["missing", "refuse"])
def test_all_at_once_is_what_the_service_says_to_the_last_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    """Wide numbers, holes and unknown names; where a service refuses rows, they are asked one by one."""
    project = project_of(tmp_path / "shop", extra=f'unknown_category = "{policy}"')
    served = load_served(version_of(project, model(), flights(5)), project)
    frame = logged(flights(ROWS))
    expected = np.array(
        [np.nan if answer is None else answer for answer in rescore(served, frame).answers], dtype=float
    )
    asked: list[int] = []

    def counted(served: ServedModel, rows: pl.DataFrame, hidden: Collection[str]) -> Rescored:
        asked.append(rows.height)
        return rescore(served, rows, hidden)

    monkeypatch.setattr(again, "rescore", counted)
    found = again.scores(served, project, frame)
    assert np.array_equal(found, expected, equal_nan=True)
    assert np.isnan(found).sum() == (0 if policy == "missing" else len(range(0, ROWS, 11)))
    assert (ROWS in asked) == (policy == "refuse")


def test_where_both_ways_differ_the_slow_one_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the reason may be."""
    project = project_of(tmp_path / "shop")
    served = load_served(version_of(project, model(), flights(5)), project)
    frame = logged(flights(ROWS))
    monkeypatch.setattr(served.scorer, "score", lambda table: np.full(len(table), 0.5))
    assert again.scores(served, project, frame).tolist() == rescore(served, frame).answers
