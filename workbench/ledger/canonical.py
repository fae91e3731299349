"""The one JSON text that a value has, so that its hash survives every store."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any


def canonical(value: Any, *, where: str = "data") -> str:
    """Return `value` as JSON with sorted keys, no spaces and only ASCII characters.

    Args:
        value: JSON types only; tuples become lists.
        where: what the value is called in an error.

    Raises:
        TypeError: something in it is not a JSON type, or a key is not text.
        ValueError: a number in it is not finite, or it contains itself.
    """
    try:
        if not _keys_are_text(value):
            _explain(value, where, frozenset())
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        _explain(value, where, frozenset())
        raise


def _keys_are_text(value: Any) -> bool:
    """Tell whether all keys are text; JSON would silently make text of others."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and _keys_are_text(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(_keys_are_text, value))
    return True


def _explain(value: Any, where: str, within: frozenset[int]) -> None:
    """Raise the error that names the offending part; return when there is none."""
    if id(value) in within:
        raise ValueError(f"{where} contains itself; the ledger holds plain JSON only.")
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{where} has the key {key!r}, but keys must be text.")
            _explain(item, f"{where}.{key}", within | {id(value)})
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            _explain(item, f"{where}[{index}]", within | {id(value)})
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} is {value}, but the ledger holds finite numbers only; write None instead.")
    elif value is not None and not isinstance(value, (str, bool, int, float)):
        raise TypeError(
            f"{where} is {value!r} of type {type(value).__name__}, but the ledger holds JSON types only; "
            "convert it first."
        )
