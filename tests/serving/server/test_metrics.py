"""Numbers that all processes of a service count, and the page that adds them up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from workbench.serving.metrics.answered import Answered
from workbench.serving.metrics.cells import Cells
from workbench.serving.metrics.names import LEDGER_UP, METRICS, REFUSED
from workbench.serving.metrics.page import metrics_page

LABELS = {"model": "delay", "version": "3", "arm": "champion", "caller": 'ops "x"\n'}


def _samples(folder: Path) -> dict[tuple[str, str], float]:
    page = metrics_page(folder).decode()
    return {
        (sample.name, sample.labels.get("le", sample.labels.get("reason", ""))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_the_counts_of_two_workers_are_added_up(tmp_path: Path) -> None:
    for name, seconds in (("worker-0", 0.0002), ("worker-1", 0.3)):
        cells = Cells(tmp_path, name)
        Answered(cells, LABELS).count(2, seconds)
        cells.add(REFUSED.name, {"reason": "too_large"})
        cells.put(LEDGER_UP.name, {}, 1.0)
    found = _samples(tmp_path)
    assert found["workbench_requests_total", ""] == 2
    assert found["workbench_rows_total", ""] == 4
    assert found["workbench_refused_total", "too_large"] == 2
    assert found["workbench_ledger_up", ""] == 1
    assert found["workbench_request_seconds_count", ""] == 2
    assert found["workbench_request_seconds_bucket", "0.0001"] == 0
    assert found["workbench_request_seconds_bucket", "0.00025"] == 1
    assert found["workbench_request_seconds_bucket", "+Inf"] == 2
    assert abs(found["workbench_request_seconds_sum", ""] - 0.3002) < 1e-9


def test_labels_come_through_whole(tmp_path: Path) -> None:
    Answered(Cells(tmp_path, "w"), LABELS).count(1, 0.1)
    families = text_string_to_metric_families(metrics_page(tmp_path).decode())
    sample = next(s for f in families for s in f.samples if s.name == "workbench_requests_total")
    assert sample.labels == LABELS


def test_a_killed_process_leaves_what_it_counted_and_its_successor_goes_on(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from workbench.serving.metrics.cells import Cells\n"
        "cells = Cells(Path(sys.argv[1]), 'w')\n"
        "for _ in range(1000): cells.add('workbench_refused_total', {'reason': 'empty'})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, env=dict(os.environ))
        assert done.returncode == -signal.SIGKILL
    assert _samples(tmp_path)["workbench_refused_total", "empty"] == 2000


def test_a_half_written_series_hides_no_other(tmp_path: Path) -> None:
    cells = Cells(tmp_path, "w", capacity=64)
    cells.add(REFUSED.name, {"reason": "one"})
    path = tmp_path / "w.cells"
    content = bytearray(path.read_bytes())
    end = content.index(b"\0", 64 * 8)
    content[end : end + 20] = b'[1, "workbench_refus'
    path.write_bytes(bytes(content[: end + 20]) + b"\n" + bytes(content[end + 21 :]))
    again = Cells(tmp_path, "w", capacity=64)
    again.add(REFUSED.name, {"reason": "two"})
    found = _samples(tmp_path)
    assert (found["workbench_refused_total", "one"], found["workbench_refused_total", "two"]) == (1, 1)


def test_more_series_than_fit_are_counted_with_the_last(tmp_path: Path) -> None:
    cells = Cells(tmp_path, "w", capacity=4)
    for number in range(10):
        cells.add(REFUSED.name, {"reason": str(number)})
    assert sum(v for (name, _), v in _samples(tmp_path).items() if name == "workbench_refused_total") == 10


def test_every_metric_is_named_and_explained_in_one_line() -> None:
    for metric in METRICS.values():
        assert metric.name.startswith("workbench_")
        assert metric.help.endswith(".")
        assert (metric.kind == "counter") == metric.name.endswith("_total")
