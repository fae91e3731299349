"""A parameter that `adopt` proposes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One line of the new parameters cell.

    Attributes:
        name: of the parameter.
        annotation: its type, as written.
        default: its default, as written; None when a value must be given.
        help: the comment behind it.
        cell: where its value stood, in the original's numbers.
        origin: what it was: `literal`, `widget`, `input()`, `path`, `missing`.
        imports: import statements that the line needs.
    """

    name: str
    annotation: str
    default: str | None
    help: str = ""
    cell: int = 0
    origin: str = "literal"
    imports: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The parameter as source code."""
        value = "" if self.default is None else f" = {self.default}"
        comment = f"  # {self.help}" if self.help else ""
        return f"{self.name}: {self.annotation}{value}{comment}"

    def to_dict(self) -> dict[str, Any]:
        """Return the parameter as JSON."""
        return {
            "name": self.name,
            "type": self.annotation,
            "default": self.default,
            "help": self.help,
            "cell": self.cell,
            "origin": self.origin,
        }
