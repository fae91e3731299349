"""Names for stages, outputs and parameters, made of words that stand in a notebook."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection

_RESERVED = frozenset(
    {"ticket.json", "notebook.ipynb", "notebook.html", "metrics.jsonl", "requests.jsonl", "finish.json"}
)


def slug(text: str, otherwise: str) -> str:
    """Return a text in lower-case letters, digits and underscores: `Sales Report (2)` → `sales_report_2`."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return name or otherwise


def variable(text: str, taken: Collection[str]) -> str:
    """Return a variable's name made of a text, that nothing else has."""
    name = slug(text, "value")
    if name[0].isdigit() or keyword.iskeyword(name):
        name = f"value_{name}"
    return unique(name, taken)


def unique(name: str, taken: Collection[str]) -> str:
    """Return the name, numbered when it is taken."""
    number, found = 2, name
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def file_name(name: str, taken: Collection[str]) -> str:
    """Return a file's name in an attempt's folder, that the runner does not use itself."""
    while name in _RESERVED or name in taken:
        name = f"own_{name}"
    return name
