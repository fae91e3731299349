"""Guardrails: what a challenger may not break meanwhile, whatever its outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from workbench.monitoring.finding import CHALLENGER, Check
from workbench.monitoring.judgement.pairs import Versions, paired, scores
from workbench.registry.gate import Scored, Unmeasurable
from workbench.registry.share import share_text
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import polars as pl

    from workbench.project.monitoring import ChallengeConfig, GuardrailsConfig

SETTLING = timedelta(hours=1)
"""Left out at both ends: a server follows the ledger a moment later, and shadows score after the answer."""

_SHADOW = "shadow"
_SURE = 0.001  # chance at most that so many slow requests, or failed ones, are an accident
_SLOWEST = 0.99
_FEWEST_EXPECTED = 5.0  # for the chi-square test


@dataclass(frozen=True)
class Traffic:
    """What was logged of a challenge, and what was declared of it.

    Attributes:
        rows: of `PredictionLog.window`, of both versions since they are compared, shadows among them.
        labelled: rows that both scored, with `label` where it is known and the groups in `features`.
        share: of the traffic, the challenger's.
        since: the two are compared.
        now: project time.
        shared_at: since when it has that share.
        fresh: rows from this moment on are looked at, or since `shared_at` where these are too few.
        groups: columns whose values are compared for fairness.
    """

    rows: pl.DataFrame
    labelled: pl.DataFrame
    versions: Versions
    task: str
    share: float
    since: datetime
    now: datetime
    shared_at: datetime
    fresh: datetime
    groups: tuple[str, ...] = ()


Found = tuple[Verdict, str, dict[str, Any]]


def guard(traffic: Traffic, config: ChallengeConfig) -> tuple[Check, ...]:
    """Return a check for each guardrail that is declared and can be asked at this share of the traffic."""
    return tuple(_checks(traffic, config))


def _checks(traffic: Traffic, config: ChallengeConfig) -> Iterator[Check]:
    rails = config.guardrails
    asked: list[tuple[str, float | None, str, Callable[[], Found]]] = [
        ("error_rate", rails.error_rate, "share not scored", lambda: _errors(traffic, config)),
        ("latency", rails.latency_ratio, "ratio of p99", lambda: _latency(traffic, rails)),
        ("disagreement", rails.disagreement, "mean distance", lambda: _disagreement(traffic, rails)),
        ("fairness", rails.fairness, "difference of bias", lambda: _fairness(traffic, config)),
    ]
    if 0 < traffic.share < 1:
        asked.append(("sample_ratio", rails.sample_ratio, "chi-square", lambda: _ratio(traffic, rails)))
    for name, limit, method, ask in asked:
        if limit is None:
            continue
        try:
            verdict, note, more = ask()
        except Unmeasurable as reason:
            verdict, note, more = Verdict.INCONCLUSIVE, str(reason), {}
        yield Check(
            CHALLENGER,
            name,
            verdict,
            note,
            limit=limit,
            method=method,
            version=traffic.versions.challenger,
            arm=CHALLENGER,
            **more,
        )


def _errors(traffic: Traffic, config: ChallengeConfig) -> Found:
    """Of what the challenger was to score, the share for which it gave no number.

    A server that does not know it yet has the time of an arm to follow.
    """
    import polars as pl
    from scipy import stats

    rails, limit = config.guardrails, config.guardrails.error_rate
    assert limit is not None
    rows, latest = traffic.rows, traffic.since + config.arm_time
    first = rows.filter(version=traffic.versions.challenger)["at"].min()
    if first is None and traffic.now <= latest:
        raise Unmeasurable("the challenger scored nothing yet")
    began = pl.min_horizontal(pl.lit(first), pl.lit(latest)) + SETTLING
    due = rows.filter(pl.col("at") >= began, pl.col("at") <= pl.col("at").max() - SETTLING)
    due = _fresh(due, traffic, rails.min_rows, "prediction_id")
    scored = due.filter(pl.col("version") == traffic.versions.challenger, pl.col("score").list.len() > 0)
    good = scored.filter(pl.col("score").list.eval(pl.element().is_finite()).list.all())
    asked = due["prediction_id"].n_unique()
    lost = asked - good["prediction_id"].n_unique()
    _enough(asked, rails.min_rows)
    rate = lost / asked
    sure = float(stats.binom.sf(lost - 1, asked, limit)) < _SURE
    verdict = Verdict.PASS if rate <= limit else Verdict.FAIL if sure else Verdict.INCONCLUSIVE
    return verdict, f"{lost:,} of {asked:,} rows got no score from it", {"value": rate}


def _latency(traffic: Traffic, rails: GuardrailsConfig) -> Found:
    """Its slowest requests beside the champion's: those that it answered, as far as there are any."""
    import polars as pl
    from scipy import stats

    ratio = rails.latency_ratio
    assert ratio is not None
    fresh = _fresh(traffic.rows, traffic, rails.min_rows, "prediction_id")
    ours = fresh.filter(version=traffic.versions.challenger)
    _enough(ours.height, rails.min_rows)
    answered = ours.filter(pl.col("arm") != _SHADOW)
    mine = _seconds(ours if answered.is_empty() else answered)
    theirs = _seconds(
        traffic.rows.filter(pl.col("version") == traffic.versions.champion, pl.col("arm") != _SHADOW)
    )
    if theirs.is_empty():
        raise Unmeasurable("the champion answered nothing that it could be compared with")
    usual, value = (float(each.quantile(_SLOWEST, "higher") or 0.0) for each in (theirs, mine))
    limit = max(ratio * usual, rails.latency_from.total_seconds())
    slow = int((mine > limit).sum())
    sure = float(stats.binom.sf(slow - 1, len(mine), 1 - _SLOWEST)) < _SURE
    verdict = Verdict.PASS if value <= limit else Verdict.FAIL if sure else Verdict.INCONCLUSIVE
    note = (
        f"p99 {_milliseconds(value)}, the champion's {_milliseconds(usual)}; "
        f"{slow} of {len(mine):,} requests took longer than {_milliseconds(limit)}"
    )
    return verdict, note, {"value": value / usual if usual else 0.0, "evidence": {"seconds": value}}


def _ratio(traffic: Traffic, rails: GuardrailsConfig) -> Found:
    """Whether the challenger answers the share that it was given (sample ratio mismatch)."""
    import polars as pl
    from scipy import stats

    level = rails.sample_ratio
    assert level is not None
    since = traffic.shared_at + SETTLING
    answered = traffic.rows.filter(pl.col("at") >= since, pl.col("arm") != _SHADOW)
    unit = pl.coalesce(pl.col("entity"), pl.col("request_id"))  # what is assigned as a whole
    units = answered.select("version", unit=unit).unique()
    ours = units.filter(version=traffic.versions.challenger).height
    total = units.height
    expected = total * traffic.share
    _enough(total, rails.min_rows)
    if min(expected, total - expected) < _FEWEST_EXPECTED:
        raise Unmeasurable(f"{total:,} answers are too few for a share of {share_text(traffic.share)}")
    p = float(stats.chisquare([ours, total - ours], [expected, total - expected]).pvalue)
    note = f"answered {ours:,} of {total:,}, expected {expected:,.0f} (p = {p:.2g})"
    return Verdict.FAIL if p < level else Verdict.PASS, note, {"value": p}


def _disagreement(traffic: Traffic, rails: GuardrailsConfig) -> Found:
    """How far its scores are from the champion's, on average."""
    import numpy as np

    limit = rails.disagreement
    assert limit is not None
    fresh = _fresh(paired(traffic.rows, traffic.versions), traffic, rails.min_rows, "prediction_id")
    _enough(fresh.height, rails.min_rows)
    apart = np.abs(scores(fresh["ours"], traffic.task) - scores(fresh["theirs"], traffic.task))
    value = float((apart if apart.ndim == 1 else apart.max(axis=1)).mean())
    if not np.isfinite(value):
        raise Unmeasurable("some of the scores are not numbers")
    note = f"on average {value:.4f} from the champion's scores, on {fresh.height:,} rows"
    return Verdict.FAIL if value > limit else Verdict.PASS, note, {"value": value}


def _fairness(traffic: Traffic, config: ChallengeConfig) -> Found:
    """How much further its scores are above the truth for one group than for another, beyond doubt."""
    import numpy as np
    import polars as pl

    from workbench.registry.gates.fairness import Fairness

    limit = config.guardrails.fairness
    assert limit is not None
    rows = traffic.labelled.filter(pl.col("label").is_not_null())
    if not traffic.groups:
        raise Unmeasurable("no groups are declared, under monitoring.fairness or in a gate for fairness")
    logged = rows["features"].struct.fields if "features" in rows.columns else []
    missing = [name for name in traffic.groups if name not in logged]
    if missing:
        raise Unmeasurable(f"the log holds no column {missing[0]!r} to group by")
    _enough(rows.height, config.guardrails.min_rows)
    wall = rows["at"].dt.convert_time_zone(config.timezone).dt.replace_time_zone(None)
    scored = Scored(
        traffic.task,
        rows["label"].to_numpy().astype(np.float64),
        scores(rows["ours"], traffic.task),
        times=wall.to_numpy(),
        frame=rows["features"].struct.unnest().to_pandas(),
    )
    gate = Fairness(
        by=traffic.groups,
        metric="bias",
        max_difference=limit,
        block=config.block,
        min_blocks=config.min_blocks,
        min_rows=config.guardrails.min_rows,
    )
    found = gate.judge(scored)
    return found.verdict, found.summary, {"value": abs(found.evidence["difference"]["value"])}


def _fresh(rows: pl.DataFrame, traffic: Traffic, least: int, key: str) -> pl.DataFrame:
    """Return the newest rows, or all since the share was set where those are too few."""
    import polars as pl

    fresh = rows.filter(pl.col("at") >= traffic.fresh)
    if fresh[key].n_unique() >= least:
        return fresh
    return rows.filter(pl.col("at") >= min(traffic.fresh, traffic.shared_at))


def _seconds(rows: pl.DataFrame) -> pl.Series:
    """Return how long each request took."""
    return rows.group_by("request_id").agg(seconds=_longest()).get_column("seconds")


def _longest() -> pl.Expr:
    import polars as pl

    return pl.col("latency_us").max() / 1e6


def _enough(rows: int, least: int) -> None:
    if rows < least:
        raise Unmeasurable(f"{rows:,} rows are too few to conclude from; at least {least:,} are needed")


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms"
