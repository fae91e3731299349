"""Small pictures, drawn here as SVG: a few hundred characters go to the browser, never the data."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from workbench.widgets.parts.text import html, joined

_EDGE = 2.0  # pixels of room around what is drawn


def line(
    values: Sequence[float | None],
    *,
    label: str,
    width: int = 320,
    height: int = 80,
    limit: float | None = None,
    marks: Sequence[int] = (),
) -> Markup:
    """Return values as a line; where there is none (None, NaN) it is interrupted.

    Args:
        values: from left to right.
        label: what it shows, in words; a screen reader reads this.
        width: in pixels.
        height: likewise.
        limit: drawn across.
        marks: places of values that are drawn as points.
    """
    known = [v for v in (*values, limit) if v is not None and math.isfinite(v)]
    if not known:
        return html('<span class="wb-quiet">no values</span>')
    across = _Scale(0, max(1, len(values) - 1), _EDGE, width - _EDGE)
    down = _Scale(min(known), max(known), height - _EDGE, _EDGE)
    points = [
        None if v is None or not math.isfinite(v) else f"{across(i):.1f},{down(v):.1f}"
        for i, v in enumerate(values)
    ]
    drawn = [html('<path class="wb-line" d="{path}"/>', path=_path(points))]
    if limit is not None:
        y = f"{down(limit):.1f}"
        drawn.append(html('<line class="wb-limit" x1="0" x2="{w}" y1="{y}" y2="{y}"/>', w=width, y=y))
    drawn += [_dot(points[i], "wb-dot") for i in marks if points[i]]
    alone = [p for i, p in enumerate(points) if p and not any(points[j] for j in _beside(i, len(points)))]
    drawn += [_dot(p, "wb-dot") for p in alone]
    return _svg(drawn, label, width, height)


def bars(
    values: Sequence[float],
    *,
    label: str,
    width: int = 160,
    height: int = 36,
    names: Sequence[str] = (),
) -> Markup:
    """Return values as bars that stand on one line; each tells its name and value under the pointer."""
    top = max((v for v in values if math.isfinite(v)), default=0.0)
    return _svg(_columns(values, top, width, height, names), label, width, height)


def histograms(
    current: Sequence[float],
    reference: Sequence[float] | None = None,
    *,
    label: str,
    width: int = 160,
    height: int = 36,
    names: Sequence[str] = (),
) -> Markup:
    """Return the shares of each bin as bars, and those of a reference as an outline over them.

    Args:
        current: share or count of each bin.
        reference: of the same bins; both are drawn to the same whole.
        label: what it shows, in words.
        width: in pixels.
        height: likewise.
        names: of the bins.
    """
    now = _shares(current)
    then = _shares(reference) if reference is not None else []
    top = max([*now, *then], default=0.0)
    drawn = _columns(now, top, width, height, names)
    if then:
        step, down = width / len(then), _Scale(0, top or 1, height - _EDGE, _EDGE)
        stairs = [
            f"{x:.1f},{down(v):.1f}" for i, v in enumerate(then) for x in (i * step, (i + 1) * step - 1)
        ]
        drawn.append(html('<path class="wb-outline" d="{path}"/>', path=_path(stairs)))
    return _svg(drawn, label, width, height)


def _columns(
    values: Sequence[float], top: float, width: int, height: int, names: Sequence[str]
) -> list[Markup]:
    step = width / max(1, len(values))
    drawn = []
    for i, value in enumerate(values):
        high = (height - 2 * _EDGE) * value / top if top and math.isfinite(value) else 0.0
        high = max(high, 1.0) if value else 0.0
        name = f"{names[i]}: {value:.3g}" if i < len(names) else f"{value:.3g}"
        drawn.append(
            html(
                '<rect class="wb-bar" x="{x}" y="{y}" width="{w}" height="{h}"><title>{name}</title></rect>',
                x=f"{i * step:.1f}",
                y=f"{height - _EDGE - high:.1f}",
                w=f"{max(1.0, step - 1):.1f}",
                h=f"{high:.1f}",
                name=name,
            )
        )
    return drawn


def _shares(values: Sequence[float]) -> list[float]:
    known = [v if math.isfinite(v) else 0.0 for v in values]
    whole = sum(known)
    return [v / whole for v in known] if whole else known


def _svg(drawn: Sequence[Markup], label: str, width: int, height: int) -> Markup:
    return html(
        '<svg class="wb-chart" role="img" aria-label="{label}" width="{w}" height="{h}" '
        'viewBox="0 0 {w} {h}">{drawn}</svg>',
        label=label,
        w=width,
        h=height,
        drawn=joined(drawn),
    )


def _path(points: Sequence[str | None]) -> str:
    parts, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        parts.append(f"{pen}{point}")
        pen = "L"
    return "".join(parts)


def _dot(point: str | None, tone: str) -> Markup:
    x, y = (point or "0,0").split(",")
    return html('<circle class="{tone}" cx="{x}" cy="{y}" r="2.5"/>', tone=tone, x=x, y=y)


def _beside(i: int, count: int) -> list[int]:
    return [j for j in (i - 1, i + 1) if 0 <= j < count]


class _Scale:
    """Maps one range onto another."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self._low, self._start = low, start
        self._by = (end - start) / (high - low) if high > low else 0.0
        self._still = (start + end) / 2 if high <= low else None

    def __call__(self, value: float) -> float:
        return self._still if self._still is not None else self._start + (value - self._low) * self._by
