"""What the prediction log says of requests and latencies, whether or not a service can be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from workbench.insight.deployments.behind import Behind
from workbench.insight.deployments.calls import ARMS, QUANTILES, Answered, Calls, Moment
from workbench.insight.deployments.kept import kept
from workbench.serving.log import PredictionLog

if TYPE_CHECKING:
    import polars as pl

    from workbench.access import Person
    from workbench.clock import Clock
    from workbench.insight.store import Store
    from workbench.project import Project

SPANS = {
    "15 minutes": timedelta(minutes=15),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
"""Times that can be asked for."""

_EVERY = 3.0  # seconds; longer spans are read less often
_POINTS, _FEWEST = 60, 7
_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS = 1e6


@dataclass(frozen=True)
class LoggedCalls:
    """What the log says.

    Attributes:
        answered: None where nothing was ever logged, or it is not known yet.
        trouble: why the log cannot be read; empty when it can.
        reading: whether it is read for the first time.
    """

    answered: Answered | None
    trouble: str = ""
    reading: bool = False


def logged_calls(store: Store, person: Person, model: str, span: str, *, wait: float = 0.2) -> LoggedCalls:
    """Return what callers got in the last of a span, by the log.

    Where nothing was logged so lately, it is the span up to the last row there is. What takes a while is
    read behind, so that the first answer may come before it is known.

    Args:
        store: the project's state.
        person: who asks.
        model: the model.
        span: one of SPANS; anything else is an hour.
        wait: seconds to wait for the first reading.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    store.model(model)
    length = SPANS.get(span, SPANS["hour"])
    every = _EVERY if length <= SPANS["hour"] else 10 * _EVERY

    project, clock = store.project, store.clock

    def behind() -> Behind[Answered | None]:
        return Behind(lambda: _read(project, clock, model, length), every=every)

    found = kept(store, ("logged", model, length), None, behind)
    answered = found.ask(wait=wait)
    return LoggedCalls(answered, found.trouble, reading=not found.known)


def _read(project: Project, clock: Clock, model: str, length: timedelta) -> Answered | None:
    log = PredictionLog(project)
    until = clock.now()
    rows = log.window(model, until - length, until, columns=())
    note = ""
    if rows.is_empty():
        last = log.last(model)
        if last is None:
            return None
        until = last + timedelta(microseconds=1)
        rows = log.window(model, until - length, until, columns=())
        note = "Nothing was logged since; this is the last there is."
    return Answered(
        since=until - length,
        until=until,
        lines=_lines(rows, length),
        moments=_moments(rows, until - length, length),
        note=note,
    )


def _lines(rows: pl.DataFrame, length: timedelta) -> tuple[Calls, ...]:
    import polars as pl

    by = rows.group_by("version", "arm", pl.col("caller").fill_null("")).agg(
        pl.col("request_id").n_unique().alias("requests"), pl.len().alias("rows"), *_quantiles(*QUANTILES)
    )
    seconds = length.total_seconds()
    return tuple(
        Calls(
            version=row["version"],
            arm=row["arm"],
            caller=row["caller"],
            requests=row["requests"],
            rows=row["rows"],
            per_second=row["requests"] / seconds,
            p50=row["p50"],
            p95=row["p95"],
            p99=row["p99"],
        )
        for row in by.sort("requests", "version", "caller", descending=[True, False, False]).to_dicts()
        if row["arm"] in ARMS
    )


def _moments(rows: pl.DataFrame, since: datetime, length: timedelta) -> tuple[Moment, ...]:
    import polars as pl

    if rows.is_empty():
        return ()
    step = length / min(_POINTS, max(_FEWEST, rows["request_id"].n_unique() // 2))
    place = ((pl.col("at") - since).dt.total_microseconds() // (step // _MICROSECOND)).alias("place")
    found = rows.group_by(place, "version").agg(
        pl.col("request_id").n_unique().alias("requests"), *_quantiles("p50", "p99")
    )
    known = {(row["place"], row["version"]): row for row in found.to_dicts()}
    nothing = {"requests": 0, "p50": None, "p99": None}
    return tuple(
        Moment(
            since + (number + 0.5) * step,
            version,
            row["requests"] / step.total_seconds(),
            row["p50"],
            row["p99"],
        )
        for number in range(round(length / step))
        for version in sorted(rows["version"].unique().to_list())
        for row in (known.get((number, version), nothing),)
    )


def _quantiles(*names: str) -> list[pl.Expr]:
    import polars as pl

    latency = pl.col("latency_us")
    return [(latency.quantile(QUANTILES[name], "higher") / _MICROSECONDS).alias(name) for name in names]
