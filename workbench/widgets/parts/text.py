"""HTML whose every value is text, and the few words that all widgets say alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

_MARKS = {
    "succeeded": ("✓", "good"),
    "reused": ("=", "good"),
    "approved": ("✓", "good"),
    "resolved": ("✓", "good"),
    "pass": ("✓", "good"),
    "ok": ("✓", "good"),
    "reuse": ("=", "quiet"),
    "skipped": ("–", "quiet"),
    "waiting": ("·", "quiet"),
    "run": ("●", "busy"),
    "running": ("…", "busy"),
    "maybe": ("?", "warn"),
    "rejected": ("⊘", "warn"),
    "inconclusive": ("?", "warn"),
    "acknowledged": ("…", "warn"),
    "interrupted": ("■", "warn"),
    "failed": ("✗", "bad"),
    "fail": ("✗", "bad"),
    "killed": ("✗", "bad"),
    "timed_out": ("✗", "bad"),
    "firing": ("✗", "bad"),
    "lost": ("?", "bad"),
}


def html(template: str, /, **values: Any) -> Markup:
    """Return HTML made of a template of ours and values of anybody's.

    Args:
        template: written in the code, never data; `{name}` stands for a value.
        values: text is escaped, `Markup` is taken as it is.
    """
    return Markup(template).format(**values)  # noqa: S704 - the code's own


def joined(parts: Iterable[Any], between: str = "") -> Markup:
    """Return parts one after another, each escaped unless it is `Markup`."""
    return Markup(between).join(escape(part) for part in parts)  # noqa: S704 - the code's own


def mark(word: str) -> str:
    """Return the sign of an outcome, an action or a verdict, the one that the command line shows too."""
    return _MARKS.get(word, ("·", ""))[0]


def chip(verdict: str, words: str = "") -> Markup:
    """Return an outcome, an action or a verdict as a coloured word with its sign.

    Args:
        verdict: such as `pass`, `failed` or `running`.
        words: to be read in its place.
    """
    sign, tone = _MARKS.get(verdict, ("·", "quiet"))
    said = words or verdict.replace("_", " ")
    return html('<span class="wb-chip wb-{tone}">{sign} {said}</span>', tone=tone, sign=sign, said=said)


def moment(at: datetime | str | None) -> str:
    """Return a moment in the zone of whoever sits here, to the minute."""
    if not at:
        return "–"
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    return when.astimezone().strftime("%Y-%m-%d %H:%M")
