"""A weekly window of a prediction log with ten million rows, and the same window when the log was young."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.figure import Figure
from tests.projects import notebook, write_project
from workbench.clock import ManualClock
from workbench.data.digest import digest_folder
from workbench.data.drift import reference
from workbench.ledger import Append, MemoryLedger
from workbench.monitoring.look import look
from workbench.project import load_project
from workbench.registry.model import ModelState, stream_of
from workbench.registry.registration import register
from workbench.serving.log import LogPlace
from workbench.serving.log.compactor import label_log, prediction_log
from workbench.serving.log.tables import label_schema, prediction_schema

if TYPE_CHECKING:
    from workbench.project import Project

MODEL = "delay"
ROWS = 10_000_000
WEEKS = 52
END = datetime(2013, 12, 30, tzinfo=UTC)  # a Monday
NUMBERS, NAMES = 16, 4
_LIMIT = 10.0  # seconds
_DECLARED = f"""
[models.{MODEL}]
task = "binary"
target = "late"
metric = "log_loss"
trained_by = "train"

[models.{MODEL}.monitoring]
slices = ["name_0", "name_1"]
"""


def measure(rounds: int) -> list[Figure]:
    """Measure a window of the last week: after two weeks of logging, and after a year of it."""
    with tempfile.TemporaryDirectory(prefix="wb-monitor-") as folder:
        root = Path(folder)
        stages: dict[str, dict[str, object]] = {"train": {"notebook": notebook(), "outputs": ["candidate"]}}
        project = load_project(write_project(root, stages, extra=_DECLARED))
        ledger = MemoryLedger(ManualClock(END))
        _register(root, ledger)
        log(project, range(2))
        young = _seconds(project, ledger, rounds)
        log(project, range(2, WEEKS))
        old = _seconds(project, ledger, rounds)
    a_week = ROWS // WEEKS
    note = f"{a_week:,} rows in the window, {a_week * WEEKS:,} in the log, {NUMBERS + NAMES} columns"
    return [
        Figure("a weekly window of ten million rows", old, "s", "limit", _LIMIT, 1.0, note=note),
        Figure("the same window, a year later", old, "s", "in a log of two weeks", young, 1.25),
    ]


def _seconds(project: Project, ledger: MemoryLedger, rounds: int) -> float:
    times = []
    for _ in range(max(3, rounds)):
        begin = time.perf_counter()
        report = look(project, ledger, MODEL, now=END + timedelta(hours=6))
        times.append(time.perf_counter() - begin)
        assert report.reference == 1
        assert report.rows == ROWS // WEEKS
        assert report.labelled > 0
    return median(times[1:])


def _register(root: Path, ledger: MemoryLedger) -> None:
    frame, score, late = _rows(50_000, 0)
    times = pd.date_range("2012-11-01", periods=len(frame), freq="2min")
    folder = root / "model"
    folder.mkdir()
    held = reference(frame, times=times, score=score, label=late, scored_times=times)
    held.write(folder)
    files = [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in digest_folder(folder)]
    output = {"kind": "model", "fingerprint": "0" * 64, "uri": str(folder), "files": files}
    events = register(
        ModelState(MODEL),
        output,
        run="r",
        stage="train",
        metrics={},
        parameters={},
        inputs={},
        tracking_id=None,
    )
    ledger.append(Append(stream_of(MODEL), 0, tuple(events)))


def log(project: Project, ages: range) -> None:
    """Put weeks into the log's tables, each as many before the end as its age says; all of the same rows."""
    place = LogPlace(project.layout.state)
    predictions, labels = prediction_log(place, MODEL), label_log(place, MODEL)
    predictions.open(prediction_schema())
    labels.open(label_schema())
    frame, score, late = _rows(ROWS // WEEKS, 1)
    for age in ages:
        rows = _predictions(frame, score, END - timedelta(weeks=age + 1))
        predictions.append(rows, {"bench": WEEKS - age})
        labels.append(_labels(rows, late), {"bench": WEEKS - age})


def _rows(count: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    columns: dict[str, np.ndarray] = {
        f"number_{place}": random.gamma(2.0 + place, 10, count).round(1) for place in range(NUMBERS)
    }
    letters = np.array([f"{first}{second}" for first in "ABCD" for second in "QRST"])
    columns |= {f"name_{place}": random.choice(letters[: 4 + 4 * place], count) for place in range(NAMES)}
    score = random.beta(2, 6, count).round(6)
    return pd.DataFrame(columns), score, (random.random(count) < score).astype(float)


def _predictions(frame: pd.DataFrame, score: np.ndarray, begin: datetime) -> pa.Table:
    count = len(frame)
    first, step = np.datetime64(begin.replace(tzinfo=None), "us"), timedelta(weeks=1) // count
    moments = first + np.arange(count) * np.timedelta64(step, "us")
    stamps = moments.astype("int64")
    ids = [f"{stamp // 1000:012x}7abc8def0123{place:08x}" for place, stamp in enumerate(stamps)]
    at = pa.array(moments, pa.timestamp("us", "UTC"))
    struct = pa.StructArray.from_arrays(
        [pa.array(frame[name]) for name in frame.columns], names=list(frame.columns)
    )
    offsets = pa.array(np.arange(count + 1, dtype=np.int32))
    columns = [
        pa.array([f"{each}-0" for each in ids]),
        pa.array(ids),
        pa.array(np.zeros(count, np.int32)),
        at,
        at,
        pa.array([MODEL] * count),
        pa.array(np.ones(count, np.int32)),
        pa.array(["champion"] * count),
        pa.array(["caller"] * count),
        pa.array([f"e{each[:12]}{each[-5:]}" for each in ids]),
        pa.array(np.full(count, 900, np.int64)),
        pa.ListArray.from_arrays(offsets, pa.array(score)),
        pa.nulls(count, pa.string()),
        struct,
    ]
    return pa.Table.from_arrays(columns, schema=prediction_schema(list(struct.type)))


def _labels(rows: pa.Table, late: np.ndarray) -> pa.Table:
    received = pa.array(rows["at"].to_numpy() + np.timedelta64(6, "h"), pa.timestamp("us", "UTC"))
    count = rows.num_rows
    columns = [
        rows["request_id"].combine_chunks(),
        rows["prediction_id"].combine_chunks(),
        pa.nulls(count, pa.string()),
        pa.array(late),
        pa.nulls(count, pa.string()),
        received,
        received,
        received,
        pa.nulls(count, pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=label_schema())
