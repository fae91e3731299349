"""A served model: columns by name or by place, refusals with a sentence, explanations that add up."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from tests.serving.model.models import project_of, served, version_of
from tests.tracking.kinds import booster, fitted, table, truth
from workbench.errors import IntegrityError, UnknownNameError, UsageError
from workbench.serving.batch import Batch
from workbench.serving.model import Scored, ServedModel, load_served
from workbench.serving.refused import Refused

COLUMNS = ["hour", "wind", "carrier"]
ROW = [3, 0.5, "UA"]


@pytest.fixture(scope="module")
def delay(tmp_path_factory: pytest.TempPathFactory) -> ServedModel:
    return served(tmp_path_factory.mktemp("delay"), booster("binary"), table(5))


def test_a_model_says_what_it_is_and_takes(delay: ServedModel) -> None:
    """Its name, number and task; each column's kind, and what it knows of a category."""
    assert (delay.model, delay.version, delay.task, delay.fast) == ("delay", 1, "binary", True)
    assert [(c.name, c.kind, c.categories, c.required) for c in delay.columns] == [
        ("hour", "integer", (), True),
        ("wind", "number", (), True),
        ("carrier", "category", ("UA", "AA", "DL"), True),
    ]


def test_columns_come_in_any_order_with_others_among_them(delay: ServedModel) -> None:
    """By name, by name in another order, with the entity's column, or by place: one answer."""
    expected = delay.score(Batch(COLUMNS, [ROW]))
    wider = Batch(["flight", "carrier", "wind", "hour"], [["UA7", "UA", 0.5, 3]])
    for batch in (wider, Batch(None, [ROW], named=False), Batch(tuple(COLUMNS), (tuple(ROW),))):
        found = delay.score(batch)
        assert (found.predictions, [list(row) for row in found.values]) == (expected.predictions, [ROW])
    many = delay.score(Batch(wider.columns, [*wider.rows, ["x", "ZZ", None, 3.0]]))
    assert many.predictions[0] == expected.predictions[0]
    assert list(many.values[1]) == [3.0, None, "ZZ"]


REFUSED: list[tuple[Batch, str, str]] = [
    (
        Batch(["hour", "wnd"], [[1, 2]]),
        "missing_columns",
        "lacks wind, carrier.* It has wnd, which the model",
    ),
    (Batch(COLUMNS, []), "no_rows", "no rows"),
    (Batch(COLUMNS, [ROW, [1, 2]]), "ragged_rows", "Row 2 holds 2 values, but the request names 3 columns"),
    (Batch(None, [[1, 2]]), "ragged_rows", "Row 1 holds 2 values, but the model takes 3"),
    (Batch([*COLUMNS, "wind"], [[*ROW, 1]]), "columns_twice", "names wind more than once"),
    (Batch([[1], "wind"], [[1, 2]]), "wrong_columns", "name is a text"),  # type: ignore[list-item]
    (Batch(COLUMNS, [["late", 0.5, "UA"]]), "wrong_type", "'hour' takes a whole number"),
    (Batch(COLUMNS, [[3, math.inf, "UA"]]), "not_finite", "'wind' takes finite numbers, but row 1 has inf"),
    (
        Batch(COLUMNS, [ROW, [3, math.nan, "UA"]]),
        "not_finite",
        "'wind' takes finite numbers, but row 2 has nan",
    ),
    (Batch(COLUMNS, [[3, 0.5, 9]]), "wrong_type", "'carrier' takes one of"),
    (Batch(COLUMNS, [["", "", ""]], texts=True), "wrong_type", "'hour' takes a whole number"),
]


@pytest.mark.parametrize(("batch", "code", "words"), REFUSED)
def test_what_does_not_fit_is_refused(delay: ServedModel, batch: Batch, code: str, words: str) -> None:
    """With 400 and a sentence that names the column."""
    with pytest.raises(Refused, match=words) as caught:
        delay.score(batch)
    assert (caught.value.status, caught.value.code) == (400, code)


def test_unknown_categories_are_missing_or_refused(delay: ServedModel, tmp_path: Path) -> None:
    """As the project says of the model."""
    missing = delay.score(Batch(COLUMNS, [[3, 0.5, None]])).predictions
    assert delay.score(Batch(COLUMNS, [[3, 0.5, "ZZ"]])).predictions == missing
    strict = served(tmp_path, booster("binary"), table(5), extra='unknown_category = "refuse"')
    assert strict.score(Batch(COLUMNS, [[3, 0.5, None]])).predictions == missing
    with pytest.raises(Refused, match="never saw"):
        strict.score(Batch(COLUMNS, [[3, 0.5, "ZZ"]]))


def test_texts_of_a_csv_are_read_by_their_columns(delay: ServedModel) -> None:
    """Numbers as numbers, nothing as null, names as names; the log gets values, not texts."""
    found = delay.score(Batch(COLUMNS, [["3", "0.5", "UA"], ["3", "", "UA"]], texts=True))
    assert found.predictions == delay.score(Batch(COLUMNS, [ROW, [3, None, "UA"]])).predictions
    assert [list(row) for row in found.values] == [ROW, [3, None, "UA"]]


def test_columns_that_may_be_left_out_count_as_null(tmp_path: Path) -> None:
    """A column with gaps in the example is not required."""
    example = table(5)
    example.loc[2, "wind"] = np.nan
    model = served(tmp_path, booster("binary"), example)
    assert [column.required for column in model.columns] == [True, False, True]
    expected = model.score(Batch(COLUMNS, [[3, None, "UA"]])).predictions
    assert model.score(Batch(["carrier", "hour"], [["UA", 3]])).predictions == expected


def test_arrays_go_by_place_whatever_their_columns_are_called(tmp_path: Path) -> None:
    """A model of an array takes any table of its width, as MLflow does."""
    rows, y = table()[["hour", "wind"]].to_numpy(), truth("binary")
    told = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    model = lightgbm.train(told, lightgbm.Dataset(rows, y), 5)
    found = served(tmp_path, model, rows[:3])
    expected = model.predict(rows[:1]).tolist()
    for columns in (None, ["0", "1"], ["a", "b"], ["Column_0", "Column_1"]):
        assert found.score(Batch(columns, [rows[0].tolist()])).predictions == expected
    assert found.score(Batch(["Column_1", "Column_0"], [rows[0].tolist()[::-1]])).predictions == expected


def test_callers_who_make_up_columns_cost_no_memory(delay: ServedModel) -> None:
    """Orders of columns are remembered up to a number."""
    for number in range(500):
        delay.score(Batch([*COLUMNS, f"made up {number}"], [[*ROW, None]]))
    assert len(delay._order._known) <= 64


@pytest.mark.parametrize(("task", "shape"), [("binary", ()), ("multiclass", (3,)), ("regression", ())])
def test_a_boosters_contributions_add_up_to_its_raw_score(tmp_path: Path, task: str, shape: Any) -> None:
    """Base and contributions make the score, on the scale on which trees are summed."""
    model = booster(task)
    delays = served(tmp_path, model, table(5), task=task)
    first, second = delays.explain(Batch(COLUMNS, [ROW, [20, None, "ZZ"]]))
    assert list(first["contributions"]) == COLUMNS
    assert (first["method"], second["method"]) == ("tree", "tree")
    assert first["prediction"] == delays.score(Batch(COLUMNS, [ROW])).predictions[0]
    for told, row in ((first, [3, 0.5, 0]), (second, [20, np.nan, np.nan])):
        total = np.sum(list(told["contributions"].values()), axis=0) + told["base"]
        assert np.asarray(told["score"]).shape == shape
        assert np.allclose(total, told["score"])
        assert np.allclose(told["score"], model.predict([row], raw_score=True)[0])


def test_other_models_are_explained_by_sampling(tmp_path: Path) -> None:
    """Against the rows of their example; a model without one, or too many rows, is refused."""
    model = served(tmp_path, fitted(LogisticRegression(), "binary"), table(20))
    (told,) = model.explain(Batch(COLUMNS, [ROW]))
    assert told["method"] == "permutation"
    assert told["scale"] == "probability"
    assert np.isclose(told["score"], model.score(Batch(COLUMNS, [ROW])).scores[0][0])
    with pytest.raises(Refused, match="21 rows, and 20"):
        model.explain(Batch(COLUMNS, [ROW] * 21))
    model.example = None
    with pytest.raises(Refused, match="without an example"):
        model.explain(Batch(COLUMNS, [ROW]))


def test_what_a_model_itself_refuses_is_refused(tmp_path: Path) -> None:
    """A library's error becomes a sentence: here a missing number, which this model cannot take."""
    model = served(tmp_path, fitted(LogisticRegression(), "binary"), table(5))
    with pytest.raises(Refused, match="could not predict these rows: Input X contains NaN") as caught:
        model.score(Batch(COLUMNS, [[3, None, "UA"]]))
    assert (caught.value.status, caught.value.code) == (400, "not_predicted")


def test_versions_that_cannot_be_served_say_why(tmp_path: Path) -> None:
    """Changed bytes, no example, or a model that the project does not know."""
    project = project_of(tmp_path)
    version = version_of(project, fitted(LogisticRegression(), "binary"), None)
    with pytest.raises(UsageError, match="saved without an example"):
        load_served(version, project)
    version = version_of(project, booster("binary"), None, 2)
    assert load_served(version, project).score(Batch(COLUMNS, [ROW])).scores
    path = tmp_path / version.output["uri"] / "model.lgb"
    path.write_bytes(path.read_bytes().replace(b"tree", b"trea", 1))
    with pytest.raises(IntegrityError, match=r"model\.lgb"):
        load_served(version, project)
    with pytest.raises(UnknownNameError, match="no model named 'other'"):
        load_served(version.__class__(**{**version.__dict__, "model": "other"}), project)


CELL = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["UA", 3, 0.5]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)
NAME = st.sampled_from(COLUMNS) | st.text(max_size=3) | st.integers()


@st.composite
def malformed(draw: st.DrawFn) -> Batch:
    """Return a batch as nobody should send it, in the form that a protocol could make of it."""
    columns: Any = draw(st.none() | st.permutations([*COLUMNS, "more"]) | st.lists(NAME, max_size=4))
    width = draw(st.integers(0, 5)) if columns is None else len(columns)
    row = st.lists(CELL, min_size=width, max_size=width) | st.lists(CELL, max_size=4)
    return Batch(columns, draw(st.lists(row, max_size=3)), texts=False)


def answered(model: ServedModel, batch: Batch) -> Scored | Refused:
    """Return what a caller would get; any other error is the test's failure."""
    try:
        return model.score(batch)
    except Refused as refused:
        return refused


def test_whatever_is_sent_is_answered_or_refused(
    delay: ServedModel, tmp_path: Path, soak_count: Callable[[int], int]
) -> None:
    """Never another error, with a Booster or another library's model; never scores that are not finite."""
    other = served(tmp_path, fitted(LogisticRegression(), "binary"), table(5))

    @settings(max_examples=soak_count(3000), deadline=None, derandomize=True, database=None)
    @given(malformed(), st.sampled_from([delay, other]))
    def send(batch: Batch, model: ServedModel) -> None:
        found = answered(model, batch)
        if isinstance(found, Refused):
            told = json.loads(found.body())
            assert told["error_code"]
            assert told["message"]
            assert found.status == 400
        else:
            assert len(found.predictions) == len(batch.rows) > 0
            assert np.isfinite(found.scores).all()

    send()
