"""A version's gates as people check them: reasons against it first, each gate to be unfolded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets

from workbench.errors import WorkbenchError
from workbench.insight.experiments.terms import as_number
from workbench.registry.card.document import Bars, Block, Facts, Points, Table, Text
from workbench.registry.card.words import number
from workbench.registry.verdict import Verdict
from workbench.widgets.gates.gauge import gauge
from workbench.widgets.gates.tables import gate_tables, read_table
from workbench.widgets.gates.words import amount, limits_of
from workbench.widgets.parts import Column, block, chip, frame, html, joined, moment, notice, table

if TYPE_CHECKING:
    from markupsafe import Markup

    from workbench.insight.deployments.checklist import GateShown
    from workbench.insight.deployments.measures import Measure
    from workbench.widgets.gates.standing import Standing
    from workbench.widgets.gates.widget import Gates

_NONE = "– choose a gate –"


class View:
    """Draws a version's gates.

    Args:
        gates: whose they are.
    """

    def __init__(self, gates: Gates) -> None:
        self._gates = gates
        self._head, self._list = block(), block()
        self._version = ipywidgets.Dropdown(description="Version")
        self._whole = ipywidgets.Dropdown(description="All rows of", options=[_NONE])
        self._rows = table([], [])
        self._rows.layout.display = "none"
        self._judged_by: str | None = None
        self._tables: dict[str, Any] = {}
        self._is_drawing = False
        self._version.observe(self._chose, "value")
        self._whole.observe(self._open, "value")
        self.panel = frame(self._version, self._head, self._list, self._whole, self._rows, title="Gates")
        self.draw()

    def draw(self, _change: object = None) -> None:
        """Show how the version stands now."""
        try:
            found = self._gates.standing
        except WorkbenchError as error:
            self._head.value = notice(error)
            return
        self._offer(found)
        self._head.value = _head(found)
        self._list.value = joined(_gate(gate) for gate in found.gates) or notice(
            "No gate is declared for it: [models.NAME.gates] in workbench.toml.", "quiet"
        )
        if self._judged_by != found.judged_by:
            self._judged_by = found.judged_by
            self._tables = gate_tables(self._gates.session, found.judged_by)
            self._whole.options = [_NONE, *self._tables]
            self._whole.value = _NONE
            self._whole.layout.display = None if self._tables else "none"

    def _offer(self, found: Standing) -> None:
        numbers = sorted(self._gates.session.store.model(found.model).versions, reverse=True)
        options = [(f"{found.model} version {number}", number) for number in numbers]
        self._is_drawing = True
        if self._version.options != tuple(options):
            self._version.options = options
        self._version.value = found.version.brief.number
        self._is_drawing = False

    def _chose(self, change: dict[str, Any]) -> None:
        if not self._is_drawing and change["new"] is not None:
            self._gates.version = change["new"]

    def _open(self, change: dict[str, Any]) -> None:
        path = self._tables.get(change["new"])
        self._rows.layout.display = None if path else "none"
        if path is not None:
            rows = read_table(path)
            names = list(rows[0]) if rows else []
            self._rows.show(rows, [_column(name, rows) for name in names])


def _head(found: Standing) -> Markup:
    brief, version = found.version.brief, found.version
    tone = "good" if found.is_champion or not found.refusals else "bad"
    against = f" · compared with version {version.against}" if version.against else ""
    judged = f"judged {moment(version.judged)}" if version.judged else "not judged yet"
    roles = f" · {', '.join(brief.roles)}" if brief.roles else ""
    measured = f" · {brief.metric} {brief.value:.4g}" if brief.value is not None else ""
    refusals = joined(html("<li>{reason}</li>", reason=reason) for reason in found.refusals)
    return html(
        '<div class="wb-notice wb-{tone}"><b>Version {number} {headline}</b>{refusals}</div>'
        '<div class="wb-quiet">{verdict} {judged}{against}{roles}{measured}</div>',
        tone=tone,
        number=brief.number,
        headline=found.headline,
        refusals=html("<ul>{all}</ul>", all=refusals) if refusals else "",
        verdict=chip(found.verdict.value),
        judged=judged,
        against=against,
        roles=roles,
        measured=measured,
    )


def _gate(gate: GateShown) -> Markup:
    return html(
        '<details class="wb-gate"{opened}><summary>{chip} <b>{name}</b> '
        '<span class="wb-said">{evidence}</span></summary>'
        '<div class="wb-inside">{numbers}{limit}{note}{details}</div></details>',
        opened=html(" open") if gate.verdict is not Verdict.PASS else "",
        chip=chip(gate.verdict.value),
        name=gate.name,
        evidence=gate.evidence,
        numbers=_numbers(gate.numbers),
        limit=html('<p class="wb-quiet">Settings: {limit}</p>', limit=gate.limit) if gate.limit else "",
        note=notice(f"Note: {gate.note}.", "warn") if gate.note else "",
        details=joined(_block(each) for each in gate.details),
    )


def _numbers(numbers: Iterable[Measure]) -> Markup:
    rows = joined(
        html(
            '<tr><td>{name}</td><td class="wb-number">{value}</td><td>{bounds}</td><td>{gauge}</td>'
            "<td>{limits}</td></tr>",
            name=each.name,
            value=amount(each.value, each.unit),
            bounds=_bounds(each),
            gauge=gauge(each),
            limits=limits_of(each),
        )
        for each in numbers
    )
    return html(
        '<div class="wb-scroll"><table class="wb-table"><tbody>{rows}</tbody></table></div>', rows=rows
    )


def _bounds(measure: Measure) -> str:
    if measure.lower is None or measure.upper is None:
        return ""
    return f"{amount(measure.lower, measure.unit)} to {amount(measure.upper, measure.unit)}"


def _block(part: Block) -> Markup:
    """Return a block of evidence; pictures and what is folded are on the card."""
    if isinstance(part, Text):
        return html("<p>{text}</p>", text=part.text)
    if isinstance(part, Points):
        return html("<ul>{all}</ul>", all=joined(html("<li>{text}</li>", text=text) for text in part.texts))
    if isinstance(part, Facts):
        facts = joined((html("{n} <b>{v}</b>", n=n, v=v) for n, v in part.values.items()), " · ")
        return html('<p class="wb-quiet">{facts}</p>', facts=facts)
    if isinstance(part, Bars):
        return _table(Table([part.caption, ""], [[name, text] for name, _, text in part.values]))
    return _table(part) if isinstance(part, Table) else html("")


def _table(part: Table) -> Markup:
    head = joined(html('<th scope="col">{name}</th>', name=name) for name in part.columns)
    rows = joined(
        html("<tr>{cells}</tr>", cells=joined(html("<td>{cell}</td>", cell=cell) for cell in row))
        for row in part.rows
    )
    return html(
        '<div class="wb-scroll"><table class="wb-table"><caption class="wb-quiet">{caption}</caption>'
        "<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>",
        caption=part.caption,
        head=head,
        rows=rows,
    )


def _column(name: str, rows: Sequence[dict[str, Any]]) -> Column:
    """Return a column of a table that was read as texts: numbers as people read them, to the right."""
    values = [row.get(name) for row in rows if row.get(name)]
    if values and all(as_number(each) is not None for each in values):
        return Column(name, lambda row: number(as_number(row.get(name))), True)
    return Column(name, lambda row: row.get(name) or None)
