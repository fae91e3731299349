"""One column in one window: how both sides are spread, how far apart they are, and what that means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.errors import UnknownNameError
from workbench.insight.drift.distribution import Names, Numbers, distribution_of
from workbench.insight.drift.looked import window_at
from workbench.insight.drift.scale import CHANCES, excess, limit_words, method_meaning, method_name
from workbench.monitoring.finding import DRIFT, KINDS, Check
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store


@dataclass(frozen=True)
class DriftCell:
    """A column, the score or the truth of a window beside the reference's.

    Attributes:
        kind: of the check: drift, prediction_drift or label_drift.
        feature: its name.
        version: of the model whose answers they are; None where the question is about all rows.
        reference: the version whose reference the window was held against; None where there was none.
        note: what is seen, in words.
        method: `wasserstein` …; empty where nothing was measured.
        score: by that method.
        limit: from which on (of probabilities: up to which) the score is beyond it.
        lower, upper: the score's interval, where there is one.
        excess: the score as a multiple of its limit, above 1 beyond it.
        p: how often blocks of the reference itself differ as much, from 0 to 1.
        adjusted: the same after the correction for as many columns as were asked about.
        rows: of the window with a value.
        blocks: of time in which they lie.
        missing, missing_reference: shares of the rows without a value.
        unseen: share of the rows whose name the reference does not have; None of numbers.
        distribution: both sides, for drawing; None where there is nothing to draw.
    """

    model: str
    window: int
    since: datetime
    until: datetime
    kind: str
    feature: str
    version: int | None
    reference: int | None
    verdict: Verdict
    note: str
    method: str
    score: float | None
    limit: float | None
    lower: float | None
    upper: float | None
    excess: float | None
    p: float | None
    adjusted: float | None
    rows: int | None
    blocks: int | None
    missing: float | None
    missing_reference: float | None
    unseen: float | None
    distribution: Numbers | Names | None

    @property
    def method_name(self) -> str:
        """The method's name as people write it."""
        return method_name(self.method)

    @property
    def method_meaning(self) -> str:
        """What the method measures, in words."""
        return method_meaning(self.method)

    @property
    def limit_words(self) -> str:
        """From where on a score is beyond its limit, in words."""
        return limit_words(self.limit, self.method)

    @property
    def effect(self) -> str:
        """How far the score is from its limit and what chance has to do with it, in a sentence."""
        if self.score is None or self.excess is None:
            return self.note or "Nothing could be measured."
        if self.method in CHANCES:
            far = "beyond its limit" if self.excess >= 1 else "within its limit"
        elif self.excess >= 1:
            far = f"{self.excess:.3g} times its limit"
        else:
            far = f"within its limit, at {self.excess:.0%} of it"
        if self.verdict is Verdict.FAIL:
            return f"It has drifted: the score is {far}, and chance would hardly make it so."
        if self.verdict is Verdict.INCONCLUSIVE:
            return f"Nothing can be concluded: the score is {far}."
        if self.excess >= 1:
            return f"It counts as stable: the score is {far}, but that is not enough to call it drift."
        return f"It is stable: the score is {far}."

    @property
    def chance(self) -> str:
        """How likely as much is without any drift, in words; empty where no test was made."""
        if self.p is None:
            return ""
        what = "Blocks of the reference itself differ" if self.blocks else "Samples of one population differ"
        said = f"{what} as much with p = {self.p:.2g}"
        if self.adjusted is None:
            return f"{said}."
        return f"{said}; {self.adjusted:.2g} after the correction for all columns of the window."


def drift_cell(
    store: Store,
    person: Person,
    model: str,
    window: int,
    feature: str,
    *,
    kind: str = DRIFT,
    version: int | None = None,
) -> DriftCell:
    """Return everything that is known of a column in a window; its report is read from the ledger.

    Args:
        store: of the project.
        person: who asks.
        model: its name.
        window: its position, as `drift_map` has it.
        feature: the column's name; the check's, for another kind.
        kind: `drift`, `prediction_drift` or `label_drift`.
        version: of the model, for a check that is about one.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model, window or column.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    brief = window_at(store, model, window)
    report = store.report(brief)
    check = _check(report.of(kind) if kind in KINDS else (), feature, version)
    own = check.evidence
    return DriftCell(
        model=model,
        window=window,
        since=report.since,
        until=report.until,
        kind=check.kind,
        feature=check.name,
        version=check.version,
        reference=report.reference,
        verdict=check.verdict,
        note=check.note,
        method=check.method,
        score=check.value,
        limit=check.limit,
        lower=check.lower,
        upper=check.upper,
        excess=excess(check.value, check.limit, check.method),
        p=_number(own, "p"),
        adjusted=_number(own, "adjusted"),
        rows=own.get("rows"),
        blocks=own.get("blocks"),
        missing=_number(own, "missing"),
        missing_reference=_number(own, "missing_reference"),
        unseen=_number(own, "unseen"),
        distribution=distribution_of(own),
    )


def _check(checks: Sequence[Check], feature: str, version: int | None) -> Check:
    named = [check for check in checks if check.name == feature]
    found = next((check for check in named if version is None or check.version == version), None)
    if found is None:
        raise UnknownNameError("column", feature, [check.name for check in checks])
    return found


def _number(evidence: Mapping[str, Any], name: str) -> float | None:
    value = evidence.get(name)
    return float(value) if isinstance(value, int | float) else None
