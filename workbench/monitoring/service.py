"""How the service did: how much it answered, how fast, to whom, and how many requests went wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.monitoring.finding import SERVICE, Check
from workbench.monitoring.scrape import Reading, SourceDown, scrape
from workbench.monitoring.window import Window
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from workbench.project.monitoring import ServiceConfig

_CALLERS = 20
_QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_MICROSECONDS = 1e6
_UNASKED = 'no address of the service\'s metrics is declared: service = { metrics = "http://…/metrics" }'


def service(
    window: Window, config: ServiceConfig, spool: Path, before: Mapping[str, Any] | None = None
) -> Iterator[Check]:
    """Yield the checks of the service.

    Args:
        window: whose answered rows say how much, how fast and to whom.
        config: the limits, and where a running service tells its metrics.
        spool: the folder where logged rows wait for the tables.
        before: the reading of the report before this one, `Reading.to_dict`; None: there was none.
    """
    yield _rows(window, config)
    yield from _latency(window, config)
    if config.metrics is None:
        if config.error_rate is not None:
            yield Check(SERVICE, "error_rate", Verdict.INCONCLUSIVE, _UNASKED, limit=config.error_rate)
        yield _waiting(window, spool, config)
        return
    try:
        reading = scrape(config.metrics)
    except SourceDown as error:
        for name in ("error_rate", "log_lag"):
            yield Check(SERVICE, name, Verdict.INCONCLUSIVE, str(error), limit=getattr(config, name))
        return
    yield from _counted(reading, before, config)


def _rows(window: Window, config: ServiceConfig) -> Check:
    import polars as pl

    rows = window.rows.height
    hours = window.span.length.total_seconds() / 3600
    evidence: dict[str, Any] = {"per_hour": rows / hours, "callers": {}}
    if rows:
        callers = window.rows.group_by(pl.col("caller").fill_null("(nobody said)")).len("rows")
        top = callers.sort("rows", "caller", descending=[True, False])
        evidence["callers"] = dict(top.head(_CALLERS).iter_rows())
        evidence["requests"] = window.rows["request_id"].n_unique()
        if top.height > _CALLERS:
            evidence["more_callers"] = top.height - _CALLERS
    if not rows:
        verdict = Verdict.FAIL if config.rows else Verdict.INCONCLUSIVE
        note = "nothing was asked of the model in this window"
    elif config.rows is not None and rows < config.rows:
        verdict, note = Verdict.FAIL, f"fewer rows than the {config.rows:,} that are expected"
    else:
        verdict, note = Verdict.PASS, f"{rows / hours:,.1f} an hour"
    return Check(SERVICE, "rows", verdict, note, float(rows), limit=config.rows, evidence=evidence)


def _latency(window: Window, config: ServiceConfig) -> Iterator[Check]:
    import polars as pl

    answered = window.rows.filter(pl.col("row") == 0) if window.rows.height else window.rows
    if not answered.height:
        note = "nothing was answered, so there is no latency"
        yield Check(SERVICE, "latency_p99", Verdict.INCONCLUSIVE, note, limit=config.latency_p99)
        return
    quantiles = [
        (pl.col("latency_us").quantile(q, "higher") / _MICROSECONDS).alias(n) for n, q in _QUANTILES.items()
    ]
    whole = answered.select(quantiles).row(0, named=True)
    by = answered.group_by("version", "arm").agg(pl.len().alias("requests"), *quantiles)
    evidence = {**whole, "requests": answered.height, "by_arm": by.sort("version", "arm").to_dicts()}
    limit = config.latency_p99
    verdict = Verdict.FAIL if limit is not None and whole["p99"] > limit else Verdict.PASS
    note = f"p50 {whole['p50'] * 1000:.2f} ms, p99 {whole['p99'] * 1000:.2f} ms"
    yield Check(SERVICE, "latency_p99", verdict, note, whole["p99"], limit=limit, evidence=evidence)


def _waiting(window: Window, spool: Path, config: ServiceConfig) -> Check:
    from workbench.serving.log import backlog

    waiting = backlog(spool)
    if not window.rows.height and not waiting.segments:
        note = "nothing was logged, so nothing waits for the tables"
        return Check(SERVICE, "log_lag", Verdict.INCONCLUSIVE, note, limit=config.log_lag)
    return _lag(waiting.age, config)


def _lag(seconds: float, config: ServiceConfig) -> Check:
    late = config.log_lag is not None and seconds > config.log_lag
    note = f"{seconds:.1f} s between an answer and its row in the tables"
    return Check(
        SERVICE, "log_lag", Verdict.FAIL if late else Verdict.PASS, note, seconds, limit=config.log_lag
    )


def _counted(reading: Reading, before: Mapping[str, Any] | None, config: ServiceConfig) -> Iterator[Check]:
    lately = reading.since(before)
    asked = lately.requests + lately.errors
    evidence = {"reading": reading.to_dict(), "requests": lately.requests, "errors": lately.errors}
    evidence |= {"refused": lately.refused, "cpu_seconds": lately.cpu, "memory_bytes": lately.memory}
    if asked <= 0:
        note = "the service answered no request since it was last looked at"
        yield Check(
            SERVICE,
            "error_rate",
            Verdict.INCONCLUSIVE,
            note,
            limit=config.error_rate,
            evidence={"reading": reading.to_dict()},
        )
    else:
        rate = lately.errors / asked
        failed = config.error_rate is not None and rate > config.error_rate
        yield Check(
            SERVICE,
            "error_rate",
            Verdict.FAIL if failed else Verdict.PASS,
            f"{lately.errors:,.0f} of {asked:,.0f} requests since it was last looked at",
            rate,
            limit=config.error_rate,
            evidence={name: value for name, value in evidence.items() if value is not None},
        )
    if reading.log_lag is None:
        if config.log_lag is not None:
            note = "the service does not tell how far behind its log is"
            yield Check(SERVICE, "log_lag", Verdict.INCONCLUSIVE, note, limit=config.log_lag)
        return
    yield _lag(reading.log_lag, config)
