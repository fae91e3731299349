"""The heat map's numbers: every column in every window, from memory."""

from __future__ import annotations

import numpy as np
import pytest

from tests.insight.scene import BEGIN, DAY, Scene
from tests.insight.weeks import FAIL, PASS, UNSURE, VIEWER, drifted, look
from tests.registry.models import MODEL
from workbench.errors import UnknownNameError, UsageError
from workbench.insight import Store
from workbench.insight.drift import column_drift, drift_map, outcome_drift, summary, window_columns
from workbench.monitoring.finding import Check

WEEK = BEGIN + 7 * DAY


def test_each_column_of_each_window_has_its_score_its_limit_and_its_verdict(
    scene: Scene, store: Store
) -> None:
    """Columns that are asked about now come first; where nothing was asked, nothing is told."""
    look(scene, WEEK, 7, drifted("distance", 0.05, PASS), drifted("hour", 0.4))
    store.refresh()
    found = drift_map(store, VIEWER, MODEL)
    assert found.features == ("distance", "hour", "carrier")
    assert [(each.since, each.failed, each.asked) for each in found.windows] == [(BEGIN, 1, 2), (WEEK, 1, 2)]
    np.testing.assert_allclose(found.excess, [[np.nan, 0.5], [np.nan, 4.0], [3.0, np.nan]])
    np.testing.assert_allclose(found.score, [[np.nan, 0.05], [np.nan, 0.4], [0.3, np.nan]])
    said = [[found.verdict_of(row, column) for column in range(2)] for row in range(3)]
    assert said == [[PASS, PASS], [None, FAIL], [FAIL, None]]
    assert found.window[:, 1].tolist() == [found.windows[1].position] * 3


def test_a_probability_is_farther_the_smaller_it_is(scene: Scene, store: Store) -> None:
    """Of a test's p less is more."""
    look(scene, WEEK, 7, drifted("a", 0.001, limit=0.05, method="ks"), drifted("b", 0.5, PASS, method="ks"))
    store.refresh()
    found = drift_map(store, VIEWER, MODEL)
    assert found.excess[:2, 1].tolist() == pytest.approx([50.0, 0.2])


def test_columns_that_drifted_most_often_come_first(scene: Scene, store: Store) -> None:
    """Of those that drifted as often, the one that is farthest away on average."""
    look(scene, WEEK, 7, drifted("far", 0.9), drifted("calm", 0.01, PASS), drifted("carrier", 0.2))
    store.refresh()
    found = drift_map(store, VIEWER, MODEL)
    assert [found.features[row] for row in found.worst_first()] == ["carrier", "far", "calm", "distance"]


def test_it_is_the_same_object_until_there_is_another_window(scene: Scene, store: Store) -> None:
    """Twenty viewers share it, and nothing is drawn anew for nothing."""
    first = drift_map(store, VIEWER, MODEL)
    assert drift_map(store, VIEWER, MODEL) is first
    look(scene, WEEK, 7, drifted("carrier"))
    store.refresh()
    assert len(drift_map(store, VIEWER, MODEL).windows) == 2


def test_a_time_that_was_looked_at_again_counts_once(scene: Scene, store: Store) -> None:
    """As it was seen last."""
    look(scene, BEGIN, 7, drifted("carrier", 0.02, PASS))
    store.refresh()
    found = drift_map(store, VIEWER, MODEL)
    assert [found.verdict_of(0, column) for column in range(len(found.windows))] == [PASS]


def test_a_window_without_a_reference_says_why(scene: Scene, store: Store) -> None:
    """It is no column of the data that is called columns."""
    look(scene, WEEK, 7, Check("drift", "columns", UNSURE, "version 2 has no reference"))
    store.refresh()
    last = drift_map(store, VIEWER, MODEL).windows[-1]
    assert (last.asked, last.doubt) == (0, "version 2 has no reference")
    assert window_columns(store, VIEWER, MODEL, last.position) == ()


def test_a_week_shows_the_worst_of_its_days(scene: Scene, store: Store) -> None:
    """And which day that was, so that a click explains it."""
    for day in range(7):
        found = (
            drifted("hour", 0.9, UNSURE)
            if day == 1
            else drifted("hour", 0.1 * day, FAIL if day > 3 else PASS)
        )
        look(scene, WEEK + day * DAY, 1, found)
    store.refresh()
    days = drift_map(store, VIEWER, MODEL)
    weeks = drift_map(store, VIEWER, MODEL, every="week")
    assert [each.windows for each in weeks.windows] == [1, 7]
    assert weeks.features[0] == "hour"
    assert weeks.verdict_of(0, 1) is FAIL
    assert weeks.score[0, 1] == pytest.approx(0.6)
    assert weeks.window[0, 1] == days.windows[-1].position
    assert (weeks.windows[1].since, weeks.windows[1].until) == (WEEK, WEEK + 7 * DAY)
    assert len(drift_map(store, VIEWER, MODEL, every="month").windows) == 1


def test_a_model_that_nobody_looked_at_has_an_empty_map(scene: Scene, store: Store) -> None:
    """Nothing is made up, whatever a column stands for."""
    scene.write("model/new", "alias.strayed", {"alias": "champion", "ledger": None, "shown": 1})
    store.refresh()
    for every in ("window", "week"):
        found = drift_map(store, VIEWER, "new", every=every)
        assert (found.features, found.windows) == ((), ())
    assert summary(store, VIEWER, "new").window is None
    with pytest.raises(UnknownNameError):
        drift_map(store, VIEWER, "nobody's")


def test_a_window_lists_its_columns_those_that_drifted_farthest_first(scene: Scene, store: Store) -> None:
    """From memory; a position that is no window of the model is refused."""
    look(scene, WEEK, 7, drifted("near", 0.11), drifted("calm", 0.01, PASS), drifted("far", 0.9))
    store.refresh()
    last = drift_map(store, VIEWER, MODEL).windows[-1].position
    found = window_columns(store, VIEWER, MODEL, last)
    assert [check.name for check in found] == ["far", "near", "calm"]
    with pytest.raises(UsageError, match="There is no window named '1'"):
        window_columns(store, VIEWER, MODEL, 1)


def test_answers_and_truths_have_a_line_each(scene: Scene, store: Store) -> None:
    """Answers one for each version."""
    for week, versions in enumerate(((1,), (1, 2))):
        checks = [
            Check(
                "prediction_drift", "score", PASS, value=0.05, limit=0.1, method="wasserstein", version=each
            )
            for each in versions
        ]
        truth = Check("label_drift", "late", FAIL, value=0.3, limit=0.1, method="jensenshannon")
        look(scene, WEEK + week * 7 * DAY, 7, *checks, truth)
    store.refresh()
    found = outcome_drift(store, VIEWER, MODEL)
    assert [(each.kind, each.version, len(each.points)) for each in found] == [
        ("prediction_drift", 1, 2),
        ("prediction_drift", 2, 1),
        ("label_drift", None, 2),
    ]
    assert found[2].points[0].excess == pytest.approx(3.0)
    assert [point.verdict for point in column_drift(store, VIEWER, MODEL, "carrier").points] == [FAIL]
    assert column_drift(store, VIEWER, MODEL, "nothing").points == ()


def test_the_last_window_is_told_in_a_line(scene: Scene, store: Store) -> None:
    """How many of what; and that its truths are missing."""
    estimate = Check("estimate", "auc", PASS, value=0.7)
    unknown = Check("performance", "auc", UNSURE, "no truth is known")
    look(scene, WEEK, 7, drifted("a"), drifted("b"), drifted("c", 0.01, PASS), unknown, estimate)
    store.refresh()
    found = summary(store, VIEWER, MODEL)
    assert [(each.question, each.verdict, each.words) for each in found.answers] == [
        ("Columns", FAIL, "2 of 3 drifted"),
        ("Predictions", None, "not asked"),
        ("Truths", None, "not asked"),
        ("Performance", UNSURE, "not known"),
    ]
    assert found.answers[0].reason == "a: it moved · b: it moved"
    assert (found.windows, found.open_alerts, found.is_estimated, found.is_last) == (2, 1, True, True)
    first = drift_map(store, VIEWER, MODEL).windows[0].position
    earlier = summary(store, VIEWER, MODEL, window=first)
    assert (earlier.answers[0].words, earlier.answers[3].words, earlier.is_last) == (
        "1 of 2 drifted",
        "holds",
        False,
    )
