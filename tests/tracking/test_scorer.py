"""One way to score with every kind of model: shapes, categories, classes, and clear refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.svm import LinearSVC

from tests.tracking.kinds import CARRIERS, KINDS, TASKS, Kind, booster, fitted, table, truth
from workbench.errors import UsageError
from workbench.tracking.scorer import Scorer


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_gives_scores_of_its_task(kind: Kind) -> None:
    """One probability, one for each class, or one value; the same from Polars, and with more columns."""
    scorer = Scorer(kind.train(), kind.task)  # type: ignore[arg-type]
    scores = scorer.score(table())
    assert scores.shape == (120, *TASKS[kind.task])
    if kind.task == "multiclass":
        assert np.allclose(scores.sum(axis=1), 1)
    wider = table().assign(further=1)[["further", "carrier", "wind", "hour"]]
    assert np.array_equal(scorer.score(wider), scores)
    assert np.array_equal(scorer.score(pl.from_pandas(table())), scores)


def test_texts_become_the_codes_that_lightgbm_learnt() -> None:
    """Exactly its own predictions; a name that it never saw counts as missing, and so does none."""
    model = booster("binary")
    typed = table().assign(carrier=pd.Categorical(table()["carrier"], categories=CARRIERS))
    scorer = Scorer(model, "binary")
    assert np.array_equal(scorer.score(table()), model.predict(typed))
    strange = table(3).assign(carrier=pd.Series(["UA", "never seen", None], dtype=object))
    missing = table(3).assign(carrier=pd.Categorical.from_codes([0, -1, -1], categories=pd.Index(CARRIERS)))
    assert np.array_equal(scorer.score(strange), model.predict(missing))
    assert np.array_equal(scorer.score(typed.iloc[:1]), model.predict(typed)[:1])


def test_categories_of_a_column_that_never_varied_are_found_by_its_type() -> None:
    """The model's text says nothing of it; the table does, or an error names both sides."""
    frame = table().assign(flag=1.0, city=pd.Categorical(["NYC"] * 120))
    frame["carrier"] = frame["carrier"].astype("category")
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    model = lightgbm.train(settings, lightgbm.Dataset(frame, truth("binary")), 3)
    texts = frame.assign(city="NYC", carrier=frame["carrier"].astype(str))
    assert np.array_equal(Scorer(model, "binary").score(texts), model.predict(frame))
    with pytest.raises(UsageError, match="categories of 2 columns"):
        Scorer(model, "binary").score(frame.assign(city=0, carrier=0))


def test_truth_is_told_as_the_gates_compare_it() -> None:
    """The class's index in the order of the scores' columns; a class nobody learnt is an error."""
    names = np.array(["early", "late", "never"])[truth("multiclass")]
    model = LogisticRegression().fit(table()[["hour", "wind"]], names)
    scorer = Scorer(model, "multiclass")
    assert scorer.classes == ["early", "late", "never"]
    assert scorer.truth(names).tolist() == truth("multiclass").tolist()
    with pytest.raises(UsageError, match="Labels lost are none of"):
        scorer.truth(["lost"])
    assert Scorer(fitted(Ridge(), "regression"), "regression").truth([1, 2]).tolist() == [1.0, 2.0]


def _svc() -> Any:
    return LinearSVC().fit(table()[["hour", "wind"]], truth("binary"))


def _named() -> Any:
    names = np.where(truth("binary") == 1, "stays", "leaves")
    return LogisticRegression().fit(table()[["hour", "wind"]], names)


REFUSED: list[tuple[Callable[[], Any], str, pd.DataFrame, str]] = [
    (_svc, "binary", table(), "gives classes(?s:.)*CalibratedClassifierCV"),
    (_named, "binary", table(), "'leaves' and 'stays' is the positive class"),
    (lambda: booster("regression"), "binary", table(), "numbers beyond 0 and 1"),
    (lambda: booster("binary"), "multiclass", table(), r"the shape \(120,\)"),
    (lambda: booster("multiclass"), "binary", table(), "3 classes apart"),
    (lambda: booster("binary"), "binary", table()[["hour"]], "lacks wind, carrier"),
    (lambda: fitted(Ridge(), "regression"), "regression", table()[["wind"]], "lacks hour, carrier"),
    (lambda: booster("binary"), "binary", table().assign(wind="strong"), "'wind' holds"),
]


@pytest.mark.parametrize(("train", "task", "rows", "words"), REFUSED)
def test_what_gives_no_such_scores_is_refused(
    train: Callable[[], Any], task: Any, rows: pd.DataFrame, words: str
) -> None:
    """Before a gate is misled: the message says what is wrong and what to do."""
    with pytest.raises(UsageError, match=words):
        Scorer(train(), task).score(rows)
