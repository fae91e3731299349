"""Widgets before much: 5,000 runs, and a dataset of 5 million rows, each in a process of its own.

Timed from the line that a person writes to the view that their browser is given; beside it stands how much
that is, in megabytes. The runs are the first widget of a kernel with the usual modules loaded, as our own
are, so that they pay for what else is imported and for what is known of the project; the dataset is a second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa

from benchmarks.figure import Figure
from benchmarks.past import write_runs
from tests.projects import notebook, write_project
from workbench.clock import system_clock
from workbench.data import Datasets
from workbench.data.dataset import stage_table
from workbench.insight.keeping import FILE
from workbench.ledger import Append, NewEvent, open_ledger
from workbench.project import Project, load_project

RUNS, ROWS = 5000, 5_000_000
WITHIN = 1.0
"""Seconds within which a widget answers."""

UNREAD = 3.0
"""Seconds within which it does where no process has ever read this ledger."""

SENT = 1.0
"""Megabytes that a widget may send to the browser at most."""

_TIMED = """
import importlib, json, sys, time
import duckdb, ipywidgets
from workbench.kernels.preload import USUAL
for name in USUAL:
    importlib.import_module(name)
import workbench as wb

def sent(view):
    return sum(len(json.dumps(w.get_state(), default=str)) for w in ipywidgets.Widget.widgets.values())

def timed(make):
    begin = time.perf_counter()
    made = make()
    return time.perf_counter() - begin, made
"""
_RUNS = """
first, runs = timed(lambda: (made := wb.widgets.Runs(), made.view)[0])
find, _ = timed(lambda: setattr(runs, "query", "auc>0.9 outcome=succeeded"))
sort, _ = timed(lambda: setattr(runs, "sort", "evaluate/auc"))
turn, _ = timed(lambda: runs.view.children[4].children[0].children[1].click())
print(json.dumps({"first": first, "find": find, "sort": sort, "turn": turn, "sent": sent(runs.view) / 1e6}))
"""
_PROFILE = """
from workbench.widgets.session import session
session()
first, profile = timed(lambda: (made := wb.widgets.Profile("big"), made.view)[0])
print(json.dumps({"first": first, "sent": sent(profile.view) / 1e6, "exact": profile.profile.is_exact}))
"""


def measure(rounds: int) -> list[Figure]:
    """Measure what a person waits for."""
    rounds = max(3, rounds)
    with tempfile.TemporaryDirectory(prefix="wb-widgets-") as folder:
        project = _project(Path(folder) / "shop")
        unread = _medians(project, _RUNS, rounds, forget=("profiles/*.json", FILE))
        runs = _medians(project, _RUNS, rounds)
        profile = _medians(project, _PROFILE, rounds)
    said = {"first": "first in a kernel", "find": "found", "sort": "sorted", "turn": "next page"}
    return [
        Figure(f"{RUNS:,} runs: never read before", unread["first"], "s", "limit", UNREAD, 1.0),
        *(
            Figure(f"{RUNS:,} runs: {words}", runs[name], "s", "limit", WITHIN, 1.0)
            for name, words in said.items()
        ),
        Figure(f"{RUNS:,} runs: sent", runs["sent"], "MB", "limit", SENT, 1.0),
        Figure("5 million rows: shown", profile["first"], "s", "limit", WITHIN, 1.0),
        Figure("5 million rows: sent", profile["sent"], "MB", "limit", SENT, 1.0),
    ]


def _medians(
    project: Project, code: str, rounds: int, forget: tuple[str, ...] = ("profiles/*.json",)
) -> dict[str, float]:
    """Return the median of each figure, each round in a process of its own that finds some files gone."""
    found = [_once(project, code, forget) for _ in range(rounds + 1)][1:]
    return {name: median(float(each[name]) for each in found) for name in found[0]}


def _once(project: Project, code: str, forget: tuple[str, ...]) -> Mapping[str, float]:
    for pattern in forget:
        for file in project.layout.state.glob(pattern):
            file.unlink()
    done = subprocess.run(
        [sys.executable, "-c", _TIMED + code], cwd=project.root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    figures: Mapping[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _project(root: Path) -> Project:
    """Return a project with so many runs, one of which made a dataset of so many rows."""
    stages: dict[str, dict[str, object]] = {"make": {"notebook": notebook(), "outputs": ["big"]}}
    project = load_project(write_project(root, stages))
    clock = system_clock()
    ledger = open_ledger(project.layout.ledger_url, clock)
    write_runs(ledger, RUNS)
    staged = root / "staged"
    staged.mkdir()
    record = Datasets(project.layout.data).commit(stage_table(_table(), staged, "big"), staged)
    data = {"run": "made", "stage": "make", "entry": "make", "outputs": {"big": record}}
    ledger.append(Append("run/made", 0, (NewEvent("entry.committed", data, subject="make"),)), actor="ada")
    ledger.close()
    return project


def _table() -> pa.Table:
    """Return numbers, whole numbers, names, truths and times, sixteen columns."""
    random = np.random.default_rng(0)
    columns: dict[str, object] = {f"x{number}": random.normal(size=ROWS) for number in range(8)}
    columns |= {f"k{number}": random.integers(0, 1000, size=ROWS) for number in range(4)}
    names = pa.array(["AA", "B6", "DL", "UA", "WN"])
    codes = pa.array(random.integers(0, len(names), ROWS).astype(np.int32))
    columns["carrier"] = pa.DictionaryArray.from_arrays(codes, names).cast(pa.string())
    columns["id"] = pa.array(np.arange(ROWS)).cast(pa.string())
    columns["late"] = random.random(ROWS) < 0.3
    columns["at"] = pa.array(np.arange(ROWS) * 1_000_000).cast(pa.timestamp("us"))
    return pa.table(columns)
