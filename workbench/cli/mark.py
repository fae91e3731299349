"""One sign and one colour for each outcome and verdict, the same in every command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.text import Text

_MARKS = {
    "succeeded": ("✓", "green"),
    "reused": ("=", "cyan"),
    "rejected": ("⊘", "yellow"),
    "failed": ("✗", "bold red"),
    "killed": ("✗", "bold red"),
    "timed_out": ("✗", "bold red"),
    "interrupted": ("■", "magenta"),
    "lost": ("?", "bold red"),
    "skipped": ("–", "dim"),
    "running": ("…", "blue"),
    "run": ("●", "green"),
    "reuse": ("=", "cyan"),
    "maybe": ("?", "yellow"),
    "approved": ("✓", "green"),
    "pass": ("✓", "green"),
    "fail": ("✗", "bold red"),
    "inconclusive": ("?", "yellow"),
    "firing": ("✗", "bold red"),
    "acknowledged": ("…", "yellow"),
    "resolved": ("✓", "green"),
    "ok": ("✓", "green"),
    "warn": ("!", "yellow"),
}


def entry_word(run: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """Return a stage's outcome in a run, or where it stands without one."""
    if entry["outcome"]:
        return str(entry["outcome"])
    if run["outcome"]:
        return "never ran"
    return "running" if entry.get("running") else "waiting"


def mark_of(word: str) -> Text:
    """Return the sign of an outcome, an action or a verdict."""
    from rich.text import Text

    sign, style = _MARKS.get(word, ("·", "dim"))
    return Text(sign, style=style)


def marked(word: str) -> Text:
    """Return the sign and the word, in its colour."""
    from rich.text import Text

    sign, style = _MARKS.get(word, ("·", "dim"))
    return Text(f"{sign} {word}", style=style)
