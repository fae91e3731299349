"""One answer in words, for a terminal, a log and a screen reader."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from workbench.insight.deployments.contributions import Contribution

if TYPE_CHECKING:
    from workbench.widgets.explain.widget import Explain

_MOST = 10


def said(explain: Explain) -> str:
    """Return what an answer rests on, the largest contributions first."""
    told, logged = explain.explained, explain.logged
    lines = [headline(explain)]
    if logged is not None:
        lines.append(f"  prediction {logged.prediction_id}, answered as {logged.arm}: {truth(explain)}")
    lines += [f"  {note}" for note in explain.notes]
    lines.append(
        f"  from {told.base:.4g} (nobody in particular) to {told.score:.4g}; "
        f"{told.scale}, {method(told.method)}"
    )
    parts = [
        (f"{column} = {given}" if given else column, number)
        for column, given, number in summed(told.contributions, _MOST, explain.changes)
    ]
    width = max((len(what) for what, _ in parts), default=0)
    lines += [f"  {what:<{width}}  {number:+.4g}" for what, number in parts]
    return "\n".join(lines)


def headline(explain: Explain) -> str:
    """Return the answer, and what it was before something was changed."""
    group = explain.before.group
    which = f" for class {classes(explain)[group]}" if group is not None else ""
    line = f"{explain.asked.name} answers {explain.answer:.4g}{which}"
    changes = explain.changes
    if not changes:
        return f"{line}."
    told = ", ".join(
        f"{name} {value_text(now)} and not {value_text(then)}" for name, (then, now) in changes.items()
    )
    return f"{line}; it was {explain.answer_before:.4g} before {told}."


def classes(explain: Explain) -> list[Any]:
    """Return what the classes are called, in the order of the scores."""
    known = explain.asked.served.scorer.classes
    return list(known) if known else list(range(1000))


def truth(explain: Explain) -> str:
    """Return what came true of an answered row."""
    logged = explain.logged
    if logged is None or logged.label is None:
        return "what came true is not known yet"
    return f"what came true: {value_text(logged.label)}"


def method(name: str) -> str:
    """Return whether contributions are exact."""
    return "exact" if name == "tree" else "sampled"


def value_text(value: Any) -> str:
    """Return a value with as many digits as matter."""
    if value is None:
        return "missing"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.4g}"
    return str(value)


def summed(
    parts: Sequence[Contribution], most: int, changed: Collection[str] = ()
) -> list[tuple[str, str, float]]:
    """Return the largest contributions and those of changed columns, and all others as one.

    Returns:
        Of each the column, its value and the number.
    """
    chosen = [part for place, part in enumerate(parts) if place < most or part.column in changed]
    shown = [(part.column, value_text(part.given), part.value) for part in chosen]
    rest = [part.value for part in parts if part not in chosen]
    return [*shown, (f"{len(rest)} others", "", sum(rest))] if rest else shown
