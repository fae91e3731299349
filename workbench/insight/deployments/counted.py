"""What a running service has counted, read from its `/metrics` as long as somebody looks."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from workbench.insight.deployments.behind import Behind
from workbench.insight.deployments.calls import QUANTILES, Answered, Calls, Failed, Moment
from workbench.insight.deployments.kept import kept
from workbench.monitoring.scrape import Sample, SourceDown, read_samples

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.clock import Clock
    from workbench.insight.store import Store

_EVERY = 2.0  # seconds between two looks
_KEPT = 150  # looks: five minutes of pictures
_RECENT = 30  # looks: what rates and percentiles are of

Series = tuple[str, str, str]
"""Version, arm and caller."""


@dataclass(frozen=True)
class ServiceShown:
    """A running service, as far as it can be reached.

    Attributes:
        address: of its metrics; empty where workbench.toml names none.
        trouble: why it cannot be read now; empty when it can.
        answered: in the last minute; None before the second look.
        seen: when it was read last.
        workers: that answer; None where it does not say.
        log_lag: age in seconds of the oldest row that is not in the tables; likewise.
        shares: of the traffic by version, as the service itself has it: it follows the ledger by a moment.
    """

    address: str
    trouble: str = ""
    answered: Answered | None = None
    seen: datetime | None = None
    workers: float | None = None
    log_lag: float | None = None
    shares: tuple[tuple[str, str, float], ...] = ()


def live_service(store: Store, person: Person, model: str, *, wait: float = 0.2) -> ServiceShown:
    """Return what a running service tells of itself; it is read behind, every other second.

    Args:
        store: the project's state.
        person: who asks.
        model: the model.
        wait: seconds to wait for the first reading.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    store.model(model)
    declared = store.project.config.models.get(model)
    address = declared.monitoring.service.metrics if declared and declared.monitoring else None
    if not address:
        return ServiceShown("")
    reader = kept(store, ("service", model), address, lambda: _Reader(address, model, store.clock))
    return reader.read(wait)


@dataclass(frozen=True)
class _Look:
    """What was counted at a moment: of each series requests, and requests by latency."""

    at: datetime
    monotonic: float
    buckets: Mapping[Series, tuple[tuple[float, float], ...]]
    rows: Mapping[Series, float]
    failed: Mapping[tuple[str, bool, str, str], float]
    gauges: Mapping[str, float] = field(default_factory=dict)
    shares: tuple[tuple[str, str, float], ...] = ()

    @property
    def requests(self) -> dict[Series, float]:
        """Requests answered, by series."""
        return {series: pairs[-1][1] for series, pairs in self.buckets.items() if pairs}


class _Reader:
    """Reads one service, and remembers what it had counted."""

    def __init__(self, address: str, model: str, clock: Clock) -> None:
        self._address, self._model, self._clock = address, model, clock
        self._looks: deque[_Look] = deque(maxlen=_KEPT)
        self._behind = Behind(self._look, every=_EVERY)

    def read(self, wait: float) -> ServiceShown:
        """Return what is known."""
        shown = self._behind.ask(wait=wait)
        return shown or ServiceShown(self._address, self._behind.trouble or "It was not read yet.")

    def _look(self) -> ServiceShown:
        now = self._clock.now()
        try:
            look = _looked(read_samples(self._address), self._model, now)
        except SourceDown as error:
            last = self._looks[-1] if self._looks else None
            return ServiceShown(self._address, f"{error}.", seen=last.at if last else None)
        if self._looks and _restarted(self._looks[-1], look):
            self._looks.clear()
        self._looks.append(look)
        looks = list(self._looks)
        return ServiceShown(
            self._address,
            answered=_answered(looks) if len(looks) > 1 else None,
            seen=now,
            workers=look.gauges.get("workbench_workers"),
            log_lag=look.gauges.get("workbench_log_lag_seconds"),
            shares=look.shares,
        )


def _looked(samples: Sequence[Sample], model: str, now: datetime) -> _Look:
    buckets: dict[Series, list[tuple[float, float]]] = {}
    rows: dict[Series, float] = {}
    failed: dict[tuple[str, bool, str, str], float] = {}
    gauges: dict[str, float] = {}
    shares = []
    for name, labels, value in samples:
        if labels.get("model", "") not in ("", model):
            continue
        if name == "workbench_request_seconds_bucket":
            series = (labels["version"], labels["arm"], labels["caller"])
            buckets.setdefault(series, []).append((float(labels["le"]), value))
        elif name == "workbench_rows_total":
            rows[labels["version"], labels["arm"], labels["caller"]] = value
        elif name in ("workbench_errors_total", "workbench_refused_total"):
            what = (
                labels.get("reason", ""),
                name == "workbench_errors_total",
                labels.get("caller", ""),
                labels.get("version", ""),
            )
            failed[what] = failed.get(what, 0.0) + value
        elif name == "workbench_serving_share" and value > 0:
            shares.append((labels["version"], labels["arm"], value))
        elif not labels:
            gauges[name] = value
    ordered = {series: tuple(sorted(pairs)) for series, pairs in buckets.items()}
    return _Look(now, time.monotonic(), ordered, rows, failed, gauges, tuple(shares))


def _restarted(before: _Look, after: _Look) -> bool:
    """Whether the service counts from zero again."""
    now = after.requests
    return any(now.get(series, 0.0) < count for series, count in before.requests.items())


def _answered(looks: Sequence[_Look]) -> Answered:
    recent = looks[-_RECENT:]
    first, last = recent[0], recent[-1]
    failed = tuple(_failed(first, last))
    lines = [_line(first, last, series, failed) for series in last.buckets]
    return Answered(
        since=first.at,
        until=last.at,
        lines=tuple(sorted((line for line in lines if line.requests or line.errors), key=_most_first)),
        moments=tuple(_moments(looks)),
        failed=failed,
    )


def _most_first(line: Calls) -> tuple[float, int, str]:
    return -line.requests, line.version, line.caller


def _failed(first: _Look, last: _Look) -> Iterator[Failed]:
    for what, count in sorted(last.failed.items()):
        reason, served, caller, version = what
        more = count - first.failed.get(what, 0.0)
        if more > 0:
            yield Failed(reason, served, caller, version, more)


def _line(first: _Look, last: _Look, series: Series, failed: Sequence[Failed]) -> Calls:
    version, arm, caller = series
    pairs = _between(first, last, series)
    requests = pairs[-1][1] if pairs else 0.0
    quantiles = {name: quantile(pairs, q) for name, q in QUANTILES.items()}
    return Calls(
        version=int(version),
        arm=arm,
        caller=caller,
        requests=requests,
        rows=last.rows.get(series, 0.0) - first.rows.get(series, 0.0),
        per_second=requests / max(last.monotonic - first.monotonic, 1e-9),
        errors=sum(f.count for f in failed if f.served and (f.version, f.caller) == (version, caller)),
        **quantiles,
    )


def _moments(looks: Sequence[_Look]) -> Iterator[Moment]:
    for before, after in pairwise(looks):
        seconds = max(after.monotonic - before.monotonic, 1e-9)
        versions: dict[str, list[list[tuple[float, float]]]] = {}
        for series in after.buckets:
            versions.setdefault(series[0], []).append(_between(before, after, series))
        for version, parts in versions.items():
            pairs = _added(parts)
            requests = pairs[-1][1] if pairs else 0.0
            yield Moment(
                after.at, int(version), requests / seconds, quantile(pairs, 0.5), quantile(pairs, 0.99)
            )


def _between(first: _Look, last: _Look, series: Series) -> list[tuple[float, float]]:
    """Return requests by latency, cumulated, between two looks."""
    then = dict(first.buckets.get(series, ()))
    return [(bound, count - then.get(bound, 0.0)) for bound, count in last.buckets[series]]


def _added(parts: Sequence[Sequence[tuple[float, float]]]) -> list[tuple[float, float]]:
    total: dict[float, float] = {}
    for pairs in parts:
        for bound, count in pairs:
            total[bound] = total.get(bound, 0.0) + count
    return sorted(total.items())


def quantile(pairs: Sequence[tuple[float, float]], q: float) -> float | None:
    """Return a quantile in seconds of cumulated counts by upper bound, interpolated within its bucket.

    What lies beyond the last finite bound counts as that bound, as Prometheus has it; None without a count.
    """
    total = pairs[-1][1] if pairs else 0.0
    if total <= 0:
        return None
    rank, below, floor = q * total, 0.0, 0.0
    for bound, count in pairs:
        if count >= rank:
            if bound == float("inf"):
                return floor
            inside = count - below
            return floor + (bound - floor) * ((rank - below) / inside if inside > 0 else 1.0)
        below, floor = count, bound
    return floor
