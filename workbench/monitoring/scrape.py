"""Reads a running service's `/metrics`, and tells what happened there since it was read before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

_WAIT = 2.0  # seconds; a source that is slower counts as down
_MOST = 4_000_000  # bytes of a page


class SourceDown(Exception):
    """A source of metrics that does not answer, or with something else."""


class Sample(NamedTuple):
    """One number of a page of metrics."""

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Reading:
    """What a service had counted at a moment.

    Attributes:
        requests: that were answered with a prediction.
        errors: that were answered with a 5xx.
        refused: that were answered with a 4xx.
        cpu: seconds of all processes; None where the service does not say.
        memory: bytes of all processes; likewise.
        log_lag: age in seconds of the oldest logged row that is not in the tables; likewise.
        workers: that answer; likewise.
    """

    requests: float
    errors: float
    refused: float
    cpu: float | None = None
    memory: float | None = None
    log_lag: float | None = None
    workers: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as JSON."""
        return asdict(self)

    def since(self, before: Mapping[str, Any] | None) -> Reading:
        """Return what was counted since an earlier reading; all of it when the service began anew since."""
        counted = ("requests", "errors", "refused")
        if not before or any(getattr(self, name) < before.get(name, 0.0) for name in counted):
            return self
        cpu = None if self.cpu is None else max(0.0, self.cpu - (before.get("cpu") or 0.0))
        rest = {name: getattr(self, name) - before.get(name, 0.0) for name in counted}
        return Reading(**{**asdict(self), **rest, "cpu": cpu})


def scrape(address: str) -> Reading:
    """Return what the service at an address such as `http://127.0.0.1:8080/metrics` has counted.

    Raises:
        SourceDown: it does not answer in time, or with something that is no page of metrics.
    """
    totals: dict[str, float] = {}
    for name, _, value in read_samples(address):
        totals[name] = totals.get(name, 0.0) + value
    return Reading(
        totals.get("workbench_requests_total", 0.0),
        totals.get("workbench_errors_total", 0.0),
        totals.get("workbench_refused_total", 0.0),
        cpu=totals.get("workbench_cpu_seconds_total"),
        memory=totals.get("workbench_memory_bytes"),
        log_lag=totals.get("workbench_log_lag_seconds"),
        workers=totals.get("workbench_workers"),
    )


def read_samples(address: str) -> list[Sample]:
    """Return every number of the page of metrics at an address.

    Raises:
        SourceDown: it does not answer in time, or with something that is no page of a service's metrics.
    """
    from prometheus_client.parser import text_string_to_metric_families

    page = _fetch(address)
    try:
        found = [
            Sample(sample.name, sample.labels, sample.value)
            for family in text_string_to_metric_families(page)
            for sample in family.samples
        ]
    except (ValueError, KeyError, IndexError) as error:
        raise SourceDown("the page of metrics cannot be read") from error
    if not any(sample.name.startswith("workbench_") for sample in found):
        raise SourceDown(f"{address} answers with something that is no page of a scoring service's metrics")
    return found


def _fetch(address: str) -> str:
    from urllib.error import URLError
    from urllib.request import Request, urlopen

    if not address.startswith(("http://", "https://")):
        raise SourceDown(f"{address!r} is no address; write http://HOST:PORT/metrics")
    try:
        with urlopen(Request(address), timeout=_WAIT) as answer:  # noqa: S310 - the scheme is checked above
            return str(answer.read(_MOST).decode("utf-8"))
    except (URLError, OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        raise SourceDown(f"{address} does not answer: {why}") from error
