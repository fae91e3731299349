"""One answer in words, for a terminal, a log and a screen reader."""

from __future__ import annotations

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
    parts = told.contributions[:_MOST]
    width = max((len(f"{part.column} = {value_text(part.given)}") for part in parts), default=0)
    for part in parts:
        what = f"{part.column} = {value_text(part.given)}"
        lines.append(f"  {what:<{width}}  {part.value:+.4g}")
    rest = told.contributions[_MOST:]
    if rest:
        lines.append(f"  {f'{len(rest)} others together':<{width}}  {sum(part.value for part in rest):+.4g}")
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


def summed(parts: tuple[Contribution, ...], most: int) -> list[tuple[str, str, float]]:
    """Return the largest contributions, and all others as one: the column, its value, the number."""
    shown = [(part.column, value_text(part.given), part.value) for part in parts[:most]]
    rest = parts[most:]
    return [*shown, (f"{len(rest)} others", "", sum(part.value for part in rest))] if rest else shown
