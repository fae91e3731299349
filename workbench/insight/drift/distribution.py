"""A column of the reference and of a window side by side, as the report of the window kept them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any


@dataclass(frozen=True)
class Numbers:
    """Two histograms between common edges; what lies farther out is in the outermost bars.

    Attributes:
        edges: one more than there are bars.
        reference, window: shares of the rows with a value, from 0 to 1.
        means: of the reference and of the window.
    """

    edges: tuple[float, ...]
    reference: tuple[float, ...]
    window: tuple[float, ...]
    means: tuple[float, float] | None


@dataclass(frozen=True)
class Names:
    """Shares of names; the last one is None where it stands for all others.

    Attributes:
        names: those that matter most in either.
        reference, window: shares of the rows with a name, from 0 to 1.
    """

    names: tuple[str | None, ...]
    reference: tuple[float, ...]
    window: tuple[float, ...]


def distribution_of(evidence: Mapping[str, Any]) -> Numbers | Names | None:
    """Return what the evidence of a check holds for drawing; None where nothing can be drawn."""
    try:
        reference, window = (tuple(map(float, evidence[side])) for side in ("reference", "window"))
        if evidence["kind"] == "numbers":
            edges = tuple(map(float, evidence["edges"]))
            means = tuple(map(float, evidence.get("means", ())))
            found: Numbers | Names = Numbers(edges, reference, window, means if len(means) == 2 else None)
            drawable = len(edges) == len(reference) + 1 and all(map(isfinite, edges))
        else:
            names = tuple(None if name is None else str(name) for name in evidence["names"])
            found, drawable = Names(names, reference, window), len(names) == len(reference)
    except (KeyError, TypeError, ValueError):
        return None
    return found if drawable and len(reference) == len(window) > 0 else None
