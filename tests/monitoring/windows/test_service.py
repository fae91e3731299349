from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.monitoring.windows.watched import START, WEEK, Watched, flights, one
from workbench.ledger import Append, NewEvent
from workbench.monitoring.finding import SERVICE
from workbench.monitoring.scrape import Reading, SourceDown, scrape
from workbench.registry.verdict import Verdict
from workbench.registry.window import JUDGED, window_stream
from workbench.serving.metrics.answered import Answered
from workbench.serving.metrics.cells import Cells
from workbench.serving.metrics.names import ERRORS, LOG_LAG
from workbench.serving.metrics.page import metrics_page
from workbench.serving.metrics.usage import Usage

LABELS = {"model": "delay", "version": "1", "arm": "champion", "caller": "ops"}


@contextmanager
def serving(page: Callable[[], bytes], status: int = 200) -> Iterator[str]:
    """Answer with a page on a free port; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = page()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/metrics"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def counted(folder: Path, requests: int, errors: int, lag: float = 3.0) -> Path:
    """Count as a worker does."""
    cells = Cells(folder, "worker-0")
    answered = Answered(cells, LABELS)
    for _ in range(requests):
        answered.count(1, 0.001)
    cells.add(ERRORS.name, {"reason": "failed"}, errors)
    cells.put(LOG_LAG.name, {}, lag)
    Usage(cells).show()
    return folder


def test_a_service_tells_what_it_counted_and_what_it_uses(tmp_path: Path) -> None:
    counted(tmp_path, 30, 2)
    with serving(lambda: metrics_page(tmp_path)) as address:
        found = scrape(address)
    assert (found.requests, found.errors, found.log_lag) == (30, 2, 3.0)
    assert found.cpu is not None
    assert found.cpu > 0
    assert found.memory is not None
    assert found.memory > 1e6


def test_counts_are_those_since_the_last_look_and_begin_anew_with_the_service() -> None:
    now = Reading(130, 3, 5, cpu=12.0)
    assert now.since(Reading(100, 1, 5, cpu=10.0).to_dict()) == Reading(30, 2, 0, cpu=2.0)
    assert now.since(Reading(500, 1, 5, cpu=10.0).to_dict()) == now
    assert now.since(None) == now


@pytest.mark.parametrize(
    ("page", "status"), [(b"<html>hello</html>", 200), (b"", 200), (b"\xff\xfe{", 200), (b"no", 503)]
)
def test_what_is_no_page_of_metrics_is_a_source_that_is_down(page: bytes, status: int) -> None:
    with serving(lambda: page, status) as address, pytest.raises(SourceDown):
        scrape(address)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/metrics", "ftp://somewhere/metrics", "nonsense"])
def test_a_service_that_is_not_there_is_a_source_that_is_down(address: str) -> None:
    with pytest.raises(SourceDown):
        scrape(address)


def test_a_source_that_is_down_leaves_the_error_rate_open(make: Callable[..., Watched]) -> None:
    address = "http://127.0.0.1:1/metrics"
    watched = make(monitoring=f"service = {{ metrics = '{address}', error_rate = 0.01 }}")
    watched.answer(flights(300, 1), START)
    report = watched.look()
    for name in ("error_rate", "log_lag"):
        check = one(report, SERVICE, name)
        assert check.verdict is Verdict.INCONCLUSIVE
        assert address in check.note
    assert one(report, SERVICE, "rows").verdict is Verdict.PASS


@pytest.mark.parametrize(("errors", "verdict"), [(0, Verdict.PASS), (9, Verdict.FAIL)])
def test_errors_of_the_window_are_held_to_the_limit(
    make: Callable[..., Watched], tmp_path: Path, errors: int, verdict: Verdict
) -> None:
    """The report before this one knew of 100 requests and 50 errors; only what came since counts."""
    folder = tmp_path / "counted"
    counted(folder, 100, 50)
    with serving(lambda: metrics_page(folder)) as address:
        limits = f"service = {{ metrics = '{address}', error_rate = 0.05, log_lag = 60.0 }}"
        watched = make(monitoring=limits)
        watched.answer(flights(300, 1), START)
        first = watched.look(since=START - WEEK)
        assert one(first, SERVICE, "error_rate").verdict is Verdict.FAIL
        data = {"model": "delay", "run": "r", "report": first.to_dict()}
        event = NewEvent(JUDGED, data, subject="delay")
        watched.ledger.append(Append(window_stream("delay"), 0, (event,)))
        counted(folder, 91, errors)
        report = watched.look()
    check = one(report, SERVICE, "error_rate")
    assert check.verdict is verdict
    assert check.value == pytest.approx(errors / (91 + errors))
    assert one(report, SERVICE, "log_lag").verdict is Verdict.PASS


def test_the_log_tells_how_much_how_fast_and_to_whom(make: Callable[..., Watched]) -> None:
    watched = make(monitoring="service = { rows = 700, latency_p99 = 0.0001 }")
    watched.answer(flights(300, 1), START, caller="desk")
    later = START + timedelta(days=1)
    watched.answer(flights(200, 1), later, days=5, caller="app", version=2, arm="challenger")
    watched.answer(flights(100, 1), START + timedelta(days=1), caller=None, days=1)
    report = watched.look()
    rows = one(report, SERVICE, "rows")
    assert rows.verdict is Verdict.FAIL
    assert rows.evidence["callers"] == {"desk": 300, "app": 200, "(nobody said)": 100}
    latency = one(report, SERVICE, "latency_p99")
    assert latency.verdict is Verdict.FAIL
    assert latency.value == pytest.approx(0.0009)
    assert {(arm["version"], arm["arm"]) for arm in latency.evidence["by_arm"]} == {
        (1, "champion"),
        (2, "challenger"),
    }


def test_without_an_address_the_log_itself_tells_how_far_behind_it_is(make: Callable[..., Watched]) -> None:
    watched = make(monitoring="service = { error_rate = 0.01, log_lag = 3600.0 }")
    watched.answer(flights(300, 1), START)
    waiting = watched.look()
    assert one(waiting, SERVICE, "error_rate").verdict is Verdict.INCONCLUSIVE
    assert one(waiting, SERVICE, "log_lag").verdict is Verdict.PASS
    for path in watched.place.spool.glob("*.spool"):
        os.utime(path, (0, 0))
    assert one(watched.look(), SERVICE, "log_lag").verdict is Verdict.FAIL
