"""What a stage saves goes where it belongs: a model's reference among the model's own files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.projects import notebook, write_project
from workbench.data.drift import load_reference, reference
from workbench.data.place import located
from workbench.errors import IntegrityError, UsageError
from workbench.pipeline.keep import keep
from workbench.pipeline.outcome import Outcome
from workbench.tracking.trust import NO_TRUST
from workbench.workspace import open_workspace

TRAIN = """
import lightgbm, numpy as np, pandas as pd, workbench as wb
stage = wb.stage("train")
random = np.random.default_rng(stage.seed)
rows = pd.DataFrame({"a": random.normal(size=500), "b": random.normal(size=500)})
y = (rows["a"] > 0).astype(int)
booster = lightgbm.train({"verbose": -1, "num_threads": 1, "min_data": 5}, lightgbm.Dataset(rows, y), 3)
days = pd.Series(pd.Timestamp("2013-01-01") + pd.to_timedelta(np.arange(500) // 50, unit="D"))
kept = wb.reference(rows, times=days, score=booster.predict(rows), label=y)
stage.save("candidate", booster, example=rows.head(), reference=kept if with_reference else None)
"""
MODEL = "[models.m]\ntask = 'binary'\ntarget = 'y'\nmetric = 'auc'\ntrained_by = 'train'\n"


def test_a_version_brings_what_it_was_trained_on(tmp_path: Path) -> None:
    """Its record covers the reference; training again alike gives no other version."""
    stages = {
        "train": {
            "notebook": notebook(TRAIN, parameters="with_reference: bool = True"),
            "outputs": ["candidate"],
            "timeout": "60s",
        }
    }
    root = write_project(tmp_path / "shop", stages, extra=MODEL)
    with open_workspace(root) as workspace:
        for force in (False, True):
            assert workspace.run(force=force).outcome is Outcome.SUCCEEDED
        (version,) = workspace.registry.model("m").versions.values()
        record = located(version.record(), root)
        held = load_reference(record)
        assert held is not None
        assert repr(held) == "<Reference: 500 rows, 2 columns, 10 blocks of 1d, 500 scored rows>"
        workspace.registry.load("m/1")

        workspace.run(overrides={"train": {"with_reference": "false"}})
        assert load_reference(located(workspace.registry.model("m").versions[2].record(), root)) is None

        path = Path(record["uri"]) / "reference" / "inputs.parquet"
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        with pytest.raises(IntegrityError, match="not what was recorded"):
            workspace.registry.load("m/1")


@pytest.mark.parametrize(
    ("value", "given", "words"),
    [
        ({"a": 1}, reference(pd.DataFrame({"a": [1.0]})), "Output 'x' is no model but a dict"),
        (pd.DataFrame({"a": [1]}), reference(pd.DataFrame({"a": [1.0]})), "no model but a DataFrame"),
        ("model", pd.DataFrame({"a": [1]}), "must be made by wb.reference, but got DataFrame"),
    ],
)
def test_a_reference_belongs_to_a_model(tmp_path: Path, value: object, given: object, words: str) -> None:
    """Anything else is refused before a file is written."""
    if isinstance(value, str):
        from sklearn.linear_model import LinearRegression

        value = LinearRegression().fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(UsageError, match=words):
        keep(value, tmp_path / "x", "x", reference=given, trust=lambda: NO_TRUST)
    assert not (tmp_path / "x").exists()
