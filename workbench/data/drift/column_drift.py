"""What is said of one column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Said = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True)
class ColumnDrift:
    """How far a column of a window is from the reference's, and whether that is drift.

    A column has drifted (`fail`) when its value is beyond the limit *and* chance would hardly make it so.

    Attributes:
        name: the column.
        verdict: pass, fail, or inconclusive, with the reason in `note`.
        note: what is seen, in words.
        method: psi, jensenshannon, wasserstein, ks or chisquare; empty where nothing was measured.
        value: by that method, as Evidently 0.7 computes it.
        limit: from which on (`ks` and `chisquare`: up to which) the value is beyond it.
        beyond: whether it is.
        p: how often blocks of the reference itself differ as much; without times, of a test over rows.
        adjusted: the same after the correction for as many columns as were asked about (Benjamini–Hochberg).
        rows: of the window with a value.
        blocks: of time in which they lie; 0 when times were not given.
        missing: share of the window's rows without a value.
        missing_reference: likewise in the reference.
        missing_p: how often blocks of the reference itself differ as much in what is missing.
        unseen: share of the present rows whose name the reference does not have; None for numbers.
        evidence: both sides as small histograms, for drawing.
    """

    name: str
    verdict: Said
    note: str = ""
    method: str = ""
    value: float | None = None
    limit: float | None = None
    beyond: bool = False
    p: float | None = None
    adjusted: float | None = None
    rows: int = 0
    blocks: int = 0
    missing: float | None = None
    missing_reference: float | None = None
    missing_p: float | None = None
    unseen: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def drifted(self) -> bool:
        """Whether the column has drifted."""
        return self.verdict == "fail"

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON."""
        return {**self.__dict__, "evidence": dict(self.evidence)}
