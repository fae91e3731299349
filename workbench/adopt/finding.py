"""What `adopt` noticed about a notebook, and what it does about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing that was noticed.

    Attributes:
        kind: what sort of thing: `hidden-state`, `order`, `absolute-path`, `widget`, `magic`, …
        cell: the cell's number in the original, counted from 1; None when the whole notebook is meant.
        text: what was found, and what is done about it.
        blocks: whether it could not run headless as it is, so that a person has to act first.
        todo: what that person should do; empty when nothing must be done.
    """

    kind: str
    cell: int | None
    text: str
    blocks: bool = False
    todo: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON."""
        return asdict(self)
