"""What is served is what MLflow's own scoring server answers, value by value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from tests.serving.model.models import project_of, version_of
from tests.tracking.kinds import FURTHER, KINDS, Kind, installed, table, truth
from workbench.serving.batch import Batch
from workbench.serving.model import load_served
from workbench.tracking.scorer import Scorer

NUMBERS = ["hour", "wind"]


def trained(objective: str, **types: str) -> lightgbm.Booster:
    """Return a Booster of columns that MLflow, too, can give it: numbers alone."""
    settings: dict[str, Any] = {
        "objective": objective,
        "verbose": -1,
        "num_threads": 1,
        "min_data_in_leaf": 5,
    }
    if objective == "multiclass":
        settings["num_class"] = 3
    frame = table()[NUMBERS].astype(types)
    return lightgbm.train(settings, lightgbm.Dataset(frame, truth(objective)), 20)


def gbm() -> Any:
    names = np.array(["early", "late"])[truth("binary")]
    model = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1, n_jobs=1, min_child_samples=5)
    return model.fit(table()[NUMBERS], names)


def named_classes() -> Any:
    names = np.array(["early", "late", "never"])[truth("multiclass")]
    return LogisticRegression().fit(table()[NUMBERS], names)


CASES: list[tuple[str, str, Any, Any]] = [
    *[(k.name, k.task, k.train, table()) for k in KINDS if k.stored != "text"],
    *[
        (f"booster {o}", o, lambda o=o: trained(o), table()[NUMBERS])
        for o in ("binary", "multiclass", "regression")
    ],
    (
        "booster of narrow numbers",
        "binary",
        lambda: trained("binary", hour="int32", wind="float32"),
        table()[NUMBERS].astype({"hour": "int32", "wind": "float32"}),
    ),
    ("booster of an array", "binary", lambda: trained("binary"), table()[NUMBERS].to_numpy()),
    ("booster of a narrow array", "binary", lambda: trained("binary"), table()[NUMBERS].to_numpy("float32")),
    ("a classifier's booster", "binary", gbm, table()[NUMBERS]),
    ("names of classes", "multiclass", named_classes, table()[NUMBERS]),
]
CASES += [
    (name, "binary", train, table()[NUMBERS].astype("float32") if name == "onnx" else table()[NUMBERS])
    for name, (train, _) in FURTHER.items()
    if installed(name)
]


def ordinary() -> Any:
    """Return a model that MLflow would pickle, and answers with a Series."""
    import statsmodels.api

    return statsmodels.api.OLS(truth("regression"), table()[NUMBERS].astype(float)).fit()


CASES.append(("a pickle", "regression", ordinary, table()[NUMBERS].astype(float)))


def asked(example: Any, rows: int) -> tuple[dict[str, Any], Batch]:
    """Return the same rows as MLflow takes them, and as the protocol would hand them on."""
    if isinstance(example, pd.DataFrame):
        split = json.loads(example.head(rows).to_json(orient="split", index=False, double_precision=15))
        return {"dataframe_split": split}, Batch(split["columns"], split["data"])
    values = example[:rows].tolist()
    return {"inputs": values}, Batch(None, values, named=False)


@pytest.mark.filterwarnings("ignore")  # MLflow's advice, at import and on integer columns
@pytest.mark.parametrize("case", CASES, ids=[each[0] for each in CASES])
def test_answers_are_those_of_mlflow(tmp_path: Path, case: tuple[str, str, Any, Any]) -> None:
    """One row and many, to the last bit, whatever the flavour."""
    import mlflow.pyfunc
    from mlflow.pyfunc import scoring_server

    _, task, train, example = case
    project = project_of(tmp_path, task=task, stores="[stores]\nallow_pickle = true\n")
    version = version_of(project, train(), example[:5])
    served = load_served(version, project)
    model = mlflow.pyfunc.load_model(str(tmp_path / version.output["uri"]))
    for rows in (1, 50):
        body, batch = asked(example, rows)
        answer = scoring_server.invocations(
            json.dumps(body), "application/json", model, model.metadata.get_input_schema()
        )
        assert answer.status == 200, answer.response
        scored = served.score(batch)
        assert json.loads(json.dumps({"predictions": scored.predictions})) == json.loads(answer.response)
        assert len(scored.values) == len(scored.scores) == rows
        assert all(isinstance(each, float) for row in scored.scores for each in row)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_scores_are_those_of_the_gates(tmp_path: Path, kind: Kind) -> None:
    """What is logged is what was judged: probabilities, also where the answer is a class."""
    project = project_of(tmp_path, task=kind.task)
    model = kind.train()
    served = load_served(version_of(project, model, table(5)), project)
    frame = table()
    rows = [list(row) for row in frame.astype(object).to_numpy().tolist()]
    expected = Scorer(model, kind.task).score(frame).reshape(len(frame), -1)  # type: ignore[arg-type]
    assert np.array_equal(served.score(Batch(list(frame.columns), rows)).scores, expected)
    one = served.score(Batch(list(frame.columns), rows[:1]))
    assert np.allclose(one.scores, expected[:1], rtol=1e-12)
    assert served.fast == (kind.stored == "text")
