"""Both distributions of a column, and a metric window after window, as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.insight.drift import DriftCell, Names, Numbers, PerformancePoint, better
from workbench.registry.verdict import Verdict
from workbench.widgets.drift.words import day, value_words
from workbench.widgets.parts.axes import Axes
from workbench.widgets.parts.text import html, joined
from workbench.widgets.parts.tiles import legend, share_bar

if TYPE_CHECKING:
    from markupsafe import Markup

_KEY = (("quiet", "what training saw"), ("brand", "the window"))
_OTHERS = "all others"


def distributions(cell: DriftCell) -> Markup:
    """Return how the reference and the window are spread."""
    found = cell.distribution
    if isinstance(found, Numbers):
        return _numbers(cell.feature, found) + legend(_KEY)
    if isinstance(found, Names):
        return _names(found)
    return html('<p class="wb-quiet">{why}</p>', why=cell.note or "Nothing was kept to be drawn.")


def metric_line(points: Sequence[PerformancePoint], metric: str, chosen: int) -> Markup:
    """Return a metric in each window with its interval; what is estimated is a cross.

    Args:
        points: the windows, the earliest first.
        metric: its name.
        chosen: position of the window that is looked into.
    """
    told = [_Told(place, point, point.best) for place, point in enumerate(points) if _is_known(point)]
    if not told:
        return html('<p class="wb-quiet">{metric} is not known in any window yet.</p>', metric=metric)
    values = [v for each in told for v in each.numbers if v is not None]
    room = 0.08 * ((max(values) - min(values)) or 1.0)
    axes = Axes(
        f"{metric} in each window",
        x=f"window · {better(metric)}",
        y=metric,
        across=(-0.5, max(len(points), 2) - 0.5),
        up=(min(values) - room, max(values) + room),
        height=210,
    )
    _draw_values(axes, told, len(points), metric)
    limits = [each.best.limit for each in told if each.best.limit is not None]
    if limits:
        axes.level(limits[-1])
    place = next((place for place, point in enumerate(points) if point.window == chosen), None)
    if place is not None:
        axes.upright(place, "text", dashed=True)
    step = max(1, -(-len(points) // 6))
    days = [(float(place), day(points[place].since)[:-5]) for place in range(0, len(points), step)]
    key = [("brand", "measured, with its interval")]
    key += [("quiet", "estimated, ×")] if any(each.point.is_estimate for each in told) else []
    key += [("bad", "limit; points beyond it")] if limits else []
    return axes.svg(days) + legend(key)


class _Told(NamedTuple):
    place: int
    point: PerformancePoint
    best: Any

    @property
    def numbers(self) -> tuple[float | None, ...]:
        return (self.best.value, self.best.lower, self.best.upper, self.best.limit)


def _is_known(point: PerformancePoint) -> bool:
    return point.best is not None and point.best.value is not None


def _draw_values(axes: Axes, told: Sequence[_Told], windows: int, metric: str) -> None:
    """Draw intervals, a line through what was measured, and a point for each window."""
    bounded = [each for each in told if each.best.lower is not None and each.best.upper is not None]
    lower, upper = [each.best.lower for each in bounded], [each.best.upper for each in bounded]
    axes.area([each.place for each in bounded], lower, upper, "brand")
    measured = {each.place: each.best.value for each in told if not each.point.is_estimate}
    axes.line(list(range(windows)), [measured.get(place) for place in range(windows)])
    for each in told:
        usual = "quiet" if each.point.is_estimate else "brand"
        axes.points(
            [each.place],
            [each.best.value],
            "bad" if each.best.verdict is Verdict.FAIL else usual,
            titles=[f"{day(each.point.since)}: {metric} {value_words(each.point)}"],
            crossed=each.point.is_estimate,
        )


def _numbers(name: str, found: Numbers) -> Markup:
    edges = found.edges
    top = max(*found.reference, *found.window) or 1.0
    axes = Axes(
        f"{name} in the window and in training",
        x=name,
        y="rows, %",
        across=(edges[0], edges[-1]),
        up=(0.0, 108 * top),
        height=210,
    )
    xs = [edge for pair in pairwise(edges) for edge in pair]

    def stairs(shares: Sequence[float]) -> list[float]:
        return [100 * share for share in shares for _ in range(2)]

    for tone, shares in (("quiet", found.reference), ("brand", found.window)):
        heights = stairs(shares)
        axes.area(xs, [0.0] * len(xs), heights, tone)
        axes.line(xs, heights, tone)
    if found.means is not None:
        for tone, mean in zip(("quiet", "brand"), found.means, strict=True):
            axes.upright(mean, tone, dashed=True)
    return axes.svg()


def _names(found: Names) -> Markup:
    top = max(*found.reference, *found.window) or 1.0
    rows = joined(
        html(
            "<tr><td>{name}</td><td>{then}</td><td>{now}</td></tr>",
            name=_OTHERS if name is None else name,
            then=share_bar(then / top, f"{100 * then:.3g} %"),
            now=share_bar(now / top, f"{100 * now:.3g} %"),
        )
        for name, then, now in zip(found.names, found.reference, found.window, strict=True)
    )
    return html(
        '<div class="wb-scroll"><table class="wb-table"><thead><tr><th scope="col">name</th>'
        '<th scope="col">what training saw</th><th scope="col">the window</th></tr></thead>'
        "<tbody>{rows}</tbody></table></div>",
        rows=rows,
    )
