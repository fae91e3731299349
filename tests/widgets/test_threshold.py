from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from sklearn.metrics import confusion_matrix, precision_score, recall_score
from traitlets import TraitError

from tests.widgets.judged_models import booster, encoded, late, project_with_versions, rows
from tests.widgets.seen import widgets
from workbench.errors import UnknownNameError, UsageError
from workbench.widgets import Threshold

ATTACK = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def data() -> tuple[np.ndarray, np.ndarray, pd.Series]:
    """Scores in steps, so that many are equal, their truth, and groups."""
    rng = np.random.default_rng(0)
    score = np.round(rng.beta(2, 4, 3000), 2)
    truth = (rng.random(3000) < score).astype(int)
    return truth, score, pd.Series(rng.choice(["AA", "B6", "UA"], 3000, p=[0.6, 0.3, 0.1]), name="carrier")


@pytest.mark.parametrize("value", [0.0, 0.25, 0.3, 0.31, 0.555, 0.99])
def test_numbers_are_those_of_scikit_learn(
    data: tuple[np.ndarray, np.ndarray, pd.Series], value: float
) -> None:
    """A row is selected from the threshold on, ties included."""
    truth, score, _ = data
    threshold = Threshold(truth, score, value=value)
    called = score >= value
    (_, false), (missed, hits) = confusion_matrix(truth, called, labels=[0, 1])
    point = threshold.point
    assert (point.hits, point.false_alarms, point.missed) == (hits, false, missed)
    if called.any():
        assert point.precision == pytest.approx(precision_score(truth, called))
    assert point.recall == pytest.approx(recall_score(truth, called))
    assert point.alerts == pytest.approx(1000 * called.mean())


@pytest.mark.parametrize("value", [0.2, 0.33, 0.6])
def test_differences_between_groups_are_those_of_fairlearn(
    data: tuple[np.ndarray, np.ndarray, pd.Series], value: float
) -> None:
    """Of what is selected, found, and wrongly alarmed; also after a move."""
    truth, score, carrier = data
    threshold = Threshold(truth, score, carrier)
    threshold.value = value
    frame = MetricFrame(
        metrics={
            "selection_rate": selection_rate,
            "recall": true_positive_rate,
            "false_positive_rate": false_positive_rate,
        },
        y_true=truth,
        y_pred=(score >= value).astype(int),
        sensitive_features=carrier,
    )
    expected = frame.difference()
    found = threshold.differences["carrier"]
    assert {rate: apart.value for rate, apart in found.items()} == pytest.approx(expected.to_dict())
    assert found["recall"].greatest == frame.by_group["recall"].idxmax()


def test_the_cheapest_threshold_is_the_cheapest_of_all(
    data: tuple[np.ndarray, np.ndarray, pd.Series],
) -> None:
    """Compared with every threshold there is; and the view begins there."""
    truth, score, _ = data
    threshold = Threshold(truth, score, cost={"false_positive": 1, "false_negative": 2.5})

    def cost(value: float) -> float:
        called = score >= value
        return float(((called & (truth == 0)) + 2.5 * (~called & (truth == 1))).mean() * 1000)

    every = [*np.unique(score), 1.01]
    assert threshold.value == threshold.cheapest
    assert threshold.cost is not None
    assert threshold.cost.of(threshold.point) == pytest.approx(min(map(cost, every)))
    threshold.cost = {"false_positive": 1, "false_negative": 1000}
    assert threshold.cheapest == score[truth == 1].min()
    assert "cost" in threshold.text()


def test_a_move_takes_no_time_however_many_rows() -> None:
    """A million rows are sorted once; a hundred moves of the built view take less than they did."""
    rng = np.random.default_rng(0)
    score = rng.random(1_000_000)
    begin = time.perf_counter()
    threshold = Threshold(rng.random(1_000_000) < score, score, rng.choice(["a", "b"], 1_000_000))
    made = time.perf_counter() - begin
    view = threshold.view
    begin = time.perf_counter()
    for value in np.linspace(0.01, 0.99, 100):
        threshold.value = value
    moved = (time.perf_counter() - begin) / 100
    assert moved < made / 10
    assert sum(len(html) for html in _texts(view)) < 200_000


def test_the_view_follows_the_trait_and_the_slider_moves_it(
    data: tuple[np.ndarray, np.ndarray, pd.Series],
) -> None:
    """Both ways, and a threshold between two places of the slider stays as it was set."""
    truth, score, carrier = data
    threshold = Threshold(truth, score, carrier, cost={"false_positive": 1, "false_negative": 4})
    view = threshold.view
    slider, exact = widgets(view, "IntSlider")[0], widgets(view, "FloatText")[0]
    threshold.value = 0.31337
    assert threshold.value == 0.31337
    assert exact.value == pytest.approx(0.31337)
    assert threshold.thresholds[slider.value] == pytest.approx(0.31337, abs=0.006)
    slider.value = 3
    assert threshold.value == threshold.thresholds[3] == pytest.approx(exact.value)
    costs = widgets(view, "FloatText")[1:]
    costs[1].value = 0.0
    assert threshold.cost is not None
    assert threshold.cost.false_negative == 0
    (button,) = [b for b in widgets(view, "Button") if "cheapest" in b.description]
    button.click()
    assert threshold.point.selected == 0
    threshold.close()
    threshold.value = 0.5


def test_group_names_are_text(data: tuple[np.ndarray, np.ndarray, pd.Series]) -> None:
    """Nothing of a name becomes part of the page."""
    truth, score, carrier = data
    named = carrier.where(carrier != "AA", ATTACK).rename("<b>carrier</b>")
    shown = "".join(_texts(Threshold(truth, score, named).view))
    assert ATTACK not in shown
    assert "&lt;img src=x" in shown
    assert "<b>carrier" not in shown


def test_what_is_missing_is_left_out_and_said() -> None:
    """Rows without a truth or a score count nowhere; a missing group is a group."""
    truth = pd.array([1, 0, None, 1, 0], dtype="Int64")
    threshold = Threshold(truth, [0.9, 0.1, 0.5, None, 0.4], [None, "a", "a", "a", "a"], value=0.3)
    assert threshold.point.rows == 3
    assert "2 without truth or score are left out" in threshold.text()
    assert set(threshold.judged.by_group("group", 0.3)) == {"(missing)", "a"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "needs a truth and a score, or a model"),
        ({"truth": [0, 1], "score": [0.1]}, "truth has 2, score has 1"),
        ({"truth": [0, 2], "score": [0.1, 0.2]}, "1 of 2 rows have another"),
        ({"truth": [], "score": []}, "there are none"),
        ({"truth": ["x"], "score": [1]}, "truth must be numbers"),
        ({"truth": [0], "score": [[0.5, 0.5]]}, r"got the shape \(1, 2\)"),
        ({"truth": [0, 1], "score": [0, 1], "cost": 5}, "cost must be a mapping"),
        ({"truth": [0, 1], "score": [0, 1], "cost": {"true_negative": 2}}, "cheaper than the right one"),
        ({"truth": [0, 1], "score": [0, 1], "cost": {"false_positive": "much"}}, "must be a number"),
        ({"truth": [0, 1], "score": [0, 1], "model": "delay"}, "cannot tell which is meant"),
        ({"run": "x"}, "without its model"),
        ({"truth": range(100), "score": range(100), "groups": range(100)}, "another"),
        ({"truth": [0] * 99, "score": range(99), "groups": range(99)}, "99 values, but at most 50"),
    ],
)
def test_what_cannot_be_judged_is_refused(given: dict[str, Any], words: str) -> None:
    """In one sentence, before anything is shown."""
    with pytest.raises(UsageError, match=words):
        Threshold(**given)


def test_wrong_names_and_numbers_are_refused() -> None:
    """A misspelt cost names the nearest; a threshold is a number."""
    with pytest.raises(UnknownNameError, match="Did you mean 'false_positive'"):
        Threshold([0, 1], [0, 1], cost={"false_positives": 1})
    threshold = Threshold([0, 1], [0.2, 0.7])
    with pytest.raises(TraitError):
        threshold.value = float("nan")
    with pytest.raises(UsageError, match="Nobody said what errors cost"):
        _ = threshold.cheapest


def test_rows_of_one_class_are_judged_all_the_same() -> None:
    """What cannot be had is a dash, in words and in the picture."""
    threshold = Threshold([0, 0, 0], [0.1, 0.2, 0.3], ["a", "b", "b"], value=0.9)
    assert threshold.point.precision is None
    assert threshold.point.recall is None
    assert "fewer than two groups have it" in threshold.text()
    assert threshold.view is not None


def test_a_model_brings_the_rows_that_it_was_judged_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those kept with its version, with their groups, at the project's own threshold."""
    extra = "[models.delay.monitoring]\nthreshold = 0.4\n"
    made = booster(10)
    project = project_with_versions(tmp_path / "shop", made, booster(20))
    with (project.root / "workbench.toml").open("a") as file:
        file.write(extra)
    monkeypatch.chdir(project.root)
    threshold = Threshold(model="delay", version=1)
    held = rows()
    called = np.asarray(made.predict(encoded(held))) >= 0.4
    assert threshold.value == 0.4
    assert threshold.point.precision == pytest.approx(precision_score(late(held), called))
    assert set(threshold.differences) == {"carrier"}
    assert Threshold(model="delay").judged.about.startswith("delay version 2")
    assert "version 1" in Threshold(model="delay", run="20260301-030000-ab11").text()
    with pytest.raises(UnknownNameError, match="run that made a version"):
        Threshold(model="delay", run="20260309-030000-ab11")


def test_a_version_without_scored_rows_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is made up."""
    project = project_with_versions(tmp_path / "shop", booster(5), with_reference=False)
    monkeypatch.chdir(project.root)
    with pytest.raises(UsageError, match="saved without scored rows"):
        Threshold(model="delay")


def _texts(view: Any) -> list[str]:
    return [each.value for each in widgets(view, "HTML")]
