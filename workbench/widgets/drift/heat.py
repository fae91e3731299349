"""The heat map: features × windows, a page of it, drawn here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.insight.drift import DriftMap
from workbench.registry.verdict import Verdict
from workbench.widgets.drift.words import day
from workbench.widgets.parts.clicks import ON_CLICK
from workbench.widgets.parts.text import html, joined

if TYPE_CHECKING:
    from markupsafe import Markup

ROWS = 16
"""Features on a page."""

_WIDE, _HIGH, _NAME, _FOOT = 640.0, 17.0, 150.0, 18.0
_LETTERS = 24
_TONES = {Verdict.PASS: "brand", Verdict.INCONCLUSIVE: "warn", Verdict.FAIL: "bad"}


def heat(found: DriftMap, places: Sequence[int], chosen: tuple[int, int] | None) -> Markup:
    """Return some features of a map as a picture; a click on a cell tells `FEATURE:WINDOW`, by their places.

    Args:
        found: the map.
        places: the features.
        chosen: feature and window that are looked into, by their places.
    """
    count = max(len(found.windows), 1)
    step = (_WIDE - _NAME) / count
    drawn = [_row(found, place, number, step) for number, place in enumerate(places)]
    if chosen is not None and chosen[0] in places:
        drawn.append(
            html(
                '<rect class="wb-chosen" pointer-events="none" x="{x}" y="{y}" width="{w}" height="{h}"/>',
                x=f"{_NAME + chosen[1] * step:.1f}",
                y=f"{list(places).index(chosen[0]) * _HIGH:.1f}",
                w=f"{step:.1f}",
                h=_HIGH - 1,
            )
        )
    return html(
        '<div class="wb-scroll"><svg class="wb-chart wb-axes" role="img" aria-label="{label}" '
        'viewBox="0 0 {w} {h}" {on_click} '
        'style="max-width:{max}px">{drawn}{foot}</svg></div>',
        label=f"Drift of {len(places)} columns in {len(found.windows)} windows",
        w=_WIDE,
        h=_HIGH * len(places) + _FOOT,
        max=int(_WIDE * 1.3),
        on_click=ON_CLICK,
        drawn=joined(drawn),
        foot=_foot(found, _HIGH * len(places), step),
    )


def _row(found: DriftMap, place: int, number: int, step: float) -> Markup:
    name = found.features[place]
    shown = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
    label = html(
        '<text class="wb-tick" x="{x}" y="{y}" text-anchor="end">{shown}<title>{name}</title></text>',
        x=_NAME - 6,
        y=f"{number * _HIGH + 12:.1f}",
        shown=shown,
        name=name,
    )
    cells = (_cell(found, place, window, number * _HIGH, step) for window in range(len(found.windows)))
    return label + joined(cells)


def _cell(found: DriftMap, place: int, number: int, top: float, step: float) -> Markup:
    verdict = found.verdict_of(place, number)
    if verdict is None:
        return html("")
    excess, score = float(found.excess[place, number]), float(found.score[place, number])
    window = found.windows[number]
    left = _NAME + number * step
    measured = f"{score:.3g}, {excess:.2g} × its limit" if math.isfinite(excess) else "not measured"
    cell = html(
        '<rect class="wb-cell wb-on-{tone}" data-place="{place}" x="{x}" y="{y}" width="{w}" height="{h}" '
        'fill-opacity="{o}"><title>{title}</title></rect>',
        tone=_TONES[verdict],
        place=f"{place}:{number}",
        x=f"{left:.1f}",
        y=f"{top:.1f}",
        w=f"{max(step - 0.6, 0.8):.1f}",
        h=_HIGH - 1,
        o=f"{_strength(verdict, excess):.2f}",
        title=f"{found.features[place]}, {day(window.since)}: {verdict.value}, {measured}",
    )
    if verdict is not Verdict.FAIL or step < 3:
        return cell
    dot = html(
        '<circle class="wb-dark" pointer-events="none" cx="{x}" cy="{y}" r="1.6"/>',
        x=f"{left + step / 2:.1f}",
        y=f"{top + _HIGH / 2:.1f}",
    )
    return cell + dot


def _strength(verdict: Verdict, excess: float) -> float:
    if not math.isfinite(excess):
        return 0.3
    if verdict is Verdict.PASS:
        return 0.08 + 0.3 * min(excess, 1.0)
    return 0.45 + 0.5 * min(math.log2(max(excess, 1.0)) / 3, 1.0)


def _foot(found: DriftMap, top: float, step: float) -> Markup:
    """Return some days below the windows."""
    count = len(found.windows)
    wanted = max(1, math.ceil(count / 6))
    return joined(
        html(
            '<text class="wb-tick" x="{x}" y="{y}" text-anchor="middle">{day}</text>',
            x=f"{_NAME + (number + 0.5) * step:.1f}",
            y=f"{top + 13:.1f}",
            day=day(found.windows[number].since)[:-5],
        )
        for number in range(0, count, wanted)
    )
