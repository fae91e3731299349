"""What callers got: requests, errors and latencies by version and caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
ARMS = ("champion", "challenger")


@dataclass(frozen=True)
class Calls:
    """What one version answered one caller.

    Attributes:
        arm: champion or challenger; what the version was when it answered.
        caller: empty where nobody said who they are.
        requests: that were answered.
        rows: in them.
        per_second: requests.
        errors: requests that failed; None where the source does not say.
        p50, p95, p99: latency in seconds; None without a request.
    """

    version: int
    arm: str
    caller: str
    requests: float
    rows: float
    per_second: float
    errors: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True)
class Moment:
    """What a version answered around a time.

    Attributes:
        at: project time; the wall's of what a running service tells.
        per_second: requests.
        p50, p99: latency in seconds; None without a request.
    """

    at: datetime
    version: int
    per_second: float
    p50: float | None = None
    p99: float | None = None


@dataclass(frozen=True)
class Failed:
    """Requests that were not answered with a prediction.

    Attributes:
        reason: in the service's own word.
        served: whether the service failed (5xx), otherwise the request was turned away (4xx).
        version: that was to answer; empty where it did not come so far.
        count: in the time that is told of.
    """

    reason: str
    served: bool
    caller: str
    version: str
    count: float


@dataclass(frozen=True)
class Answered:
    """What callers got in a time.

    Attributes:
        since, until: the time.
        lines: by version and caller, those with most requests first.
        moments: the same over time, by version.
        failed: what was not answered, where the source says.
        note: what has to be known to read it.
    """

    since: datetime
    until: datetime
    lines: tuple[Calls, ...]
    moments: tuple[Moment, ...] = ()
    failed: tuple[Failed, ...] = ()
    note: str = ""

    @property
    def requests(self) -> float:
        """How many were answered."""
        return sum(line.requests for line in self.lines)
