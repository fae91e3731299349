"""What a card says, apart from how it looks: sections of facts, tables, texts and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Text:
    """A paragraph; quiet ones are remarks."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Points:
    """Sentences, one below the other."""

    texts: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """Names with their values."""

    values: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        columns: the headings; those in `right` are of numbers.
        strong: the index of a row that stands out.
        verdicts: the heading of a column that holds verdicts, or other words in `tones`; None without one.
        tones: in which such words are shown: good, bad, doubt or plain; the verdicts' own are known.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[str] = frozenset()
    strong: int | None = None
    verdicts: str | None = None
    caption: str = ""
    tones: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bars:
    """Names with numbers, the longest bar for the largest."""

    values: Sequence[tuple[str, float, str]]
    caption: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure; a wide one has a line of its own."""

    path: Path
    title: str
    wide: bool = False


@dataclass(frozen=True)
class Folded:
    """Details that are there for who looks for them."""

    title: str
    blocks: Sequence[Block]


Block = Text | Points | Facts | Table | Bars | Picture | Folded


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it; without blocks it is left out."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Answer:
    """One of the four questions that a card answers at a glance.

    Attributes:
        tone: good, bad, doubt or plain.
    """

    question: str
    headline: str
    lines: Sequence[str] = ()
    tone: str = "plain"


@dataclass(frozen=True)
class Document:
    """A card, or another page that looks like one.

    Attributes:
        kind: what it is, in a word or two.
        badges: short words with a tone each: its verdict, its aliases.
        data: everything that it stands on, as JSON.
    """

    title: str
    subtitle: str
    summary: str
    badges: Sequence[tuple[str, str]]
    answers: Sequence[Answer]
    sections: Sequence[Section]
    footer: str
    data: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "Model card"
