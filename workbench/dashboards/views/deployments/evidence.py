"""Pieces of a card as markup of these pages: facts, tables, sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup

from workbench.dashboards.app.components import html, joined
from workbench.registry.card.document import Bars, Block, Facts, Folded, Points, Table, Text


def evidence(blocks: Iterable[Block]) -> Markup:
    """Return pieces of a card one after another; pictures stand in the card alone."""
    return joined(_DRAWN[type(block)](block) for block in blocks if type(block) in _DRAWN)


def _facts(block: Facts) -> Markup:
    rows = (html("<div><dt>{n}</dt><dd>{v}</dd></div>", n=n, v=v) for n, v in block.values.items())
    return html('<dl class="facts">{rows}</dl>', rows=joined(rows))


def _text(block: Text) -> Markup:
    return html("<p>{text}</p>", text=block.text)


def _points(block: Points) -> Markup:
    return html("<ul>{items}</ul>", items=joined(html("<li>{t}</li>", t=text) for text in block.texts))


def _bars(block: Bars) -> Markup:
    rows = (
        html('<tr><th scope="row">{n}</th><td class="number">{t}</td></tr>', n=name, t=text)
        for name, _, text in block.values
    )
    return html(
        '<p class="quiet">{c}</p><table class="side">{rows}</table>', c=block.caption, rows=joined(rows)
    )


def _folded(block: Folded) -> Markup:
    return evidence(block.blocks)


def _table(table: Table) -> Markup:
    kinds = ["number" if column in table.right else "" for column in table.columns]
    head = joined(
        html('<th scope="col" class="{kind}">{column}</th>', kind=kind, column=column)
        for kind, column in zip(kinds, table.columns, strict=True)
    )
    rows = joined(
        html(
            "<tr>{cells}</tr>",
            cells=joined(
                html('<td class="{kind}">{cell}</td>', kind=kind, cell=cell)
                for kind, cell in zip(kinds, row, strict=True)
            ),
        )
        for row in table.rows
    )
    return html(
        '<p class="quiet">{caption}</p><div class="scroll"><table class="side"><thead><tr>{head}</tr></thead>'
        "<tbody>{rows}</tbody></table></div>",
        caption=table.caption,
        head=head,
        rows=rows,
    )


_DRAWN: Mapping[type, Callable[[Any], Markup]] = {
    Facts: _facts,
    Table: _table,
    Text: _text,
    Points: _points,
    Bars: _bars,
    Folded: _folded,
}
