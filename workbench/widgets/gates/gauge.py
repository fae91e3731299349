"""A number between its limits, as a small picture: what is allowed, the value, its bounds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workbench.widgets.gates.words import measured
from workbench.widgets.parts.text import html

if TYPE_CHECKING:
    from markupsafe import Markup

    from workbench.insight.deployments.measures import Measure

_WIDE, _HIGH, _EDGE = 150.0, 16.0, 5.0


def gauge(measure: Measure) -> Markup:
    """Return the picture: the allowed part is a bar, the value a dot, its bounds a line."""
    there = [measure.value, measure.lower, measure.upper, measure.at_least, measure.at_most]
    known = [each for each in there if each is not None and math.isfinite(each)]
    low, high = min(known), max(known)
    room = 0.18 * ((high - low) or abs(high) or 1.0)
    low, high = low - room, high + room

    def at(value: float | None, otherwise: float) -> float:
        if value is None or not math.isfinite(value):
            return otherwise
        return _EDGE + (_WIDE - 2 * _EDGE) * (value - low) / (high - low)

    begin, end = at(measure.at_least, 0.0), at(measure.at_most, _WIDE)
    middle, value = _HIGH / 2, at(measure.value, 0.0)
    return html(
        '<svg class="wb-chart" role="img" aria-label="{label}" width="{w}" height="{h}" '
        'viewBox="0 0 {w} {h}"><title>{label}</title>'
        '<rect class="wb-allowed" x="{begin}" y="2" width="{wide}" height="{tall}"/>'
        '<line class="wb-stroke wb-on-quiet" x1="{left}" x2="{right}" y1="{m}" y2="{m}"/>'
        '<circle class="wb-point wb-on-{tone}" cx="{value}" cy="{m}" r="3.5"/></svg>',
        label=measured(measure),
        w=_WIDE,
        h=_HIGH,
        begin=f"{begin:.1f}",
        wide=f"{max(end - begin, 0):.1f}",
        tall=_HIGH - 4,
        left=f"{at(measure.lower, value):.1f}",
        right=f"{at(measure.upper, value):.1f}",
        m=middle,
        value=f"{value:.1f}",
        tone="good" if _is_within(measure) else "bad",
    )


def _is_within(measure: Measure) -> bool:
    above = measure.at_least is None or measure.value >= measure.at_least
    return above and (measure.at_most is None or measure.value <= measure.at_most)
