"""How good the answers were: measured, estimated where the truth is missing, and slice by slice."""

from __future__ import annotations

import pytest

from tests.insight.scene import BEGIN, DAY, Scene
from tests.insight.weeks import FAIL, PASS, UNSURE, VIEWER, look, metric
from tests.registry.models import MODEL
from workbench.insight import Store
from workbench.insight.drift import better, performance, slice_over_time, slices
from workbench.monitoring.finding import Check

WEEK = BEGIN + 7 * DAY


def _estimate(value: float) -> Check:
    return Check("estimate", "auc", PASS, "from the scores alone", value, value - 0.02, value + 0.02)


def test_an_estimate_stands_in_where_the_truth_is_missing_and_says_so(scene: Scene, store: Store) -> None:
    """Where both are known, what was measured counts."""
    look(scene, WEEK, 7, metric("auc", 0.75, limit=0.7), _estimate(0.72))
    look(scene, WEEK + 7 * DAY, 7, metric("auc", None, UNSURE, note="no truth is known"), _estimate(0.71))
    store.refresh()
    measured, estimated = performance(store, VIEWER, MODEL).of("auc")[1:]
    assert measured.best == measured.measured
    assert not measured.is_estimate
    assert measured.best is not None
    assert (measured.best.value, measured.best.lower, measured.best.limit) == (0.75, 0.7, 0.7)
    assert estimated.is_estimate
    assert estimated.best is not None
    assert estimated.best.value == 0.71
    assert estimated.measured is not None
    assert estimated.measured.note == "no truth is known"


def test_versions_and_arms_are_told_apart_and_slices_are_no_metrics(scene: Scene, store: Store) -> None:
    """What one of them came to is asked for by its name."""
    own = metric("auc", 0.6, version=2, arm="challenger")
    look(scene, WEEK, 7, metric("auc", 0.75), own, metric("carrier=AA auc", 0.5), metric("rmse", 2.0))
    store.refresh()
    found = performance(store, VIEWER, MODEL)
    assert set(found.metrics) == {"auc", "rmse"}
    assert found.parts == ((2, "challenger"),)
    (point,) = found.of("auc", (2, "challenger"))
    assert point.measured is not None
    assert point.measured.value == 0.6
    assert performance(store, VIEWER, MODEL) is found


@pytest.mark.parametrize(
    ("name", "said"),
    [("auc", "higher is better"), ("log_loss", "lower is better"), ("bias", "best at 0")],
)
def test_which_way_is_better_is_told(name: str, said: str) -> None:
    assert better(name) == said


def test_slices_and_fairness_groups_are_told_apart_those_that_failed_first(
    scene: Scene, store: Store
) -> None:
    """Each with the column by which rows were grouped, however odd its values are."""

    def part(name: str, value: float, verdict: str, **evidence: object) -> Check:
        own = {"slice": name.rpartition(" ")[0], "rows": 300, **evidence}
        return metric(name, value, {"pass": PASS, "fail": FAIL}[verdict], limit=0.6, evidence=own)

    look(
        scene,
        WEEK,
        7,
        metric("auc", 0.75),
        part("carrier=AA auc", 0.7, "pass"),
        part("carrier=U A=x auc", 0.5, "fail"),
        part("size=small bias", 0.1, "pass", apart=0.02),
        Check("performance", "reach bias", UNSURE, "nobody logged reach"),
    )
    store.refresh()
    position = performance(store, VIEWER, MODEL).windows[-1].position
    found = slices(store, VIEWER, MODEL, position)
    assert [(each.column, each.metric, each.fairness, each.verdict) for each in found] == [
        ("carrier", "auc", False, FAIL),
        ("reach", "bias", False, UNSURE),
        ("size", "bias", True, PASS),
    ]
    assert [result.value_name for result in found[0].results] == ["U A=x", "AA"]
    assert (found[0].overall, found[0].results[0].rows, found[2].results[0].apart) == (0.75, 300, 0.02)
    (point,) = slice_over_time(store, VIEWER, MODEL, "carrier=U A=x auc")
    assert (point.value, point.verdict, point.since) == (0.5, FAIL, WEEK)
