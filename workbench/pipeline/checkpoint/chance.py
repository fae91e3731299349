"""The state of the two generators of random numbers that code may draw from without naming any."""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from typing import Any


def chance_state() -> dict[str, Any]:
    """Return the state of `random`, and of NumPy's global generator where NumPy is in use, as JSON."""
    version, numbers, gauss = random.getstate()
    state: dict[str, Any] = {"random": [version, list(numbers), gauss]}
    if "numpy" in sys.modules:
        import numpy as np

        kind, keys, place, has_gauss, cached = np.random.get_state(legacy=True)
        state["numpy"] = [kind, [int(key) for key in keys], int(place), int(has_gauss), float(cached)]
    return state


def set_chance(state: Mapping[str, Any]) -> None:
    """Let both generators go on where they were."""
    version, numbers, gauss = state["random"]
    random.setstate((version, tuple(numbers), gauss))
    if "numpy" in state:
        import numpy as np

        kind, keys, place, has_gauss, cached = state["numpy"]
        np.random.set_state((kind, np.array(keys, dtype=np.uint32), place, has_gauss, cached))
