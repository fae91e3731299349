"""A number that a gate held to a limit, drawn: what is allowed is shaded."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from workbench.dashboards.app.components import NOTHING, duration, html, joined, short, size
from workbench.insight.deployments import Measure

_WIDTH, _HEIGHT, _MIDDLE = 220, 22, 11
_EDGE = 6  # pixels left at both ends


def pictures(measures: Sequence[Measure]) -> Markup:
    """Return a row for each number: where it and its bounds lie against its limits, drawn and in words."""
    if not measures:
        return Markup("")
    rows = (
        html(
            "<tr><th scope=row>{name}</th><td>{picture}</td><td class=number>{value}</td>"
            "<td class=quiet>{limit}</td></tr>",
            name=each.name,
            picture=_picture(each),
            value=_said(each.value, each.unit),
            limit=_limit(each),
        )
        for each in measures
    )
    return html('<table class="measures">{rows}</table>', rows=joined(rows))


def _limit(each: Measure) -> str:
    least, most = (_said(edge, each.unit) for edge in (each.at_least, each.at_most))
    if each.at_least is not None and each.at_most is not None:
        return f"from {least} to {most}"
    return f"at least {least}" if each.at_least is not None else f"at most {most}"


def _said(value: float | None, unit: str) -> str:
    if value is None:
        return NOTHING
    return {"seconds": duration, "bytes": size}.get(unit, short)(value)


def _picture(each: Measure) -> Markup:
    """Return where a number and its bounds lie against its limits, what is allowed being shaded."""
    edges = [each.lower, each.upper, each.at_least, each.at_most, each.value]
    known = [edge for edge in edges if edge is not None]
    low, high = min(known), max(known)
    if each.unit:
        low = min(low, 0.0)
    room = (high - low or abs(high) or 1.0) * 0.12
    low, high = low - room, high + room

    def at(value: float) -> float:
        return round(_EDGE + (value - low) / (high - low) * (_WIDTH - 2 * _EDGE), 1)

    begin = at(each.at_least) if each.at_least is not None else 0.0
    end = at(each.at_most) if each.at_most is not None else float(_WIDTH)
    whisker = (
        _whisker(
            at(each.lower if each.lower is not None else low),
            at(each.upper if each.upper is not None else high),
        )
        if (each.lower, each.upper) != (None, None)
        else ""
    )
    inside = begin <= at(each.value) <= end
    limits = joined(
        html('<line class="limit" x1="{x}" x2="{x}" y1="2" y2="{h}"/>', x=at(edge), h=_HEIGHT - 2)
        for edge in (each.at_least, each.at_most)
        if edge is not None
    )
    return html(
        '<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{words}">'
        "<title>{words}</title>"
        '<rect class="room" x="{begin}" y="4" width="{wide}" height="{tall}"/>{limits}{whisker}'
        '<circle class="{tone}" cx="{x}" cy="{y}" r="4.5"/></svg>',
        w=_WIDTH,
        h=_HEIGHT,
        words=f"{_said(each.value, each.unit)}, {_limit(each)}",
        begin=begin,
        wide=round(max(end - begin, 0.0), 1),
        tall=_HEIGHT - 8,
        limits=limits,
        whisker=whisker,
        tone="good" if inside else "bad",
        x=at(each.value),
        y=_MIDDLE,
    )


def _whisker(begin: float, end: float) -> Markup:
    return html('<line class="whisker" x1="{a}" x2="{b}" y1="{y}" y2="{y}"/>', a=begin, b=end, y=_MIDDLE)
