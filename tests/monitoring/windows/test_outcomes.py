"""What came true, by task, version, arm, slice and group."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.monitoring.windows.watched import MODEL, START, TASK, WEEK, Watched, flights, one, reference_of
from workbench.data.drift import reference
from workbench.monitoring.finding import DRIFT, ESTIMATE, PERFORMANCE, PREDICTION_DRIFT, QUALITY, SERVICE
from workbench.monitoring.measure import metrics_of
from workbench.registry.verdict import Verdict
from workbench.serving.log import encode_label


def test_each_version_and_arm_is_measured_beside_the_whole(make: Callable[..., Watched]) -> None:
    """Limits hold for what callers were answered; the shadow is measured, and counts for nothing there."""
    watched = make(monitoring="performance = { auc = { at_least = 0.65 } }")
    held = reference_of(flights(4000, 1))
    for _ in range(2):
        watched.version(held)
    first, second = flights(1500, 2), flights(700, 3)
    watched.answer(first, START)
    watched.answer(second, START, version=2, arm="challenger", entity=lambda row: f"second{row}")
    noise = np.random.default_rng(0).random(1500)
    watched.answer(
        first.assign(score=noise), START, version=2, arm="shadow", entity=lambda row: f"shadow{row}"
    )
    report = watched.look()
    assert [(each["version"], each["arm"]) for each in report.versions] == [
        (1, "champion"),
        (2, "shadow"),
        (2, "challenger"),
    ]
    assert (report.rows, report.reference) == (2200, 1)
    whole = one(report, PERFORMANCE, "auc", version=None)
    assert whole.evidence["rows"] == 2200
    assert whole.verdict is Verdict.PASS
    assert one(report, PERFORMANCE, "auc", version=2, arm="challenger").value > 0.65  # type: ignore[operator]
    shadow = one(report, PERFORMANCE, "auc", version=2, arm="shadow")
    assert shadow.value == pytest.approx(0.5, abs=0.06)
    assert shadow.verdict is Verdict.PASS
    assert {check.version for check in report.of(PREDICTION_DRIFT)} == {1, 2}
    assert one(report, SERVICE, "rows").value == 2200


def test_rows_are_judged_when_their_truth_is_due(make: Callable[..., Watched]) -> None:
    """On Monday morning those of Sunday are not judged yet; those of the Sunday before are."""
    watched = make()
    watched.version(reference_of(flights(4000, 1)))
    watched.answer(flights(2800, 2), START - WEEK, days=14, entity=lambda row: f"{row}")
    morning = watched.look(now=START + WEEK + timedelta(hours=6))
    late = watched.look(now=START + WEEK + timedelta(hours=24))
    assert morning.rows == late.rows == 1400
    ours, theirs = (one(report, PERFORMANCE, "brier").evidence for report in (morning, late))
    assert ours["rows"] == theirs["rows"] == 1400
    assert [block for block, *_ in ours["by_block"]] == [block - 1 for block, *_ in theirs["by_block"]]


def test_worse_answers_fail_and_the_worst_slice_is_named(make: Callable[..., Watched]) -> None:
    gates = f"\n[models.{MODEL}.gates]\nslices = {{ by = ['carrier'], metric = 'auc', at_least = 0.6 }}\n"
    watched = make(monitoring="performance = { log_loss = { max_change = 0.02 } }", more=gates)
    watched.version(reference_of(flights(6000, 1)))
    frame = flights(6000, 2)
    turned = frame.assign(score=frame["score"].where(frame["carrier"] != "B6", 1 - frame["score"]))
    watched.answer(turned, START)
    report = watched.look()
    loss = one(report, PERFORMANCE, "log_loss")
    assert loss.verdict is Verdict.FAIL
    assert loss.limit == pytest.approx(loss.evidence["reference"] + 0.02)
    assert one(report, PERFORMANCE, "carrier=B6 auc").verdict is Verdict.FAIL
    assert one(report, PERFORMANCE, "carrier=AA auc").verdict is Verdict.PASS


def test_small_slices_are_judged_together(make: Callable[..., Watched]) -> None:
    watched = make(monitoring="slices = ['carrier']")
    watched.version(reference_of(flights(3000, 1)))
    frame = flights(1500, 2)
    names = np.array([f"C{place % 40}" for place in range(1500)])
    watched.answer(frame.assign(carrier=np.where(frame.index < 600, "AA", names)), START)
    found = [check for check in watched.look().of(PERFORMANCE) if "=" in check.name]
    assert {check.name: check.evidence["rows"] for check in found} == {
        "carrier=AA log_loss": 600,
        "carrier=(others) log_loss": 900,
    }


@pytest.mark.parametrize(("shift", "verdict"), [(0.0, Verdict.PASS), (0.5, Verdict.FAIL)])
def test_a_group_is_held_against_all_the_others(
    make: Callable[..., Watched], shift: float, verdict: Verdict
) -> None:
    gates = f"\n[models.{MODEL}.gates]\n"
    gates += "fairness = { by = ['carrier'], metric = 'bias', max_difference = 0.15 }\n"
    watched = make(more=gates)
    watched.version(reference_of(flights(6000, 1)))
    frame = flights(5000, 2)
    told = np.clip(frame["score"] + shift * (frame["carrier"] == "UA"), 0, 1)
    watched.answer(frame.assign(score=told), START)
    check = one(watched.look(), PERFORMANCE, "carrier=UA bias")
    assert check.verdict is verdict
    assert check.evidence["apart"] == pytest.approx(0.9 * shift, abs=0.1)


def test_a_column_may_be_looked_at_as_slices_and_as_groups(make: Callable[..., Watched]) -> None:
    """Each of its values is then held to a limit of its own, and against all the others."""
    watched = make(monitoring="slices = ['carrier']\nfairness = ['carrier']")
    watched.version(reference_of(flights(6000, 1)))
    watched.answer(flights(5000, 2), START)
    report = watched.look()
    assert one(report, PERFORMANCE, "carrier=UA log_loss").value is not None
    assert "apart" in one(report, PERFORMANCE, "carrier=UA bias").evidence


def test_values_have_errors_and_no_estimate(make: Callable[..., Watched]) -> None:
    task = 'task = "regression"\ntarget = "delay"\nmetric = "rmse"'
    watched = make(
        declared=task, monitoring="performance = { rmse = { at_most = 1.3 }, auc = { at_least = 0.6 } }"
    )
    random = np.random.default_rng(0)

    def rows(count: int) -> pd.DataFrame:
        frame = flights(count, count)
        score = frame["hour"] * 2.0
        return frame.assign(score=score, late=score + random.normal(0, 1, count))

    watched.version(reference_of(rows(3000)))
    watched.answer(rows(2000), START)
    report = watched.look()
    assert {check.name for check in report.of(PERFORMANCE)} == {*metrics_of("regression"), "auc"}
    assert one(report, PERFORMANCE, "rmse").value == pytest.approx(1, abs=0.1)
    assert one(report, PERFORMANCE, "rmse").verdict is Verdict.PASS
    strange = one(report, PERFORMANCE, "auc")
    assert strange.verdict is Verdict.INCONCLUSIVE
    assert "has no metric auc" in strange.note
    assert report.of(ESTIMATE) == ()


def test_classes_are_judged_by_the_names_that_the_model_gave_them(make: Callable[..., Watched]) -> None:
    task = 'task = "multiclass"\ntarget = "late"\nmetric = "log_loss"'
    watched = make(declared=task)
    classes = ["early", "late", "on time"]

    def rows(count: int) -> tuple[pd.DataFrame, np.ndarray, list[str]]:
        random = np.random.default_rng(count)
        score = random.dirichlet([1, 2, 4], count).round(4)
        score[:, 2] = 1 - score[:, :2].sum(axis=1)
        truth = [classes[random.choice(3, p=row)] for row in score]
        return flights(count, count), score, truth

    frame, score, truth = rows(3000)
    held = reference(
        frame[["distance", "hour", "carrier"]], score=score, label=[classes.index(each) for each in truth]
    )
    watched.version(held, classes=classes)
    frame, score, truth = rows(1200)
    place = {id_: row for row, id_ in enumerate(frame.index)}
    answers: Callable[[Any], Any] = lambda row: score[place[row["place"]]].tolist()  # noqa: E731
    ids = watched.answer(frame.assign(place=frame.index), START, label=False, prediction=answers)
    for key, each in zip(ids, truth, strict=True):
        received = START + timedelta(days=7, hours=6)
        watched.spool.append(encode_label(MODEL, each, received=received, prediction_id=key))
    report = watched.look()
    own = -np.log(score[np.arange(1200), [classes.index(each) for each in truth]]).mean()
    assert one(report, PERFORMANCE, "log_loss").value == pytest.approx(own)
    assert one(report, ESTIMATE, "log_loss").value == pytest.approx(own, abs=0.06)
    assert one(report, QUALITY, "labels").verdict is Verdict.PASS
    assert [check.name for check in report.of(PREDICTION_DRIFT)] == ["score_0", "score_1", "score_2"]


def test_few_drifted_columns_count_for_nothing_where_a_share_is_declared(
    make: Callable[..., Watched],
) -> None:
    watched = make(monitoring="drift = { share = 0.5 }", declared=TASK)
    watched.version(reference_of(flights(4000, 1)))
    watched.answer(flights(2000, 2, shift=0.5), START)
    check = one(watched.look(), DRIFT, "distance")
    assert check.verdict is Verdict.PASS
    assert "only 1 of 3 columns" in check.note
