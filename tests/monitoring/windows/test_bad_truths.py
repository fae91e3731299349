"""What truths may be like: missing, of nobody, twice, of no class, too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.monitoring.windows.watched import (
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
    ESTIMATE,
    LABEL_DRIFT,
    PERFORMANCE,
    QUALITY,
)
from workbench.registry.verdict import Verdict
from workbench.serving.log import encode_label


def test_missing_labels_leave_the_performance_open(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.version(reference_of(flights(3000, 1)))
    watched.answer(flights(900, 2), START, label=False)
    report = watched.look()
    all_doubtful(report, PERFORMANCE, LABEL_DRIFT)
    doubtful(one(report, QUALITY, "labels"), "0 of 900 rows")
    assert one(report, ESTIMATE, "log_loss").verdict is Verdict.PASS, "an estimate needs no truth"


def test_labels_of_few_rows_are_no_fair_sample(make: Callable[..., Watched]) -> None:
    watched = make(monitoring="performance = { log_loss = { at_most = 5.0 } }")
    watched.version(reference_of(flights(3000, 1)))
    frame = flights(2000, 2)
    watched.answer(frame.assign(late=frame["late"].where(frame.index % 4 == 0)), START)
    doubtful(one(watched.look(), PERFORMANCE, "log_loss"), "75% of the rows")


def test_labels_of_unknown_predictions_are_told(week: Watched) -> None:
    received = START + timedelta(days=3)
    unknown: list[dict[str, Any]] = [{"prediction_id": "no-such-id"}, {"entity": "nobody"}]
    unknown += [{"prediction_id": f"{week_id(START + timedelta(days=2))}-0"}]
    for named in unknown:
        week.spool.append(encode_label(MODEL, 1, received=received, **named))
    check = one(week.look(), QUALITY, "unknown labels")
    doubtful(check, "3 of 1,")
    assert one(week.look(), PERFORMANCE, "auc").verdict is Verdict.PASS


def week_id(moment: Any) -> str:
    """Return a request's id of a moment that nobody asked at."""
    from workbench.clock import ManualClock
    from workbench.serving.log import RequestIds

    return RequestIds(ManualClock(moment)).next()[0]


def test_a_label_given_twice_counts_once_and_the_newest_holds(week: Watched) -> None:
    before = week.look()
    frame = flights(600, 5)
    ids = week.answer(frame, START + WEEK, entity=lambda row: f"again{row}")
    for key in ids:
        week.spool.append(
            encode_label(MODEL, 1, received=START + WEEK + timedelta(days=8), prediction_id=key)
        )
    report = week.look(since=START + WEEK, now=START + 3 * WEEK)
    assert report.labelled == 600
    assert before.labelled == 2000
    doubtful(one(report, PERFORMANCE, "auc"), "of one")


@pytest.mark.parametrize("truth", [7, "perhaps", 0.5])
def test_truths_of_no_class_are_told(week: Watched, truth: Any) -> None:
    frame = flights(300, 9)
    ids = week.answer(frame, START, label=False, entity=lambda row: f"odd{row}")
    for key in ids:
        week.spool.append(encode_label(MODEL, truth, received=START + timedelta(days=7), prediction_id=key))
    report = week.look()
    doubtful(one(report, QUALITY, "strange labels"), "300 truths")
    assert one(report, PERFORMANCE, "auc").evidence["rows"] == 2000


def test_truths_that_come_months_later_change_nothing(week: Watched) -> None:
    before = week.look()
    for row in range(2000):
        received = START + timedelta(days=90)
        week.spool.append(encode_label(MODEL, 1, received=received, entity=f"{row}"))
    after = week.look(now=START + timedelta(days=100))
    assert [check.value for check in after.of(PERFORMANCE)] == [
        check.value for check in before.of(PERFORMANCE)
    ]
