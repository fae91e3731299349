"""Models of every kind and task, trained on the same small table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

CARRIERS = ["UA", "AA", "DL"]


def table(rows: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "hour": rng.integers(0, 24, rows),
            "wind": rng.normal(size=rows),
            "carrier": rng.choice(CARRIERS, rows),
        }
    )


def truth(task: str, rows: int = 120) -> Any:
    """Return what is to be learnt, as the gates compare it."""
    frame = table(rows)
    value = frame["hour"] / 12 - 1 + 0.5 * frame["wind"] + (frame["carrier"] == "DL")
    if task == "regression":
        return value.to_numpy()
    edges = [0.0] if task == "binary" else [-0.5, 0.5]
    return np.digitize(value, edges)


@dataclass(frozen=True)
class Kind:
    """A kind of model: how one is trained, and in which form it is stored."""

    name: str
    task: str
    stored: str
    train: Callable[[], Any]
    native: str = ""


def _pipeline(last: Any) -> Pipeline:
    names = make_column_transformer(
        (StandardScaler(), ["hour", "wind"]), (OneHotEncoder(handle_unknown="ignore"), ["carrier"])
    )
    return make_pipeline(names, last)


def fitted(last: Any, task: str) -> Pipeline:
    return _pipeline(last).fit(table(), truth(task))


def booster(task: str) -> lightgbm.Booster:
    frame = table()
    frame["carrier"] = pd.Categorical(frame["carrier"], categories=CARRIERS)
    settings: dict[str, Any] = {"objective": task, "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    if task == "multiclass":
        settings["num_class"] = 3
    return lightgbm.train(settings, lightgbm.Dataset(frame, truth(task)), 5)


def _gbm() -> Any:
    return lightgbm.LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1, min_child_samples=5)


def _searched() -> Any:
    grid = {"logisticregression__C": [0.1, 1.0]}
    return GridSearchCV(_pipeline(LogisticRegression()), grid, cv=2).fit(table(), truth("binary"))


KINDS = [
    Kind("lightgbm binary", "binary", "text", lambda: booster("binary")),
    Kind("lightgbm multiclass", "multiclass", "text", lambda: booster("multiclass")),
    Kind("lightgbm regression", "regression", "text", lambda: booster("regression")),
    Kind("logistic", "binary", "skops", lambda: fitted(LogisticRegression(), "binary")),
    Kind("logistic of three", "multiclass", "skops", lambda: fitted(LogisticRegression(), "multiclass")),
    Kind("ridge", "regression", "skops", lambda: fitted(Ridge(), "regression")),
    Kind(
        "forest",
        "multiclass",
        "skops",
        lambda: fitted(RandomForestClassifier(5, random_state=1), "multiclass"),
    ),
    Kind(
        "boosted trees",
        "regression",
        "skops",
        lambda: fitted(GradientBoostingRegressor(n_estimators=5, random_state=1), "regression"),
    ),
    Kind(
        "histogram trees",
        "binary",
        "skops",
        lambda: fitted(HistGradientBoostingClassifier(max_iter=5), "binary"),
    ),
    Kind("lightgbm in a pipeline", "binary", "skops", lambda: fitted(_gbm(), "binary")),
    Kind("a search", "binary", "skops", _searched),
]
TASKS: Mapping[str, tuple[int, ...]] = {"binary": (), "multiclass": (3,), "regression": ()}
"""The shape of one row's score, by task."""


def xgboost() -> Any:
    import xgboost as library

    return library.XGBClassifier(n_estimators=3, n_jobs=1).fit(table()[["hour", "wind"]], truth("binary"))


def catboost() -> Any:
    import catboost as library

    model = library.CatBoostClassifier(
        iterations=3, verbose=0, thread_count=1, allow_writing_files=False, random_seed=1
    )
    return model.fit(table()[["hour", "wind"]], truth("binary"))


def onnx() -> Any:
    """Return the graph of a logistic regression."""
    from onnx import TensorProto, helper

    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, 2])
    odds = helper.make_tensor_value_info("p", TensorProto.FLOAT, [None, 1])
    weights = helper.make_tensor("w", TensorProto.FLOAT, [2, 1], [0.1, 0.5])
    nodes = [helper.make_node("MatMul", ["rows", "w"], ["z"]), helper.make_node("Sigmoid", ["z"], ["p"])]
    graph = helper.make_graph(nodes, "g", [rows], [odds], [weights])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


FURTHER = {"xgboost": (xgboost, "json"), "catboost": (catboost, "json"), "onnx": (onnx, "onnx")}
"""Flavours whose libraries are not among our own requirements: how one is trained, how it is stored."""


def installed(library: str) -> bool:
    """Return whether a further library happens to be there."""
    needed = ("onnx", "onnxruntime") if library == "onnx" else (library,)
    return all(find_spec(each) is not None for each in needed)
