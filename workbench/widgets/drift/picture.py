"""Both distributions of a column, and a metric window after window, as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from workbench.insight.drift import DriftCell, Names, Numbers, PerformancePoint, better
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
    known = [(i, p, p.best) for i, p in enumerate(points)]
    told = [(i, p, b) for i, p, b in known if b is not None and b.value is not None]
    if not told:
        return html('<p class="wb-quiet">{metric} is not known in any window yet.</p>', metric=metric)
    values = [v for _, _, b in told for v in (b.value, b.lower, b.upper, b.limit) if v is not None]
    room = 0.08 * ((max(values) - min(values)) or 1.0)
    axes = Axes(
        f"{metric} in each window",
        x=f"window · {better(metric)}",
        y=metric,
        across=(-0.5, max(len(points), 2) - 0.5),
        up=(min(values) - room, max(values) + room),
        height=210,
    )
    bounded = [(i, b) for i, _, b in told if b.lower is not None and b.upper is not None]
    axes.area(
        [i for i, _ in bounded],
        [b.lower or 0.0 for _, b in bounded],
        [b.upper or 0.0 for _, b in bounded],
        "brand",
    )
    line: list[float | None] = [b.value if b is not None and not p.is_estimate else None for _, p, b in known]
    axes.line(list(range(len(points))), line)
    for estimated in (False, True):
        mine = [(i, p, b) for i, p, b in told if p.is_estimate is estimated]
        for failed in (False, True):
            some = [(i, p, b) for i, p, b in mine if (b.verdict.value == "fail") is failed]
            axes.points(
                [i for i, _, _ in some],
                [float(b.value or 0.0) for _, _, b in some],
                "bad" if failed else "quiet" if estimated else "brand",
                titles=[f"{day(p.since)}: {metric} {value_words(p)}" for _, p, _ in some],
                crossed=estimated,
            )
    limits = [b.limit for _, _, b in told if b.limit is not None]
    if limits:
        axes.level(limits[-1])
    place = next((i for i, p in enumerate(points) if p.window == chosen), None)
    if place is not None:
        axes.upright(place, "text", dashed=True)
    step = max(1, -(-len(points) // 6))
    days = [(float(i), day(points[i].since)[:-5]) for i in range(0, len(points), step)]
    key = [("brand", "measured, with its interval")]
    key += [("quiet", "estimated, ×")] if any(p.is_estimate for _, p, _ in told) else []
    key += [("bad", "limit; points beyond it")] if limits else []
    return axes.svg(days) + legend(key)


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
