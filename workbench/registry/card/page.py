"""A card as one HTML file: no script, nothing loaded from elsewhere, light and dark."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files

from workbench.registry.card.document import (
    Answer,
    Bars,
    Block,
    Document,
    Facts,
    Folded,
    Picture,
    Points,
    Section,
    Table,
    Text,
)

_PNG = b"\x89PNG\r\n\x1a\n"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_VERDICTS = {"pass": ("good", "✓"), "fail": ("bad", "✗"), "inconclusive": ("doubt", "?")}


def as_page(document: Document) -> str:
    """Return a card as a page; whatever is not ours is escaped, so nothing in it can become markup."""
    style = files("workbench.registry.card").joinpath("style.css").read_text(encoding="utf-8")
    badges = "".join(f'<span class="badge {tone}">{escape(text)}</span>' for text, tone in document.badges)
    summary = f'<p class="summary">{escape(document.summary)}</p>' if document.summary else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(document.title)}</title>
<style>
{style}</style>
</head>
<body>
<header>
<p class="kind">{escape(document.kind)}</p>
<h1>{escape(document.title)} {badges}</h1>
<p class="quiet">{escape(document.subtitle)}</p>
{summary}
</header>
<div class="answers">
{"".join(map(_answer, document.answers))}</div>
<main>
{"".join(map(_section, document.sections))}</main>
<footer>{escape(document.footer)}</footer>
</body>
</html>
"""


def _answer(answer: Answer) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in answer.lines)
    return (
        f'<section class="answer {answer.tone}"><h2>{escape(answer.question)}</h2>'
        f"<p>{escape(answer.headline)}</p><ul>{lines}</ul></section>\n"
    )


def _section(section: Section) -> str:
    return f"<section><h2>{escape(section.title)}</h2>\n{_blocks(section.blocks)}</section>\n"


def _blocks(blocks: Sequence[Block]) -> str:
    """Pictures that follow each other stand side by side."""
    parts: list[str] = []
    pictures: list[str] = []
    for block in blocks:
        if isinstance(block, Picture):
            pictures.append(_picture(block))
            continue
        parts += [_side_by_side(pictures), _block(block)]
        pictures = []
    return "".join([*parts, _side_by_side(pictures)])


def _side_by_side(pictures: Sequence[str]) -> str:
    return f'<div class="pictures">{"".join(pictures)}</div>\n' if pictures else ""


def _block(block: Block) -> str:
    if isinstance(block, Text):
        quiet = ' class="quiet"' if block.quiet else ""
        return f"<p{quiet}>{escape(block.text)}</p>\n"
    if isinstance(block, Points):
        return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in block.texts)}</ul>\n"
    if isinstance(block, Facts):
        pairs = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in block.values.items())
        return f"<dl>{pairs}</dl>\n"
    if isinstance(block, Bars):
        return _bars(block)
    if isinstance(block, Table):
        return _table(block)
    assert isinstance(block, Folded)
    return f"<details><summary>{escape(block.title)}</summary>\n{_blocks(block.blocks)}</details>\n"


def _table(table: Table) -> str:
    classes = ["number" if column in table.right else "" for column in table.columns]
    head = "".join(
        f'<th class="{name}">{escape(column)}</th>'
        for column, name in zip(table.columns, classes, strict=True)
    )
    body = ""
    for index, row in enumerate(table.rows):
        cells = "".join(
            _verdict(cell, table.tones)
            if column == table.verdicts
            else f'<td class="{name}">{escape(cell)}</td>'
            for cell, name, column in zip(row, classes, table.columns, strict=True)
        )
        strong = ' class="strong"' if index == table.strong else ""
        body += f"<tr{strong}>{cells}</tr>\n"
    caption = f'<p class="caption">{escape(table.caption)}</p>' if table.caption else ""
    inside = f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody>"
    return f'{caption}<div class="wide"><table>{inside}</table></div>\n'


def _verdict(word: str, tones: Mapping[str, str]) -> str:
    tone, mark = (tones[word], "") if word in tones else _VERDICTS.get(word, ("doubt", "?"))
    return f'<td><span class="badge {tone}">{f"{mark} " if mark else ""}{escape(word)}</span></td>'


def _bars(bars: Bars) -> str:
    largest = max((abs(size) for _, size, _ in bars.values), default=0) or 1
    rows = "".join(
        f"<tr><td>{escape(name)}</td>"
        f'<td class="bar"><span style="width:{abs(size) / largest:.1%}"></span></td>'
        f'<td class="number">{escape(text)}</td></tr>\n'
        for name, size, text in bars.values
    )
    return f'<p class="caption">{escape(bars.caption)}</p><table class="bars"><tbody>{rows}</tbody></table>\n'


def _picture(picture: Picture) -> str:
    content = picture.path.read_bytes()
    if not content.startswith(_PNG):
        return f'<p class="quiet">{escape(picture.title)}: the file is no PNG image.</p>'
    title = escape(picture.title)
    source = f"data:image/png;base64,{b64encode(content).decode('ascii')}"
    wide = ' class="alone"' if picture.wide else ""
    return f'<figure{wide}><img alt="{title}" src="{source}"><figcaption>{title}</figcaption></figure>'
