"""LightGBM's function for one row: the same bits from every thread, or not used at all."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import lightgbm
import numpy as np
import pytest

from tests.tracking.kinds import booster
from workbench.serving.model import fast
from workbench.serving.model.booster import BoosterPredictor, booster_inputs
from workbench.serving.model.fast import SingleRow, drawn_rows, single_row


def stored(task: str) -> lightgbm.Booster:
    """Return a Booster as it is loaded: from its text."""
    return lightgbm.Booster(model_str=booster(task).model_to_string())


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_one_row_is_what_the_booster_says(task: str) -> None:
    """Bit for bit, on rows within and beyond what it was trained on, missing values among them."""
    model = stored(task)
    rows = drawn_rows(model, 2000, seed=1)
    assert np.isnan(rows).any()
    predict = SingleRow(model).predict
    expected = np.asarray(model.predict(rows))
    assert np.asarray([predict(row) for row in rows.tolist()]).tobytes() == expected.tobytes()


def test_early_stopping_counts() -> None:
    """Trees after the best iteration are left out, as `Booster.predict` does."""
    model = booster("binary")
    model.best_iteration = 3
    rows = drawn_rows(model)
    assert not np.array_equal(model.predict(rows), model.predict(rows, num_iteration=-1))
    assert SingleRow(model).agrees(rows)


def test_threads_do_not_disturb_each_other() -> None:
    """Each has its own buffers, freed with it."""
    model = stored("multiclass")
    rows = drawn_rows(model, 400, seed=2).tolist()
    single = SingleRow(model)
    expected = [single.predict(row) for row in rows]

    def all_of_them(_: int) -> Any:
        return [single.predict(row) for row in rows]

    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(all_of_them, range(32)))
    gc.collect()
    assert [single.predict(row) for row in rows] == expected


def _missing() -> Any:
    raise AttributeError("undefined symbol")


class _Off(SingleRow):
    def predict(self, numbers: Any) -> Any:
        return np.nextafter(super().predict(numbers), 1.0)


@pytest.mark.parametrize("what", ["missing", "different"])
def test_without_it_the_booster_answers(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """A function that is not there, or is off by one bit, is not used; the answers are the same."""
    model = stored("binary")
    columns = booster_inputs(model, None, None).columns
    sound = BoosterPredictor(model, columns)
    if what == "missing":
        monkeypatch.setattr(fast, "_functions", _missing)
    else:
        monkeypatch.setattr(fast, "SingleRow", _Off)
    assert single_row(model, np.empty((0, 3))) is None
    plain = BoosterPredictor(model, columns)
    assert (sound.fast, plain.fast) == (True, False)
    rows: list[list[Any]] = [[3, 0.5, "UA"], [None, None, None], [23, -1e300, "never seen"]]
    assert [plain.predict([row]) for row in rows] == [sound.predict([row]) for row in rows]
    assert plain.predict(rows) == sound.predict(rows)
