"""The log for those who read it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tests.serving.log.logged import END, START, Logged
from workbench.errors import UnknownNameError, UsageError
from workbench.serving.log import frames
from workbench.serving.log.collect import waiting
from workbench.serving.log.segment import listed


@pytest.fixture(params=["spool", "tables", "both"])
def settle(request: pytest.FixtureRequest, logged: Logged) -> Callable[[], None]:
    """Leave what was logged where readers meet it: in the spool, in the tables, or partly in each."""

    def move() -> None:
        if request.param == "spool":
            return
        keep = logged.spools[:1] if request.param == "both" else []
        for spool in logged.spools[len(keep) :]:
            spool.close()
        logged.spools[:] = keep
        logged.compact()

    return move


def test_a_window_has_each_row_of_its_time_once(logged: Logged, settle: Callable[[], None]) -> None:
    """From its first moment to before its last, in the order of time, whatever worker wrote them."""
    workers = [logged.spool(), logged.spool()]
    ids = []
    for n in range(10):
        ids.append(logged.row(workers[n % 2], [float(n), "AA"], entity=f"e{n}"))
        logged.clock.advance(timedelta(hours=12))
    settle()
    rows = logged.log.window("late", START + timedelta(days=1), START + timedelta(days=3))
    assert rows["prediction_id"].to_list() == ids[2:6]
    assert rows["entity"].to_list() == ["e2", "e3", "e4", "e5"]
    assert rows["features"].struct.field("distance").to_list() == [2.0, 3.0, 4.0, 5.0]
    assert rows["at"].to_list() == [START + timedelta(hours=12 * n) for n in range(2, 6)]
    assert rows["score"].to_list() == [[0.5]] * 4
    assert rows.row(0, named=True) | {"features": None, "recorded_at": None} == {
        "prediction_id": ids[2],
        "request_id": ids[2].removesuffix("-0"),
        "row": 0,
        "at": START + timedelta(days=1),
        "recorded_at": None,
        "model": "late",
        "version": 1,
        "arm": "champion",
        "caller": "tester",
        "entity": "e2",
        "latency_us": 7,
        "score": [0.5],
        "answer": None,
        "features": None,
    }


def test_a_window_takes_what_is_asked_for(logged: Logged, settle: Callable[[], None]) -> None:
    """Arms, versions, columns; without a word no shadows."""
    for spool in (logged.spool(), logged.spool()):
        request = logged.ids.next()
        for version, arm in ((1, "champion"), (2, "challenger"), (3, "shadow")):
            logged.row(spool, version=version, arm=arm, request=request)
    settle()
    window = logged.log.window

    def versions(**asked: Any) -> list[int]:
        return sorted(window("late", START, END, **asked)["version"].to_list())

    assert versions() == [1, 1, 2, 2]
    assert versions(arms=None) == [1, 1, 2, 2, 3, 3]
    assert versions(arms=["shadow"]) == [3, 3]
    assert versions(versions=[2, 3]) == [2, 2]
    assert window("late", START, END, columns=["carrier"])["features"].to_list() == [{"carrier": "AA"}] * 4
    assert "features" not in window("late", START, END, columns=()).columns
    with pytest.raises(UnknownNameError, match="carier") as unknown:
        window("late", START, END, columns=["carier"])
    assert "Did you mean 'carrier'?" in str(unknown.value)
    with pytest.raises(UsageError, match="with a zone"):
        window("late", datetime(2013, 1, 1), END)  # noqa: DTZ001  that is what is refused


def test_an_empty_log_is_an_empty_frame(logged: Logged) -> None:
    """With the columns that a full one has; a model that nobody asked is no error."""
    rows = logged.log.window("late", START, END, columns=["distance"])
    assert rows.is_empty()
    logged.row(logged.spool())
    full = logged.log.window("late", START, END, columns=["distance"])
    assert rows.columns == full.columns
    assert rows.drop("features").schema == full.drop("features").schema
    assert logged.log.labelled("late", START, END).is_empty()
    assert logged.log.models() == ["late"]


def test_columns_that_changed_between_versions_are_one_column(
    logged: Logged, settle: Callable[[], None]
) -> None:
    """As numbers where all of them are, otherwise as text; what a version did not have is missing."""
    first, second = logged.spool(), logged.spool()
    logged.row(first, [1.5, "x", 7], named=[("a", "number"), ("b", "text"), ("c", "integer")], version=1)
    logged.row(second, [2, 8, True], named=[("a", "integer"), ("b", "integer"), ("A", "boolean")], version=2)
    logged.row(second, ["odd", None, None], named=[("a", "integer"), ("c::long", "text"), ("c", "integer")])
    settle()
    rows = logged.log.window("late", START, END).sort("prediction_id")
    found = {name: rows["features"].struct.field(name).to_list() for name in "bcA"}
    assert found == {"b": ["x", "8", None], "c": [7, None, None], "A": [None, True, None]}
    assert rows["features"].struct.field("a").to_list() in (["1.5", "2", "odd"], ["1.5", "2.0", "odd"])
    assert rows["features"].struct.field("c::long").dtype == pl.String
    assert rows["features"].struct.field("c").dtype == pl.Int64


def test_values_are_logged_whatever_they_are(logged: Logged, settle: Callable[[], None]) -> None:
    """A value that is not of its column's kind is kept as text rather than lost."""
    spool = logged.spool()
    odd = [2**70, "\ud800", [1, {"a": None}], float("nan")]
    for value in odd:
        logged.row(spool, [value], named=[("x", "number")], prediction=value)
    settle()
    rows = logged.log.window("late", START, END)
    assert rows["features"].struct.field("x").to_list() == [str(2**70), "\\ud800", '[1, {"a": null}]', "NaN"]
    assert rows["answer"].to_list() == [str(2**70), "\\ud800", '[1, {"a": null}]', None]
    assert str(rows["score"].to_list()[3]) == "[nan]"


def test_only_the_days_asked_for_are_read(logged: Logged) -> None:
    """The files of other days may even be gone."""
    expected = ""
    for _ in range(5):
        spool = logged.spool()
        expected = logged.row(spool)
        logged.label(spool, 1, prediction_id=expected)
        logged.close()
        logged.compact()
        logged.clock.advance(timedelta(days=1))
    for day in range(1, 5):
        shutil.rmtree(logged.place.predictions("late") / f"date=2013-01-0{day}")
        shutil.rmtree(logged.place.labels("late") / f"date=2013-01-0{day}")
    since = START + timedelta(days=4)
    assert logged.log.window("late", since, END)["prediction_id"].to_list() == [expected]
    assert logged.log.labelled("late", since, END)["label"].to_list() == [1.0]
    found = logged.log.find(expected)
    assert found is not None
    assert found.label == 1.0


def test_a_row_that_is_moved_while_it_is_read_is_read_once(logged: Logged) -> None:
    """The spool was looked at before, the tables after its segment went into them."""
    spool = logged.spool()
    ids = [logged.row(spool) for _ in range(3)]
    contents = list(waiting(logged.place.spool))
    logged.close()
    logged.compact()
    days = (START.date(), END.date())
    rows = frames.predictions(logged.place, "late", days, pl.lit(True), contents=contents)
    assert rows["prediction_id"].to_list() == ids


def test_readers_see_each_row_once_while_it_is_moved(logged: Logged) -> None:
    """At any moment of a compaction in several steps."""
    ids = []
    for _ in range(12):
        spool = logged.spool()
        ids += [logged.row(spool) for _ in range(5)]
        spool.close()
    logged.spools.clear()
    seen = 0
    mover = threading.Thread(target=logged.compactor(batch=1).run_once)
    mover.start()
    while mover.is_alive() or not seen:
        assert logged.ids_logged() == sorted(ids)
        seen += 1
    mover.join()
    assert listed(logged.place.spool) == []
    assert logged.ids_logged() == sorted(ids)


def test_a_prediction_is_found_by_its_id(logged: Logged, settle: Callable[[], None]) -> None:
    """With its shadows and its newest label; a request's id means its first row."""
    spools = [logged.spool(), logged.spool()]
    for spool in spools:
        logged.row(spool, model="other")
    wanted = []
    for spool in spools:
        request = logged.ids.next()
        logged.row(spool, version=2, arm="shadow", prediction=0.9, request=request)
        wanted.append(logged.row(spool, entity="e", request=request))
        logged.label(spool, 0, prediction_id=wanted[-1])
        logged.label(spool, 1, prediction_id=wanted[-1])
    settle()
    for id_ in wanted:
        found = logged.log.find(id_)
        assert found == logged.log.find(id_.partition("-")[0])
        assert found is not None
        assert (found.prediction_id, found.version, found.arm, found.caller) == (id_, 1, "champion", "tester")
        assert (found.model, found.score, found.entity, found.latency_us) == ("late", (0.5,), "e", 7)
        assert dict(found.features) == {"distance": 100.0, "carrier": "AA"}
        assert [(each.version, each.arm, each.score) for each in found.shadows] == [(2, "shadow", (0.9,))]
        assert found.label == 1.0
        assert found.to_dict()["at"] == START.isoformat()
    for nothing in ("", "x", wanted[0][:-1] + "7", "f" * 32 + "-0", wanted[0] + "-0", "0" * 32 + "-0"):
        assert logged.log.find(nothing) is None


def test_labels_meet_their_predictions(logged: Logged, settle: Callable[[], None]) -> None:
    """By id or by entity, at once or days later, corrected or not; what has none is left out."""
    spool, other = logged.spool(), logged.spool()
    by_id, by_entity, again, both, text, none = (
        logged.row(worker, entity=entity)
        for worker, entity in zip([spool, other] * 3, [None, "e1", "e1", "e2", "e3", "e4"], strict=True)
    )
    logged.label(spool, 0, prediction_id=by_id)
    logged.clock.advance(timedelta(days=3))
    logged.label(other, 1, prediction_id=by_id)
    logged.label(spool, True, entity="e1")
    logged.label(spool, 1, prediction_id=both)
    logged.label(other, 0, entity="e2")
    logged.label(other, "diverted", entity="e3", at=logged.clock.now() - timedelta(hours=5))
    logged.clock.advance(timedelta(days=1))
    later = logged.row(spool, entity="e1")
    settle()
    rows = logged.log.labelled("late", START, END, columns=())
    found = {row["prediction_id"]: (row["label"], row["label_text"]) for row in rows.to_dicts()}
    assert found == {
        by_id: (1.0, None),
        by_entity: (1.0, None),
        again: (1.0, None),
        both: (1.0, None),
        text: (None, "diverted"),
    }
    assert none not in found
    assert later not in found
    at = dict(zip(rows["prediction_id"], rows["labelled_at"], strict=True))
    assert at[text] == START + timedelta(days=2, hours=19)
    assert at[by_id] == datetime(2013, 1, 4, tzinfo=UTC)
    assert logged.log.labelled("late", START + timedelta(days=1), END).is_empty()


def test_a_moment_in_another_zone_is_the_same_moment(logged: Logged) -> None:
    """Windows are not days of anybody's calendar."""
    id_ = logged.row(logged.spool())
    zone = ZoneInfo("America/New_York")
    since = datetime(2012, 12, 31, 19, tzinfo=zone)
    assert logged.log.window("late", since, since + timedelta(hours=1))["prediction_id"].to_list() == [id_]
    assert logged.log.window("late", since + timedelta(hours=1), END).is_empty()


@pytest.mark.soak
def test_reading_ends_the_process_well(logged: Logged, soak_count: Callable[[int], int]) -> None:
    """Whoever has read the log exits without an abort; see what Delta's own readers do there."""
    spool = logged.spool()
    logged.row(spool)
    logged.close()
    logged.compact()
    code = (
        "import sys; from pathlib import Path; from types import SimpleNamespace as N\n"
        "from datetime import datetime, UTC; from workbench.serving.log import PredictionLog\n"
        "log = PredictionLog(N(layout=N(state=Path(sys.argv[1]))))\n"
        "print(log.window('late', datetime(2013, 1, 1, tzinfo=UTC), datetime(2014, 1, 1, tzinfo=UTC)).height)"
    )
    root = Path(__file__).parents[3]
    for _ in range(soak_count(10)):
        done = subprocess.run(
            [sys.executable, "-c", code, str(logged.state)],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")
