"""The metrics of the service: one place for names, kinds and explanations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the latency histogram, seconds; the last bucket takes what is beyond."""


@dataclass(frozen=True)
class Metric:
    """One metric.

    Attributes:
        kind: a counter and a histogram of all processes are added up, of a gauge the largest counts,
            a total is a gauge that is added up.
        help: one line for whoever reads a dashboard.
    """

    name: str
    kind: Literal["counter", "gauge", "total", "histogram"]
    help: str


REQUESTS = Metric("workbench_requests_total", "counter", "Requests that were answered with a prediction.")
ROWS = Metric("workbench_rows_total", "counter", "Rows that were predicted, by shadows too.")
SECONDS = Metric(
    "workbench_request_seconds", "histogram", "From a request's arrival to its answer, in seconds."
)
REFUSED = Metric("workbench_refused_total", "counter", "Requests that were answered with a 4xx, by reason.")
ERRORS = Metric("workbench_errors_total", "counter", "Requests that were answered with a 5xx, by reason.")
LOG_FAILURES = Metric("workbench_log_failures_total", "counter", "Rows that could not be logged.")
LOG_ROWS = Metric("workbench_log_rows_total", "counter", "Rows that were logged.")
LOG_LAG = Metric(
    "workbench_log_lag_seconds", "gauge", "Age of the oldest logged row that is not in the tables yet."
)
LOG_WAITING = Metric("workbench_log_waiting_bytes", "gauge", "Size of what is logged and not in the tables.")
COMPACTED = Metric("workbench_log_compactions_total", "counter", "Compactions of the log, by outcome.")
SHADOW_DROPPED = Metric(
    "workbench_shadow_dropped_total", "counter", "Requests that a shadow did not score for lack of time."
)
LABELS = Metric("workbench_labels_total", "counter", "Labels that were accepted.")
RELOADS = Metric("workbench_reloads_total", "counter", "Changes of what serves, by outcome.")
VERSIONS_REFUSED = Metric(
    "workbench_versions_refused_total", "counter", "Versions that failed a step of their trial."
)
SHARE = Metric("workbench_serving_share", "gauge", "Share of the traffic by version and arm, 0 to 1.")
LEDGER_UP = Metric("workbench_ledger_up", "gauge", "1 while the ledger can be read.")
LEDGER_AGE = Metric("workbench_ledger_age_seconds", "gauge", "Since the ledger was last read.")
WORKERS = Metric("workbench_workers", "gauge", "Workers that answer.")
RESTARTS = Metric("workbench_worker_restarts_total", "counter", "Workers that ended by themselves.")
STALLED = Metric("workbench_loop_stall_seconds", "gauge", "The longest wait of a worker's loop of late.")
CPU = Metric("workbench_cpu_seconds_total", "counter", "Processor time that the workers have used.")
MEMORY = Metric("workbench_memory_bytes", "total", "Memory that the workers have in use.")

METRICS = {
    metric.name: metric
    for metric in (
        REQUESTS,
        ROWS,
        SECONDS,
        REFUSED,
        ERRORS,
        LOG_FAILURES,
        LOG_ROWS,
        LOG_LAG,
        LOG_WAITING,
        COMPACTED,
        SHADOW_DROPPED,
        LABELS,
        RELOADS,
        VERSIONS_REFUSED,
        SHARE,
        LEDGER_UP,
        LEDGER_AGE,
        WORKERS,
        RESTARTS,
        STALLED,
        CPU,
        MEMORY,
    )
}
