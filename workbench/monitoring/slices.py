"""For whom the answers were good, and for whom not: slices, and groups that should fare alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from workbench.monitoring.finding import PERFORMANCE, Check
from workbench.monitoring.limit import in_doubt
from workbench.monitoring.limit import judged as verdict_of
from workbench.monitoring.measure import BIAS, Judged, measured, metrics_of, row_parts
from workbench.monitoring.performance import METHOD, Bar, finite
from workbench.registry.bootstrap import Bounds, difference_bounds
from workbench.registry.gate import Unmeasurable
from workbench.registry.group import MISSING, OTHERS
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from workbench.project import ModelConfig

CONFIDENCE = 0.95
_MOST = 50  # slices of a column; the rest is judged together


@dataclass(frozen=True)
class SliceRule:
    """What slices are held to.

    Attributes:
        by: columns.
        metric: of each slice.
        least, most: its limits.
        fairness: whether a slice is held against all the other rows instead of against the limits.
        stated: whether the project names the columns for monitoring, so that one which nobody logs is missed.
    """

    by: tuple[str, ...]
    metric: str
    least: float = -inf
    most: float = inf
    fairness: bool = False
    stated: bool = False

    @property
    def limited(self) -> bool:
        """Whether there is a limit."""
        return self.least > -inf or self.most < inf


def slice_rules(config: ModelConfig) -> list[SliceRule]:
    """Return what slices and groups are looked at: as declared, or else as the model's gates have them."""
    monitoring = config.monitoring
    found = []
    for fairness, kind, own in (
        (False, "slices", monitoring.slices),
        (True, "fairness", monitoring.fairness),
    ):
        gates = [gate for name, gate in config.gates.items() if gate.get("kind", name) == kind]
        gate = gates[0] if gates else {}
        by = tuple(own) or tuple(gate.get("by", ()))
        if by:
            found.append(_rule(by, gate, config, fairness=fairness, stated=bool(own)))
    return found


def _rule(
    by: tuple[str, ...], gate: Mapping[str, Any], config: ModelConfig, *, fairness: bool, stated: bool
) -> SliceRule:
    usual = BIAS if fairness and config.task != "multiclass" else config.metric
    named = str(gate.get("metric", usual))
    metric = "recall" if named == "true_positive_rate" else named
    if metric not in metrics_of(config.task):
        return SliceRule(by, usual, fairness=fairness, stated=stated)
    if fairness:
        most = gate.get("max_difference", inf)
        return SliceRule(by, metric, -most, most, fairness=True, stated=stated)
    return SliceRule(by, metric, gate.get("at_least", -inf), gate.get("at_most", inf), stated=stated)


def sliced(rows: pl.DataFrame, judged: Judged, rule: SliceRule, bar: Bar) -> Iterator[Check]:
    """Yield a check for each value of each column, those of few rows together.

    Args:
        rows: the judged rows, with a column `by NAME` for each that is logged.
        judged: the same rows.
        rule: what slices are held to.
        bar: how many rows are enough.
    """
    for column in rule.by:
        if f"by {column}" not in rows.columns:
            if rule.stated:
                note = f"nobody logged {column}, so rows cannot be grouped by it"
                yield Check(PERFORMANCE, f"{column} {rule.metric}", Verdict.INCONCLUSIVE, note)
            continue
        groups = _groups(rows[f"by {column}"], bar.min_rows)
        large = {name: places for name, places in groups.items() if len(places) >= bar.min_rows}
        for name, places in groups.items():
            yield _slice(f"{column}={name}", judged, places, rule, bar, claims=len(large))


def _groups(values: pl.Series, min_rows: int) -> dict[str, NDArray[np.int64]]:
    import polars as pl

    frame = pl.DataFrame({"value": values.fill_null(MISSING)}).with_row_index("place")
    found = frame.group_by("value").agg("place").with_columns(pl.col("place").list.len().alias("rows"))
    ordered = found.sort("rows", "value", descending=[True, False])
    large = ordered.filter(pl.col("rows") >= min_rows).head(_MOST)
    small = ordered.join(large.select("value"), on="value", how="anti")
    groups = {
        str(name): places.to_numpy() for name, places in zip(large["value"], large["place"], strict=True)
    }
    if small.height:
        name = OTHERS if small.height > 1 else str(small["value"][0])
        groups[name] = small["place"].explode().sort().to_numpy()
    return {name: places.astype("int64") for name, places in groups.items()}


def _slice(
    label: str, judged: Judged, places: NDArray[np.int64], rule: SliceRule, bar: Bar, *, claims: int
) -> Check:
    name = f"{label} {rule.metric}"
    own = judged.take(places)
    try:
        found = measured(rule.metric, own)
        bounds = _against_others(judged, places, rule) if rule.fairness else found.bounds
    except Unmeasurable as reason:
        return Check(PERFORMANCE, name, Verdict.INCONCLUSIVE, str(reason), method=METHOD)
    thin = bar.too_thin(own.rows, bounds.blocks)
    if thin:
        verdict, note = Verdict.INCONCLUSIVE, thin
    elif not rule.limited:
        verdict, note = Verdict.PASS, "measured; no limit is declared"
    else:
        surer = bounds.widened(max(claims, 1), CONFIDENCE)
        verdict = verdict_of(bounds, rule.least, rule.most, surer=surer)
        note = in_doubt(verdict, _words(bounds, rule))
    evidence = {"rows": own.rows, "blocks": bounds.blocks, "slice": label}
    if rule.fairness:
        evidence |= {"apart": bounds.mean}
    return Check(
        PERFORMANCE,
        name,
        verdict,
        note,
        found.bounds.mean,
        finite(found.bounds.lower),
        finite(found.bounds.upper),
        rule.least if rule.least > -inf else finite(rule.most),
        METHOD,
        evidence=evidence,
    )


def _against_others(judged: Judged, places: NDArray[np.int64], rule: SliceRule) -> Bounds:
    import numpy as np

    others = np.ones(judged.rows, dtype=bool)
    others[places] = False
    if not others.any():
        raise Unmeasurable("all rows are of this group, so there is none to compare with")
    return difference_bounds(
        row_parts(rule.metric, judged.take(places)), row_parts(rule.metric, judged.take(others))
    )


def _words(bounds: Bounds, rule: SliceRule) -> str:
    if rule.fairness:
        return (
            f"{bounds.mean:+.4f} against all the others, bounds {bounds.lower:+.4f} and {bounds.upper:+.4f}; "
            f"must be at most {rule.most:g} apart"
        )
    limits = {"at least": rule.least, "at most": rule.most}
    said = " and ".join(f"{word} {value:g}" for word, value in limits.items() if abs(value) < inf)
    return f"must be {said}"
