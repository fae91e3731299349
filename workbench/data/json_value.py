"""Values that JSON gives back as it was given them."""

from __future__ import annotations

import json
import math
from typing import Any

from workbench.errors import UsageError


def check_json(value: Any, where: str) -> None:
    """Check that a value survives JSON; tuples are let through and come back as lists.

    Raises:
        UsageError: it would not; the message names the place, as in `scores.auc[3]`.
    """
    if value is None or isinstance(value, str | bool | int):
        return
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _refused(where, f"{value!r}, which JSON cannot hold", "Save None for a missing number.")
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise _refused(where, f"a dict with the key {key!r}", "Keys are texts: use str(key).")
            check_json(inner, f"{where}.{key}")
        return
    if isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            check_json(inner, f"{where}[{number}]")
        return
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if hasattr(value, "item"):
        raise _refused(where, f"a {name}", "Use value.item() for a NumPy scalar, .tolist() for an array.")
    raise _refused(where, f"a {name}", "Turn it into numbers, texts, lists and dicts of these first.")


def canonical_json(value: Any) -> bytes:
    """Return the one JSON text that equal values have, whatever the order of their keys."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()


def _refused(where: str, what: str, hint: str) -> UsageError:
    return UsageError(f"{where} is {what}, so it cannot be saved as JSON.", hint=hint)
