"""A run's stages as a graph, drawn in SVG."""

from __future__ import annotations

from markupsafe import Markup

from workbench.dashboards.app.components import Status, duration, html, joined, of_outcome, size
from workbench.dashboards.app.location import address
from workbench.dashboards.views.experiments.parts import PAGE
from workbench.insight.experiments import Edge, RunDetail, Stage

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _EDGE = 164, 74, 34, 26, 4
_NAME = 20  # characters that fit


def graph(detail: RunDetail, chosen: str) -> Markup:
    """Return the graph; each stage links to itself on the run's page."""
    columns = max(stage.column for stage in detail.stages) + 1
    rows = max(stage.row for stage in detail.stages) + 1
    skips = any(_skips(detail, edge) for edge in detail.edges)
    width = columns * (_WIDTH + _GAP_X) - _GAP_X + 2 * _EDGE
    height = rows * (_HEIGHT + _GAP_Y) - _GAP_Y + 2 * _EDGE + (46 if skips else 0)
    return html(
        '<div class="scroll"><svg class="graph" role="group" aria-label="Stages" '
        'style="width:100%;max-width:{w}px;min-width:{least}px" '
        'viewBox="0 0 {w} {h}"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>{edges}{nodes}</svg></div>',
        w=width,
        h=height,
        least=round(0.75 * width),
        edges=joined(_edge(detail, edge) for edge in detail.edges),
        nodes=joined(_node(detail, stage, stage.name == chosen) for stage in detail.stages),
    )


def status_of(stage: Stage) -> Status:
    """Return how a stage stands, in colour, sign and word."""
    if stage.outcome is not None:
        return of_outcome(stage.outcome, stage.reason)
    return Status("busy" if stage.state == "running" else "quiet", stage.state)


def _node(detail: RunDetail, stage: Stage, is_chosen: bool) -> Markup:
    x, y = _place(stage)
    status = status_of(stage)
    took = duration(stage.seconds) if stage.attempts else ""
    used = " · ".join(
        part
        for part in (
            f"CPU {duration(stage.cpu_seconds)}" if stage.cpu_seconds is not None else "",
            size(stage.peak_memory_bytes) if stage.peak_memory_bytes else "",
        )
        if part
    )
    return html(
        '<a href="{address}" class="{tone}{chosen}"><title>{title}</title>'
        '<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="9"/>'
        '<g class="label"><text class="name" x="{tx}" y="{t1}">{name}</text></g>'
        '<text x="{tx}" y="{t2}">{sign} {word}{took}</text>'
        '<text class="quiet" x="{tx}" y="{t3}">{used}</text></a>',
        address=address(PAGE, run=detail.run, stage=stage.name),
        tone=status.tone,
        chosen=" chosen" if is_chosen else "",
        title=f"{stage.name}: {status.word}. {stage.reason}",
        x=x,
        y=y,
        w=_WIDTH,
        h=_HEIGHT,
        tx=x + 12,
        t1=y + 23,
        t2=y + 43,
        t3=y + 61,
        name=stage.name if len(stage.name) <= _NAME else f"{stage.name[: _NAME - 1]}…",
        sign=status.sign,
        word=status.word,
        took=f" · {took}" if took else "",
        used=used,
    )


def _edge(detail: RunDetail, edge: Edge) -> Markup:
    source, target = detail.stage(edge.source), detail.stage(edge.target)
    assert source is not None
    assert target is not None
    (x1, y1), (x2, y2) = _place(source), _place(target)
    if _skips(detail, edge):  # below what stands between
        x1, x2, y1, y2 = x1 + _WIDTH * 3 // 5, x2 + _WIDTH * 2 // 5, y1 + _HEIGHT, y2 + _HEIGHT
        low = max(y1, y2) + 18 + 9 * min(3, target.column - source.column)
        path = f"M{x1} {y1} C{x1} {low} {x2} {low} {x2} {y2 + 2}"
    else:
        x1, y1, y2 = x1 + _WIDTH, y1 + _HEIGHT // 2, y2 + _HEIGHT // 2
        middle = (x1 + x2) // 2
        path = f"M{x1} {y1} C{middle} {y1} {middle} {y2} {x2 - 2} {y2}"
    return html(
        '<path d="{path}" marker-end="url(#tip)"><title>{names}</title></path>',
        path=path,
        names=", ".join(edge.names),
    )


def _skips(detail: RunDetail, edge: Edge) -> bool:
    source, target = detail.stage(edge.source), detail.stage(edge.target)
    return bool(source and target and source.row == target.row and target.column - source.column > 1)


def _place(stage: Stage) -> tuple[int, int]:
    return _EDGE + stage.column * (_WIDTH + _GAP_X), _EDGE + stage.row * (_HEIGHT + _GAP_Y)
