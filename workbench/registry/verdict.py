"""What a gate, or all of them together, say of a candidate."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """Pass, fail, or inconclusive: the evidence is missing, not a number, or too thin."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"

    @property
    def mark(self) -> str:
        """The sign before its word, for those who see no colours."""
        return {"pass": "✓", "fail": "✗", "inconclusive": "?"}[self.value]


def combined(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict over several gates: one no decides, then one doubt; none at all is a doubt."""
    found = set(verdicts)
    for worst in (Verdict.FAIL, Verdict.INCONCLUSIVE):
        if worst in found:
            return worst
    return Verdict.PASS if found else Verdict.INCONCLUSIVE
