"""A picture with two axes, drawn here as SVG: lines, steps and points of some hundred places."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from workbench.widgets.parts.text import html, joined

_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 12.0, 10.0, 40.0
_TICKS = 5


class Axes:
    """A picture that grows by what is drawn into it.

    Args:
        label: what it shows, in words; a screen reader reads this.
        x: what the axis shows, with its unit.
        y: likewise.
        across: least and greatest x.
        up: least and greatest y.
        width: in pixels, at most.
        height: likewise.
    """

    def __init__(
        self,
        label: str,
        *,
        x: str,
        y: str,
        across: tuple[float, float],
        up: tuple[float, float],
        width: int = 640,
        height: int = 240,
    ) -> None:
        self._label, self._x, self._y = label, x, y
        self._across, self._up = _room(across), _room(up)
        self._width, self._height = width, height
        self._drawn: list[Markup] = []

    def line(self, xs: Sequence[float], ys: Sequence[float | None], tone: str = "brand") -> None:
        """Draw a line through points; where there is no y it is interrupted."""
        self._path([None if _none(y) else (x, float(y or 0)) for x, y in zip(xs, ys, strict=True)], tone)

    def steps(self, xs: Sequence[float], ys: Sequence[float | None], tone: str = "brand") -> None:
        """Draw what stays as it is until the next point."""
        places: list[tuple[float, float] | None] = []
        before: float | None = None
        for x, y in zip(xs, ys, strict=True):
            if before is not None:
                places.append((x, before))
            if not _none(y):
                before = y
                places.append((x, float(y or 0)))
        self._path(places, tone)

    def points(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        tone: str = "brand",
        *,
        titles: Sequence[str] = (),
        crossed: bool = False,
    ) -> None:
        """Draw points, each with what it is under the pointer; crosses in place of dots when `crossed`."""
        for place, (x, y) in enumerate(zip(xs, ys, strict=True)):
            at_x, at_y = self._at(x, y)
            title = titles[place] if place < len(titles) else ""
            shape = _CROSS if crossed else _DOT
            self._drawn.append(html(shape, tone=tone, x=f"{at_x:.1f}", y=f"{at_y:.1f}", title=title))

    def area(self, xs: Sequence[float], lower: Sequence[float], upper: Sequence[float], tone: str) -> None:
        """Fill what lies between two lines."""
        there = [self._at(x, y) for x, y in zip(xs, upper, strict=True)]
        back = [self._at(x, y) for x, y in zip(reversed(xs), reversed(lower), strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*there, *back])
        self._drawn.append(html('<polygon class="wb-area wb-on-{tone}" points="{p}"/>', tone=tone, p=path))

    def upright(self, x: float, tone: str = "warn", *, dashed: bool = False) -> None:
        """Draw a line from the bottom to the top."""
        at, _ = self._at(x, self._up[0])
        self._rule(at, at, _TOP, self._height - _BOTTOM, tone, dashed=dashed)

    def level(self, y: float, tone: str = "bad") -> None:
        """Draw a dashed line from left to right."""
        _, at = self._at(self._across[0], y)
        self._rule(_LEFT, self._width - _RIGHT, at, at, tone, dashed=True)

    def svg(self, x_names: Sequence[tuple[float, str]] | None = None) -> Markup:
        """Return the picture.

        Args:
            x_names: what stands below some x; their numbers when None.
        """
        below = x_names if x_names is not None else [(x, _short(x)) for x in _nice(*self._across)]
        return html(
            '<div class="wb-scroll"><svg class="wb-chart wb-axes" role="img" aria-label="{label}" '
            'viewBox="0 0 {w} {h}" '
            'style="max-width:{w}px">{grid}{drawn}</svg></div>',
            label=self._label,
            w=self._width,
            h=self._height,
            grid=joined([*self._sides(), *(self._below(x, name) for x, name in below), *self._titles()]),
            drawn=joined(self._drawn),
        )

    def _sides(self) -> list[Markup]:
        return [
            html(
                '<line class="wb-grid" x1="{l}" x2="{r}" y1="{y}" y2="{y}"/>'
                '<text class="wb-tick" x="{t}" y="{b}" text-anchor="end">{name}</text>',
                l=_LEFT,
                r=self._width - _RIGHT,
                y=f"{self._at(0, y)[1]:.1f}",
                t=_LEFT - 6,
                b=f"{self._at(0, y)[1] + 4:.1f}",
                name=_short(y),
            )
            for y in _nice(*self._up)
        ]

    def _below(self, x: float, name: str) -> Markup:
        at, _ = self._at(x, self._up[0])
        return html(
            '<text class="wb-tick" x="{x}" y="{y}" text-anchor="middle">{name}</text>',
            x=f"{at:.1f}",
            y=self._height - _BOTTOM + 16,
            name=name,
        )

    def _titles(self) -> list[Markup]:
        middle = (self._height - _BOTTOM + _TOP) / 2
        return [
            html(
                '<text class="wb-axis" x="{x}" y="{y}" text-anchor="middle">{words}</text>',
                x=(self._width + _LEFT - _RIGHT) / 2,
                y=self._height - 4,
                words=self._x,
            ),
            html(
                '<text class="wb-axis" transform="translate(12 {y}) rotate(-90)" text-anchor="middle">'
                "{words}</text>",
                y=middle,
                words=self._y,
            ),
        ]

    def _rule(self, x1: float, x2: float, y1: float, y2: float, tone: str, *, dashed: bool) -> None:
        self._drawn.append(
            html(
                '<line class="wb-stroke wb-on-{tone}{dash}" x1="{x1}" x2="{x2}" y1="{y1}" y2="{y2}"/>',
                tone=tone,
                dash=" wb-dashed" if dashed else "",
                x1=f"{x1:.1f}",
                x2=f"{x2:.1f}",
                y1=f"{y1:.1f}",
                y2=f"{y2:.1f}",
            )
        )

    def _path(self, places: Sequence[tuple[float, float] | None], tone: str) -> None:
        parts, pen = [], "M"
        for place in places:
            if place is None:
                pen = "M"
                continue
            x, y = self._at(*place)
            parts.append(f"{pen}{x:.1f},{y:.1f}")
            pen = "L"
        self._drawn.append(
            html('<path class="wb-stroke wb-on-{tone}" d="{d}"/>', tone=tone, d="".join(parts))
        )

    def _at(self, x: float, y: float) -> tuple[float, float]:
        (left, right), (low, high) = self._across, self._up
        wide, tall = self._width - _LEFT - _RIGHT, self._height - _TOP - _BOTTOM
        share_x = min(max((x - left) / (right - left), -0.01), 1.01)
        share_y = min(max((y - low) / (high - low), -0.02), 1.02)
        return _LEFT + wide * share_x, self._height - _BOTTOM - tall * share_y


_DOT = '<circle class="wb-point wb-on-{tone}" cx="{x}" cy="{y}" r="3"><title>{title}</title></circle>'
_CROSS = (
    '<path class="wb-stroke wb-on-{tone}" transform="translate({x} {y})" d="M-3-3L3 3M-3 3L3-3">'
    "<title>{title}</title></path>"
)


def _none(value: float | None) -> bool:
    return value is None or not math.isfinite(value)


def _room(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    return (low, high) if high > low else (low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1))


def _nice(low: float, high: float) -> list[float]:
    """Return some round numbers from low to high."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * by for by in (1, 2, 2.5, 5, 10) if power * by >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def _short(value: float) -> str:
    if abs(value) < 1e-12:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 and float(value).is_integer() else f"{value:.4g}"
