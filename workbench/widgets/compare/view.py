"""What a page shows of runs side by side."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import ipywidgets
from markupsafe import Markup

from workbench.cli.amount import number_text
from workbench.errors import WorkbenchError
from workbench.widgets.compare.words import change_lines, near, no_change
from workbench.widgets.parts import block, chip, frame, html, joined, moment, notice

if TYPE_CHECKING:
    from workbench.insight.experiments import Row
    from workbench.pipeline.cell_diff import CellDiff
    from workbench.pipeline.run_diff import RunDiff
    from workbench.widgets.compare.widget import Compare

_TONES = {"+": "wb-added", "-": "wb-removed"}


def compare_view(compare: Compare) -> Any:
    """Return the whole of it."""
    found = compare.comparison
    names = [run.id for run in found.runs]
    parts = [
        block(_runs(compare)),
        *(block(_diff(diff)) for diff in compare.diffs),
        block(_section("Metrics", found.metrics, names, _number)),
        block(_section("Parameters", found.parameters, names, _plain)),
        block(_section("Data", found.data, names, _plain)),
        block(_section("About the runs", found.facts, names, _plain)),
    ]
    if found.figures:
        parts.append(_figures(compare))
    return frame(*parts, title="Compare")


def _runs(compare: Compare) -> Markup:
    return html(
        '<ol class="wb-steps">{runs}</ol>',
        runs=joined(
            html(
                '<li><code>{id}</code> {pipeline} {chip} <span class="wb-quiet">{when}, {who}</span></li>',
                id=run.id,
                pipeline=run.pipeline,
                chip=chip(run.state),
                when=moment(run.started),
                who=run.actor,
            )
            for run in compare.comparison.runs
        ),
    )


def _diff(found: RunDiff) -> Markup:
    """Return what was changed from one run to the other, and the lines of it."""
    changes = change_lines(found)
    items = joined(html("<li>{line}</li>", line=line) for line in changes)
    said = (
        html('<ul class="wb-steps">{items}</ul>', items=items)
        if changes
        else notice(no_change(found), "quiet")
    )
    return html(
        '<div class="wb-title">What was changed</div>'
        '<p class="wb-quiet">{new} against {old}</p>{said}{cells}',
        new=found.difference.new,
        old=found.difference.old,
        said=html('<ul class="wb-steps">{said}</ul>', said=said)
        if changes
        else notice(no_change(found), "quiet"),
        cells=joined(_cell(name, cell) for name, cells in found.cells.items() for cell in cells),
    )


def _cell(entry: str, cell: CellDiff) -> Markup:
    lines = joined(
        html(
            '<span class="{tone}">{sign} {text}</span>\n',
            tone=_TONES.get(sign, "wb-same"),
            sign=sign,
            text=text,
        )
        for sign, text in near([(line.sign, line.text) for line in cell.lines])
    )
    return html(
        '<p><b>{entry}</b>, cell {number} <span class="wb-quiet">{change}</span></p>'
        '<pre class="wb-diff">{lines}</pre>',
        entry=entry,
        number=cell.new or cell.old,
        change=cell.change,
        lines=lines,
    )


def _section(title: str, rows: Sequence[Row], names: Sequence[str], text: Callable[[Any], str]) -> Markup:
    """Return what differs as a table, and the rest folded below it."""
    if not rows:
        return Markup("")
    differs, same = [row for row in rows if row.differs], [row for row in rows if not row.differs]
    rest = html(
        "<details><summary>{count} the same in all</summary>{table}</details>",
        count=len(same),
        table=_table(same, names, text),
    )
    return html(
        '<div class="wb-title">{title}</div>{table}{rest}',
        title=title,
        table=_table(differs, names, text) if differs else html('<p class="wb-quiet">Nothing differs.</p>'),
        rest=rest if same else "",
    )


def _table(rows: Sequence[Row], names: Sequence[str], text: Callable[[Any], str]) -> Markup:
    by = len(names) == 2 and any(_difference(row) for row in rows)
    titles = ["", *names, *(["difference"] if by else [])]
    head = joined(html('<th scope="col">{title}</th>', title=title) for title in titles)
    body = joined(
        html(
            '<tr><th scope="row">{name}</th>{cells}{by}</tr>',
            name=row.name,
            cells=joined(
                html('<td class="wb-number">{value}</td>', value=text(value)) for value in row.values
            ),
            by=html('<td class="wb-number">{by}</td>', by=_difference(row)) if by else "",
        )
        for row in rows
    )
    return html(
        '<div class="wb-scroll"><table class="wb-table"><thead><tr>{head}</tr></thead>'
        "<tbody>{body}</tbody></table></div>",
        head=head,
        body=body,
    )


def _cell_of(text: str) -> Markup:
    return html('<td class="wb-number">{text}</td>', text=text)


def _difference(row: Row) -> str:
    before, after = row.values[0], row.values[-1]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in (before, after)):
        return f"{after - before:+.4g}"
    return ""


def _figures(compare: Compare) -> ipywidgets.VBox:
    """Return what chooses a figure, and that figure of each run; pictures are read when they are chosen."""
    names = [row.name for row in compare.comparison.figures]
    chosen = ipywidgets.Dropdown(
        options=["choose one", *names], description="Figure", layout={"width": "360px"}
    )
    shown = block()

    def show(change: dict[str, Any]) -> None:
        known = change["new"] in names
        shown.value = joined(_figure(compare, run, change["new"]) for run in compare.runs) if known else ""

    chosen.observe(show, "value")
    title = block(html('<div class="wb-title">Figures</div>'))
    return ipywidgets.VBox([title, chosen, shown])


def _figure(compare: Compare, run: str, name: str) -> Markup:
    try:
        picture = base64.b64encode(compare.figure(run, name)).decode()
    except WorkbenchError as error:
        return html(
            '<figure class="wb-figure"><figcaption>{run}</figcaption>{why}</figure>',
            run=run,
            why=notice(error),
        )
    return html(
        '<figure class="wb-figure"><figcaption>{run}</figcaption>'
        '<img alt="{name} of run {run}" src="data:image/png;base64,{picture}"></figure>',
        run=run,
        name=name,
        picture=picture,
    )


def _number(value: Any) -> str:
    return number_text(value)


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    return moment(value) if isinstance(value, datetime) else number_text(value)
