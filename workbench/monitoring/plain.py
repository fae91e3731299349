"""Checks as the ledger takes them: finite numbers, and nothing but plain JSON beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from workbench.monitoring.finding import Check
from workbench.registry.verdict import Verdict


def plain(check: Check) -> Check:
    """Return a check whose numbers are finite; one whose value is not has no answer."""
    made = replace(
        check,
        value=_number(check.value),
        lower=_number(check.lower),
        upper=_number(check.upper),
        limit=_number(check.limit),
        evidence=_plain(check.evidence),
    )
    if made.value is None and check.value is not None:
        note = f"it came to {check.value}, which is no number to hold against anything"
        return replace(made, verdict=Verdict.INCONCLUSIVE, note=note)
    return made


def _number(value: Any) -> float | None:
    return None if value is None or not isfinite(value) else float(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):  # a scalar of NumPy's
        value = value.item()
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)
