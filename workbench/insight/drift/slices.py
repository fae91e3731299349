"""For whom a window's answers were good, and for whom not: slices, and groups that should fare alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.insight.drift.looked import looked_at, window_at
from workbench.insight.drift.measured import is_slice
from workbench.monitoring.finding import PERFORMANCE, Check
from workbench.registry.verdict import Verdict, combined

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store


@dataclass(frozen=True)
class SliceResult:
    """A metric of the rows that share a value.

    Attributes:
        name: of the check, the same in every window: `carrier=AA auc`.
        value_name: what the rows share: `AA`.
        value, lower, upper: of the metric, with its interval.
        limit: None where nothing is asked of it; of a group, how far it may be from all the others.
        apart: of a group, how far it is from all the other rows; None of a slice.
    """

    name: str
    value_name: str
    metric: str
    value: float | None
    lower: float | None
    upper: float | None
    limit: float | None
    apart: float | None
    rows: int | None
    verdict: Verdict
    note: str


@dataclass(frozen=True)
class Grouping:
    """The slices by one column, or the groups by it.

    Attributes:
        column: by which rows are grouped.
        metric: that they are held to.
        fairness: whether each is held against all the other rows, and not against a limit of its own.
        overall: the metric of all rows; None where it was not measured.
        results: those that failed first, then those in doubt.
    """

    column: str
    metric: str
    fairness: bool
    overall: float | None
    results: tuple[SliceResult, ...]

    @property
    def verdict(self) -> Verdict:
        """What all of them come to together."""
        return combined(result.verdict for result in self.results)


@dataclass(frozen=True)
class SlicePoint:
    """A slice in one window; see `SliceResult`."""

    window: int
    since: datetime
    until: datetime
    value: float | None
    lower: float | None
    upper: float | None
    limit: float | None
    verdict: Verdict
    note: str


def slices(store: Store, person: Person, model: str, window: int) -> tuple[Grouping, ...]:
    """Return the slices and groups of a window, those first that failed; its report is read from the ledger.

    Args:
        store: of the project.
        person: who asks.
        model: its name.
        window: its position.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or window.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    report = store.report(window_at(store, model, window))
    checks = report.of(PERFORMANCE)
    overall = {check.name: check.value for check in checks if check.version is None}
    found: dict[tuple[str, str, bool], list[SliceResult]] = {}
    for check in checks:
        if check.version is None and is_slice(check.name):
            column, result = _result(check)
            found.setdefault((column, result.metric, "apart" in check.evidence), []).append(result)
    groupings = (
        Grouping(*key, overall.get(key[1]), tuple(sorted(results, key=_order)))
        for key, results in found.items()
    )
    return tuple(sorted(groupings, key=lambda each: (each.fairness, _WORST[each.verdict], each.column)))


def slice_over_time(store: Store, person: Person, model: str, name: str) -> tuple[SlicePoint, ...]:
    """Return one slice in every window in which it was asked about, from memory.

    Args:
        store: of the project.
        person: who asks.
        model: its name.
        name: of the check: `carrier=AA auc`.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view")
    return tuple(
        SlicePoint(
            window.position,
            window.since,
            window.until,
            check.value,
            check.lower,
            check.upper,
            check.limit,
            check.verdict,
            check.note,
        )
        for window in looked_at(store, model)
        for check in window.of(PERFORMANCE)
        if check.name == name and check.version is None
    )


def _result(check: Check) -> tuple[str, SliceResult]:
    own: Mapping[str, object] = check.evidence
    label, _, metric = check.name.rpartition(" ")
    column, _, value = str(own.get("slice", label)).partition("=")
    apart, rows = own.get("apart"), own.get("rows")
    result = SliceResult(
        name=check.name,
        value_name=value,
        metric=metric,
        value=check.value,
        lower=check.lower,
        upper=check.upper,
        limit=check.limit,
        apart=float(apart) if isinstance(apart, int | float) else None,
        rows=rows if isinstance(rows, int) else None,
        verdict=check.verdict,
        note=check.note,
    )
    return column, result


_WORST = {Verdict.FAIL: 0, Verdict.INCONCLUSIVE: 1, Verdict.PASS: 2}


def _order(result: SliceResult) -> tuple[int, int]:
    return _WORST[result.verdict], -(result.rows or 0)
