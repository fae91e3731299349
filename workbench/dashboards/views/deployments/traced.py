"""An answer with everything behind it, laid out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Column,
    ago,
    chip,
    empty_state,
    heading,
    html,
    joined,
    moment,
    of_verdict,
    percent,
    short,
    table,
)
from workbench.dashboards.views.deployments.contributions import contributions
from workbench.dashboards.views.deployments.parts import (
    listed,
    role_chip,
    run_link,
    saving,
    styled,
    version_link,
)
from workbench.insight.deployments import PredictionTrace
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.registry.trace import Read, Step
    from workbench.registry.version import Version
    from workbench.serving.log import Prediction

_MILLI = 1e3
_FINGERPRINT = 12  # characters that are shown
_COMMIT = 10


def traced(found: PredictionTrace, now: datetime) -> Any:
    """Return the answer, what it rests on, the row, and where the version comes from."""
    row, explained = found.row, found.explained
    frame = _frame(found)
    picture = (
        contributions(explained)
        if explained
        else empty_state("What each column contributed cannot be told", found.silent)
    )
    return pn.Column(
        styled(_answer(found, now)),
        pn.Spacer(height=16),
        picture,
        heading("The row", level=3, note="as it was logged"),
        saving(lambda: frame, f"prediction {row.prediction_id}"),
        table(frame, _columns(found), name="The row", page_size=12, margin=0),
        pn.Spacer(height=12),
        heading("Where the version comes from", level=3),
        styled(_lineage(found)),
        sizing_mode="stretch_width",
        margin=0,
    )


def _answer(found: PredictionTrace, now: datetime) -> Markup:
    row = found.row
    return html(
        '<article class="card"><header><h2>{answer}</h2><span>{version} {role}</span></header>{rows}'
        "</article>",
        answer=f"Answered {_score(row)}",
        version=version_link(row.model, row.version),
        role=role_chip(row.arm),
        rows=listed(_facts(found, now)),
    )


def _facts(found: PredictionTrace, now: datetime) -> Iterator[tuple[str, Any]]:
    row = found.row
    yield "Asked", html("{at} ({ago})", at=moment(row.at, seconds=True), ago=ago(row.at, now))
    yield (
        "By",
        f"{row.caller or 'somebody unnamed'}, answered after {row.latency_us / _MILLI:.2f} ms",
    )
    if row.entity is not None:
        yield "About", row.entity
    if row.label is None:
        yield "Came true", "not known yet"
    else:
        label = short(row.label) if isinstance(row.label, float) else row.label
        yield "Came true", html("<b>{label}</b>, known {at}", label=label, at=moment(row.labelled_at))
    then = found.then
    if row.version == then.challenger:
        yield (
            "Then",
            f"it was challenger with {percent(then.share)} of the requests, of version {then.champion}",
        )
    else:
        yield "Then", f"version {then.champion} was champion with {percent(1 - then.share)} of the requests"
    for shadow in row.shadows:
        yield "Beside", f"version {shadow.version}, unheard, said {_score(shadow)}"
    yield "Let in by", _approved(found, now)
    yield "Gates", _gates(found.trace.version)


def _gates(version: Version) -> Markup:
    """Return how many gates passed, and those by name that did not."""
    if not version.gates:
        return html("they never ran")
    by = {verdict: [gate.name for gate in version.gates if gate.verdict is verdict] for verdict in Verdict}
    parts = (
        html("{chip} {names}", chip=chip(of_verdict(verdict)), names=", ".join(names))
        for verdict, names in by.items()
        if names
    )
    return joined(parts, " ")


def _approved(found: PredictionTrace, now: datetime) -> Markup | str:
    promotion = found.promotion
    if promotion is None or promotion.decision is None:
        return "nobody: no approved promotion is known"
    decision = promotion.decision
    return html(
        "<b>{who}</b>, {when} ({policy}){reason}",
        who=decision.actor,
        when=ago(decision.at, now),
        policy=promotion.policy,
        reason=html('<br><span class="quiet">{reason}</span>', reason=decision.reason)
        if decision.reason
        else "",
    )


def _score(row: Prediction) -> str:
    if row.score is None:
        return row.answer or "nothing"
    return ", ".join(short(value, digits=4) for value in row.score)


def _columns(found: PredictionTrace) -> list[Column]:
    scale = f"Contribution, {found.explained.scale}" if found.explained else "Contribution"
    return [
        Column("column", "Column", width=180),
        Column("value", "Value", width=140),
        Column("contribution", scale, "number", digits=4),
    ]


def _frame(found: PredictionTrace) -> pd.DataFrame:
    explained = found.explained
    parts = {each.column: each.value for each in explained.contributions} if explained else {}
    names = [*parts, *(name for name in found.row.features if name not in parts)]
    rows = [
        {"column": name, "value": _given(found.row.features.get(name)), "contribution": parts.get(name)}
        for name in names
    ]
    return pd.DataFrame(rows, columns=["column", "value", "contribution"])


def _given(value: Any) -> str:
    if value is None:
        return "missing"
    return (
        short(value, digits=5)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value)
    )


def _lineage(found: PredictionTrace) -> Markup:
    steps = [*found.trace.made, *([found.trace.judged] if found.trace.judged else [])]
    if not steps:
        return html('<p class="quiet">No run is known that made this version.</p>')
    judged = found.trace.judged
    return html(
        '<ol class="steps">{steps}</ol>',
        steps=joined(_step(step, judged=step is judged) for step in steps),
    )


def _step(step: Step, *, judged: bool) -> Markup:
    commit = step.git.get("commit")
    dirty = " with changes" if step.git.get("dirty") else ""
    git = f"commit {commit[:_COMMIT]}{dirty}" if commit else "no commit"
    cells = joined(
        html(
            '<li><span class="quiet">{number}</span><code>{line}</code><span class="quiet">{digest}</span>'
            "</li>",
            number=cell.number,
            line=cell.first_line,
            digest=cell.digest[:_FINGERPRINT],
        )
        for cell in step.cells
    )
    parameters = ", ".join(f"{name} = {value}" for name, value in step.parameters.items())
    return html(
        '<li><h4>{what}{stage} <span class="quiet">{git}, by {actor}</span></h4><p>{run}</p>{reads}{saved}'
        "{parameters}<details><summary>{count} code cells</summary>"
        '<ol class="cells">{cells}</ol></details></li>',
        what="judged by " if judged else "",
        stage=step.stage,
        git=git,
        actor=step.actor,
        run=run_link(step.run),
        reads=_records("read", step.reads),
        saved=_records("made", step.saved),
        parameters=html('<p class="quiet">with {told}</p>', told=parameters) if parameters else "",
        count=len(step.cells),
        cells=cells,
    )


def _records(what: str, records: tuple[Read, ...]) -> Markup:
    if not records:
        return Markup("")
    told = ", ".join(
        f"{record.name}"
        + (f" version {record.version}" if record.version is not None else f" ({record.kind})")
        + (f", {short(record.rows)} rows" if record.rows is not None else "")
        for record in records
    )
    return html('<p><span class="quiet">{what}</span> {told}</p>', what=what, told=told)
