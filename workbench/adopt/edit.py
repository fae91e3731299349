"""Changes to a text by position, so that everything else of it stays byte for byte."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Edit:
    """Put `text` in place of what stands from `start` up to `end`."""

    start: int
    end: int
    text: str

    def within(self, start: int, end: int) -> bool:
        """Return whether this edit changes nothing outside of a span."""
        return start <= self.start and self.end <= end


class Positions:
    """Where the nodes of a syntax tree stand in the text that it was read from."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._lines = source.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return where a node starts and ends."""
        start = self._offset(node.lineno, node.col_offset)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return start, self._offset(node.end_lineno, node.end_col_offset)

    def lines(self, first: int, last: int) -> tuple[int, int]:
        """Return the span of whole lines, counted from 1, with the line break that ends them."""
        return self._starts[first - 1], min(self._starts[last], len(self.source))

    def line(self, number: int) -> str:
        """Return a line, counted from 1."""
        return self._lines[number - 1]

    def text(self, node: ast.expr | ast.stmt) -> str:
        """Return a node as it is written."""
        start, end = self.span(node)
        return self.source[start:end]

    def alone(self, node: ast.stmt) -> bool:
        """Return whether a statement shares its lines with nothing but a comment."""
        start, end = self.span(node)
        assert node.end_lineno is not None
        first, last = self.lines(node.lineno, node.end_lineno)
        after = self.source[end:last].strip()
        return not self.source[first:start].strip() and (not after or after.startswith("#"))

    def comment(self, node: ast.stmt) -> str:
        """Return the comment behind a statement that stands alone, without its mark."""
        _, end = self.span(node)
        assert node.end_lineno is not None
        after = self.source[end : self.lines(node.end_lineno, node.end_lineno)[1]]
        return after.strip().lstrip("#").strip()

    def _offset(self, line: int, column: int) -> int:
        before = self._lines[line - 1].encode("utf-8", "surrogatepass")[:column]
        return self._starts[line - 1] + len(before.decode("utf-8", "surrogatepass"))


def applied(source: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits done; one that lies in another is left out."""
    text, cut = source, len(source) + 1
    outermost: list[Edit] = []
    for edit in sorted(set(edits), key=lambda each: (each.start, -each.end)):
        if not outermost or edit.start >= outermost[-1].end:
            outermost.append(edit)
    for edit in reversed(outermost):
        assert edit.end <= cut
        text, cut = text[: edit.start] + edit.text + text[edit.end :], edit.start
    return text


def quoted(text: str, like: str) -> str:
    """Return a string literal for `text`, in the quotes that `like` is written in."""
    quote = "'" if like.rstrip().endswith("'") else '"'
    return quote + text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n") + quote
