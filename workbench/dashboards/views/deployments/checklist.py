"""Gates as a checklist: a verdict each, its words, its numbers against limits, and evidence to unfold."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from workbench.dashboards.app.components import chip, html, joined, of_verdict
from workbench.dashboards.views.deployments.evidence import evidence
from workbench.dashboards.views.deployments.measures import pictures
from workbench.insight.deployments import GateShown


def checklist(gates: Sequence[GateShown]) -> Markup:
    """Return the checklist; nothing where there is no gate."""
    items = joined(_gate(gate) for gate in gates)
    return html('<ul class="checks" aria-label="Gates">{items}</ul>', items=items)


def _gate(gate: GateShown) -> Markup:
    limit = html('<p class="quiet">Held to: {limit}</p>', limit=gate.limit) if gate.limit else ""
    blocks = evidence(gate.details)
    unfold = (
        html("<details><summary>Evidence</summary>{limit}{blocks}</details>", limit=limit, blocks=blocks)
        if blocks or limit
        else ""
    )
    note = html(' <span class="chip quiet">{note}</span>', note=gate.note) if gate.note else ""
    return html(
        "<li>{chip}<div><b>{name}</b>{note}<p>{words}</p>{bars}{unfold}</div></li>",
        chip=chip(of_verdict(gate.verdict)),
        name=gate.name,
        note=note,
        words=gate.evidence,
        bars=pictures(gate.numbers),
        unfold=unfold,
    )
