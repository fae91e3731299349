"""What a window may be like: a question then has no answer, with a reason, and never a pass or a crash."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from tests.monitoring.windows.watched import (
    COLUMNS,
    DOUBT,
    MODEL,
    START,
    WEEK,
    Watched,
    all_doubtful,
    doubtful,
    flights,
    one,
    reference_of,
)
from workbench.monitoring.finding import (
    DRIFT,
    ESTIMATE,
    KINDS,
    LABEL_DRIFT,
    PERFORMANCE,
    PREDICTION_DRIFT,
    QUALITY,
    SERVICE,
    Check,
    WindowReport,
)
from workbench.registry.verdict import Verdict


def test_a_week_like_the_reference_passes(week: Watched) -> None:
    report = week.look()
    assert report.rows == report.labelled == 2000
    assert report.reference == 1
    assert not [check.name for check in report.checks if check.verdict is Verdict.FAIL]
    for kind in (DRIFT, PREDICTION_DRIFT, LABEL_DRIFT, QUALITY, ESTIMATE, SERVICE):
        assert report.verdict(kind) is Verdict.PASS, (kind, report.of(kind))


def test_no_traffic_leaves_every_question_open(week: Watched) -> None:
    week.compact()
    report = week.look(since=START + 2 * WEEK, now=START + 4 * WEEK)
    assert report.rows == report.labelled == 0
    all_doubtful(report, DRIFT, PREDICTION_DRIFT, LABEL_DRIFT, QUALITY, PERFORMANCE, ESTIMATE, SERVICE)


def test_no_traffic_fails_where_rows_are_expected(make: Callable[..., Watched]) -> None:
    watched = make(monitoring="service = { rows = 100 }")
    assert one(watched.look(), SERVICE, "rows").verdict is Verdict.FAIL


def test_a_model_without_any_version_is_no_crash(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.answer(flights(600, 2), START, version=7)
    report = watched.look()
    all_doubtful(report, DRIFT, PREDICTION_DRIFT, LABEL_DRIFT)
    doubtful(one(report, QUALITY, "columns"), "version 7 answered, but is not registered")


def test_rows_that_are_asked_again_and_again_are_told(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.version(reference_of(flights(3000, 1)))
    row = flights(1, 2)
    watched.answer(pd.concat([row] * 700, ignore_index=True), START, entity=lambda _: "same")
    check = one(watched.look(), QUALITY, "duplicates")
    doubtful(check, "699 rows")


def test_a_constant_column_is_in_doubt(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.version(reference_of(flights(3000, 1)))
    watched.answer(flights(900, 2).assign(hour=7), START)
    doubtful(one(watched.look(), QUALITY, "hour constant"), "value 7")
    assert one(watched.look(), DRIFT, "hour").verdict is not Verdict.PASS


def test_a_column_that_was_constant_in_training_is_no_crash(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.version(reference_of(flights(3000, 1).assign(hour=7)))
    watched.answer(flights(900, 2), START)
    assert one(watched.look(), DRIFT, "hour").verdict is not Verdict.PASS


@pytest.mark.parametrize(("share", "verdict"), [(0.01, DOUBT), (0.4, Verdict.FAIL)])
def test_a_new_category_never_passes(make: Callable[..., Watched], share: float, verdict: Verdict) -> None:
    watched = make()
    watched.version(reference_of(flights(3000, 1)))
    frame = flights(1000, 2)
    watched.answer(frame.assign(carrier=frame["carrier"].where(frame.index >= share * 1000, "ZZ")), START)
    check = one(watched.look(), QUALITY, "carrier unseen")
    assert check.verdict is verdict
    assert f"ZZ ({share * 1000:.0f} rows)" in check.note


@pytest.mark.parametrize("how", ["not logged", "empty"])
def test_a_column_that_vanished_is_named(make: Callable[..., Watched], how: str) -> None:
    watched = make()
    watched.version(reference_of(flights(3000, 1)))
    frame = flights(900, 2).drop(columns="hour")
    columns = [each for each in COLUMNS if each[0] != "hour"] if how == "not logged" else COLUMNS
    watched.answer(frame, START, columns=columns)
    report = watched.look()
    doubtful(one(report, QUALITY, "columns"), "hour vanished")
    doubtful(one(report, DRIFT, "hour"))
    assert one(report, DRIFT, "carrier").verdict is Verdict.PASS


def test_a_column_with_gaps_fails(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.version(reference_of(flights(3000, 1)))
    frame = flights(900, 2)
    watched.answer(frame.assign(distance=frame["distance"].where(frame.index % 3 > 0, None)), START)
    check = one(watched.look(), QUALITY, "distance missing")
    assert check.verdict is Verdict.FAIL
    assert check.value == pytest.approx(1 / 3)


def test_a_reference_of_other_columns_does_not_match(make: Callable[..., Watched]) -> None:
    watched = make()
    other = flights(3000, 1).rename(columns={"hour": "weekday"}).assign(carrier=5.0)
    held = reference_of(other)
    watched.version(held)
    watched.answer(flights(900, 2), START)
    report = watched.look()
    doubtful(one(report, QUALITY, "columns"), "hour")
    doubtful(one(report, DRIFT, "carrier"))


def test_a_version_without_a_reference_says_how_to_get_one(make: Callable[..., Watched]) -> None:
    watched = make(monitoring="performance = { log_loss = { max_change = 0.1 } }")
    watched.version(None)
    watched.answer(flights(900, 2), START)
    report = watched.look()
    assert report.reference is None
    all_doubtful(report, DRIFT, PREDICTION_DRIFT, LABEL_DRIFT)
    doubtful(one(report, DRIFT, "columns"), "wb.reference")
    doubtful(one(report, PERFORMANCE, "log_loss"), "no reference performance")
    assert one(report, PERFORMANCE, "brier").verdict is Verdict.PASS


def test_a_damaged_reference_is_not_used(week: Watched) -> None:
    path = next((week.root / ".workbench" / "model-1" / "reference").glob("inputs*"))
    path.write_bytes(path.read_bytes()[:-8] + b"damaged!")
    report = week.look()
    all_doubtful(report, DRIFT, PREDICTION_DRIFT, LABEL_DRIFT)
    doubtful(one(report, DRIFT, "columns"), "reference of version 1 cannot be used")


def test_a_damaged_log_is_a_question_without_answer(week: Watched) -> None:
    week.compact()
    log = next((week.place.predictions(MODEL) / "_delta_log").glob("*.json"))
    log.write_text("{broken")
    report = week.look()
    doubtful(one(report, QUALITY, "log"), "prediction log")
    assert report.verdict() is DOUBT


@pytest.mark.parametrize("answer", [None, "a text", 1.7, float("nan"), [0.1, 0.2, 0.3], {"late": 1}])
def test_answers_that_are_no_probabilities_are_told(make: Callable[..., Watched], answer: Any) -> None:
    watched = make()
    watched.version(reference_of(flights(3000, 1)))
    watched.answer(flights(300, 2), START, prediction=lambda _: answer)
    watched.answer(flights(900, 3), START + timedelta(minutes=1))
    report = watched.look()
    if isinstance(answer, list):  # of two numbers the last is the probability of 1, of three likewise
        assert one(report, QUALITY, "scores").verdict is Verdict.PASS
        return
    doubtful(one(report, QUALITY, "scores"), "300 of 1,200 answers")
    assert one(report, PERFORMANCE, "auc").value == pytest.approx(0.7, abs=0.1)


def test_rows_of_one_day_are_too_few_blocks(make: Callable[..., Watched]) -> None:
    watched = make(monitoring="performance = { log_loss = { at_most = 5.0 } }")
    watched.version(reference_of(flights(3000, 1)))
    watched.answer(flights(2000, 2), START, days=0.9)
    report = watched.look()
    doubtful(one(report, PERFORMANCE, "log_loss"), "1 blocks of time")
    doubtful(one(report, ESTIMATE, "log_loss"), "1 blocks of time")
    assert report.verdict(DRIFT) is DOUBT


def test_a_slice_that_nobody_logs_is_missed(make: Callable[..., Watched]) -> None:
    watched = make(monitoring="slices = ['airport']")
    watched.version(reference_of(flights(3000, 1)))
    watched.answer(flights(900, 2), START)
    doubtful(one(watched.look(), PERFORMANCE, "airport log_loss"), "nobody logged airport")


def test_whatever_breaks_is_a_check_and_not_an_error() -> None:
    from workbench.monitoring.look import _guarded

    def breaks() -> Iterator[Check]:
        yield Check(DRIFT, "first", Verdict.PASS)
        raise ZeroDivisionError("of rows")

    first, second = _guarded(DRIFT, "columns", breaks)
    assert first.verdict is Verdict.PASS
    doubtful(second, "ZeroDivisionError: of rows")


def test_numbers_without_end_are_no_answer(make: Callable[..., Watched]) -> None:
    """The ledger takes finite numbers only; squares of such values are none."""
    task = 'task = "regression"\ntarget = "delay"\nmetric = "rmse"'
    watched = make(declared=task)
    frame = flights(900, 1)
    watched.version(reference_of(frame.assign(score=frame["hour"] * 1.0, late=frame["hour"] + 0.5)))
    watched.answer(frame.assign(score=1e200, late=frame["hour"] * 1.0), START)
    report = watched.look()
    doubtful(one(report, PERFORMANCE, "mse"), "inf")
    json.dumps(report.to_dict(), allow_nan=False)


def test_a_report_reads_back_as_it_was_written(week: Watched) -> None:
    report = week.look()
    written = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert WindowReport.from_dict(written).to_dict() == written
    assert set(written["verdicts"]) < set(KINDS)
