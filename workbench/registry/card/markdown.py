"""A card as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbench.registry.card.document import (
    Bars,
    Block,
    Document,
    Facts,
    Folded,
    Picture,
    Points,
    Table,
    Text,
)

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")


def as_markdown(document: Document) -> str:
    """Return a card as Markdown; what people wrote is shown as it stands and never becomes markup."""
    badges = " · ".join(f"**{_plain(text)}**" for text, _ in document.badges)
    parts = [f"# {_plain(document.title)}", f"{badges} · {_plain(document.subtitle)}"]
    if document.summary:
        parts.append(_plain(document.summary))
    for answer in document.answers:
        lines = [f"- {_plain(line)}" for line in answer.lines]
        parts.append("\n".join([f"**{answer.question}** {_plain(answer.headline)}", "", *lines]))
    for section in document.sections:
        parts.append(f"## {_plain(section.title)}")
        parts += [text for block in section.blocks for text in _block(block, 3)]
    return "\n\n".join([*parts, "---", _plain(document.footer)]) + "\n"


def _block(block: Block, level: int) -> Iterator[str]:
    if isinstance(block, Text):
        yield f"*{_plain(block.text)}*" if block.quiet else _plain(block.text)
    elif isinstance(block, Points):
        yield "\n".join(f"- {_plain(text)}" for text in block.texts)
    elif isinstance(block, Facts):
        yield _table(["", ""], [[name, text] for name, text in block.values.items()], frozenset())
    elif isinstance(block, Bars):
        yield _table(["", block.caption], [[name, text] for name, _, text in block.values], {block.caption})
    elif isinstance(block, Table):
        if block.caption:
            yield f"*{_plain(block.caption)}*"
        yield _table(block.columns, block.rows, block.right)
    elif isinstance(block, Picture):
        yield f"Figure: {_plain(block.title)}, `{block.path.name}`"
    else:
        yield from _folded(block, level)


def _folded(block: Folded, level: int) -> Iterator[str]:
    yield f"{'#' * level} {_plain(block.title)}"
    for inner in block.blocks:
        yield from _block(inner, level + 1)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[str] | set[str]) -> str:
    rule = ["---:" if column in right else "---" for column in columns]
    lines = [[_plain(column) for column in columns], rule, *([_plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
