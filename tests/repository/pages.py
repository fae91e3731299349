"""The Markdown pages of the checkout and the code blocks in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.repository.checkout import committed

FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words behind the language, its text and the line it starts on."""

    page: Path
    line: int
    language: str
    marks: tuple[str, ...]
    text: str

    @property
    def commands(self) -> list[str]:
        """What a reader would type: the lines behind a `$`."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]


def pages() -> list[Path]:
    """Return every Markdown page of the checkout."""
    return committed("*.md")


def blocks(*languages: str) -> Iterator[Block]:
    """Yield the fenced blocks in these languages, page by page."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            if found[1] in languages:
                line = text.count("\n", 0, found.start()) + 1
                yield Block(page, line, found[1], tuple(found[2].split()), found[3])


def commands(program: str) -> list[str]:
    """Return the distinct commands on any page that start a program."""
    typed = (command for block in blocks("console") for command in block.commands)
    return sorted({command for command in typed if command.split()[0] == program})
