"""What a run is, and what one of its stages read, made, measured and took."""

from __future__ import annotations

from typing import Any

import panel as pn

from workbench.dashboards.app.components import (
    Flow,
    chip,
    code,
    duration,
    facts,
    heading,
    html,
    joined,
    moment,
    number,
    of_outcome,
    paragraph,
    size,
)
from workbench.dashboards.views.experiments.graph import graph, status_of
from workbench.dashboards.views.experiments.parts import (
    cells,
    run_link,
    search_link,
    side_table,
    stage_link,
    styled,
)
from workbench.insight.experiments import ENTRIES, Data, RunDetail, Stage

_MANY = 24
"""Stages beyond which neither graph nor table helps anybody; the page of searches does."""


def head(detail: RunDetail, chosen: str) -> Any:
    """Return what the run is as a whole, with its stages."""
    told = facts(
        (
            ("Outcome", chip(of_outcome(detail.outcome, detail.reason))),
            ("Started", moment(detail.started, seconds=True)),
            ("Took", duration(detail.seconds)),
            ("By", detail.actor),
            ("Code", _code(detail)),
        )
    )
    words = joined(
        html('<p class="quiet">{text}</p>', text=text) for text in (detail.because, detail.reason) if text
    )
    parts = [styled(html("{words}{told}", words=words, told=told))]
    if detail.is_sweep:
        words = html(
            "A sweep of {stage} with {count} combinations: {link}.",
            stage=detail.stages[0].stage,
            count=len(detail.stages),
            link=search_link(detail.run, ENTRIES, "what they came to"),
        )
        parts.append(paragraph(words))
    if detail.stages and not detail.is_sweep:
        parts += [pn.Spacer(height=12), styled(graph(detail, chosen))]
    shown = detail.stages[:_MANY]
    parts.append(styled(_stages(detail, shown, chosen)))
    if len(shown) < len(detail.stages):
        parts.append(paragraph(f"and {len(detail.stages) - len(shown)} more", quiet=True))
    return pn.Column(*parts, sizing_mode="stretch_width", margin=(8, 0))


def result(stage: Stage, mends: Any | None = None) -> Any:
    """Return a stage in detail.

    Args:
        stage: of a run.
        mends: what can be done about it, where it failed.
    """
    parts: list[Any] = [heading(stage.name, level=2, note=_note(stage))]
    if stage.taken_from:
        parts.append(
            paragraph(html("Nothing had changed: taken from run {run}.", run=run_link(stage.taken_from)))
        )
    elif stage.reason:
        parts.append(paragraph(stage.reason))
    if stage.error:
        cell = html("Cell {cell}: ", cell=stage.error["cell"]) if stage.error.get("cell") else ""
        said = f"{stage.error.get('ename', '')}: {stage.error.get('evalue', '')}"
        parts += [
            paragraph(html("{cell}<b>{said}</b>", cell=cell, said=said)),
            code(str(stage.error.get("traceback", ""))),
        ]
    if mends is not None:
        parts.append(mends)
    parts.append(
        Flow(
            _list("Metrics", [(name, number(value, digits=5)) for name, value in stage.metrics.items()]),
            _list("Parameters", [(name, _written(value)) for name, value in stage.parameters.items()]),
            _data("Read", stage.inputs),
            _data("Made", stage.outputs),
            gap="8px 40px",
            sizing_mode="stretch_width",
            margin=(8, 0),
        )
    )
    return pn.Column(*parts, sizing_mode="stretch_width", margin=(8, 0))


def _written(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, default=str)


def _code(detail: RunDetail) -> str:
    if not detail.commit:
        return "no commit known"
    return detail.commit[:10] + (" and uncommitted changes" if detail.is_dirty else "")


def _stages(detail: RunDetail, stages: tuple[Stage, ...], chosen: str) -> Any:
    longest = max((stage.seconds or 0.0 for stage in stages), default=0.0) or 1.0
    rows = (
        html(
            '<tr class="{chosen}"><th>{name}</th>{cells}</tr>',
            chosen="chosen" if stage.name == chosen else "",
            name=stage_link(detail.run, stage.name),
            cells=cells(
                "td",
                (
                    chip(status_of(stage)),
                    html(
                        '{took}<span class="meter"><span style="width:{share:.0f}%"></span></span>',
                        took=duration(stage.seconds if stage.attempts else None),
                        share=100 * (stage.seconds or 0.0) / longest if stage.attempts else 0,
                    ),
                    duration(stage.cpu_seconds),
                    size(stage.peak_memory_bytes),
                    stage.attempts or "–",
                    run_link(stage.taken_from) if stage.taken_from else stage.reason,
                ),
            ),
        )
        for stage in stages
    )
    columns = ("Stage", "Outcome", "Took", "CPU time", "Peak memory", "Attempts", "Why")
    return side_table(columns, rows, name="Stages")


def _note(stage: Stage) -> str:
    began = f"{stage.attempts} attempt{'s' if stage.attempts > 1 else ''}" if stage.attempts else ""
    return " · ".join(part for part in (stage.state, began) if part)


def _list(title: str, pairs: list[tuple[str, Any]]) -> Any:
    rows = (html("<tr><th>{name}</th>{value}</tr>", name=n, value=cells("td", (v,))) for n, v in pairs)
    body = side_table((title, ""), rows, name=title) if pairs else html("")
    return pn.Column(styled(body), min_width=260, max_width=620, margin=0, visible=bool(pairs))


def _data(title: str, found: tuple[Data, ...]) -> Any:
    rows = (
        html(
            "<tr><th>{name}</th>{cells}</tr>",
            name=data.name,
            cells=cells(
                "td",
                (
                    data.kind,
                    html(
                        '<span title="{full}">{version}</span>', full=data.fingerprint, version=data.version
                    ),
                    joined((number(data.rows, "rows"),)) if data.rows is not None else "",
                ),
            ),
        )
        for data in found
    )
    body = side_table((title, "", "Version", ""), rows, name=title) if found else html("")
    return pn.Column(styled(body), min_width=260, max_width=620, margin=0, visible=bool(found))
