"""Golden rows: an answer that is off, unsound or unspeakable keeps a version from serving."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import pandas as pd
import pytest

from tests.serving.model.models import served
from tests.tracking.kinds import KINDS, Kind, booster, table, truth
from workbench.errors import WorkbenchError
from workbench.serving.batch import Batch
from workbench.serving.model import ServedModel
from workbench.serving.model.golden import check_golden, golden_rows


@pytest.mark.parametrize("kind", [k for k in KINDS if k.name in ("ridge", "logistic of three", "a search")])
def test_sound_models_answer_their_example(tmp_path: Path, kind: Kind) -> None:
    """One by one, together, and as the gates scored."""
    assert check_golden(served(tmp_path, kind.train(), table(7), task=kind.task)) == 7


def test_a_booster_without_an_example_answers_rows_that_are_made_up(tmp_path: Path) -> None:
    """Its own text says what its columns hold."""
    model = served(tmp_path, booster("binary"), None)
    assert check_golden(model) == len(golden_rows(model)) == 20
    assert {row[2] for row in golden_rows(model)} == {"UA", "AA", "DL"}


def test_truths_and_numbered_categories_are_served(tmp_path: Path) -> None:
    """A column of truths, and categories that are numbers: as LightGBM itself has them."""
    frame = table().assign(calm=table()["wind"] < 0, gate=pd.Categorical(table()["hour"] % 5))
    frame["carrier"] = frame["carrier"].astype("category")
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 2}
    model = lightgbm.train(settings, lightgbm.Dataset(frame, truth("binary")), 10)
    found = served(tmp_path, model, frame.head(7))
    assert [column.kind for column in found.columns] == [
        "integer",
        "number",
        "category",
        "boolean",
        "category",
    ]
    assert check_golden(found) == 7
    rows = frame.astype(object).to_numpy().tolist()
    assert found.score(Batch(list(frame.columns), rows)).predictions == model.predict(frame).tolist()


class Changed:
    """A predictor whose answers were tampered with; `alone` says whether only those of single rows were."""

    fast = True

    def __init__(self, sound: Any, change: Callable[[Any], Any], *, alone: bool) -> None:
        self._sound = sound
        self._change = change
        self._alone = alone

    def predict(self, rows: Any) -> Any:
        predictions, scores = self._sound.predict(rows)
        return (
            self._change((predictions, scores))
            if not self._alone or len(rows) == 1
            else (predictions, scores)
        )


def _shifted(found: Any) -> Any:
    return found[0], [[score + 1e-12 for score in row] for row in found[1]]


def _endless(found: Any) -> Any:
    return found[0], [[float("inf")] * len(row) for row in found[1]]


def _wider(found: Any) -> Any:
    return found[0], [[*row, 0.5] for row in found[1]]


def _unspeakable(found: Any) -> Any:
    return [object() for _ in found[0]], found[1]


@pytest.mark.parametrize(
    ("change", "alone", "words"),
    [
        (_shifted, True, r"Rows answered one by one get other scores than the gates saw: row 1 \["),
        (_shifted, False, "Rows answered together get other scores"),
        (_endless, True, r"one by one get \[inf\] for row 1, which is no finite number"),
        (_wider, False, r"scores of shape \(5, 2\), not \(5, 1\)"),
        (_unspeakable, False, "cannot be sent as JSON"),
    ],
)
def test_an_answer_that_is_wrong_is_found(
    tmp_path: Path, change: Callable[[Any], Any], alone: bool, words: str
) -> None:
    """By one bit, without end, of another shape, or not to be sent: the sentence says which."""
    model: ServedModel = served(tmp_path, booster("binary"), table(5))
    model._predictor = Changed(model._predictor, change, alone=alone)
    with pytest.raises(WorkbenchError, match=words):
        check_golden(model)
