"""A version's gates in words, for a terminal, a log and a screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.insight.deployments.measures import Measure
from workbench.registry.card.words import number

if TYPE_CHECKING:
    from workbench.widgets.gates.standing import Standing

_SIZES = ("B", "kB", "MB", "GB")


def said(found: Standing) -> str:
    """Return how a version stands, the reasons against it first."""
    brief = found.version.brief
    roles = f" ({', '.join(brief.roles)})" if brief.roles else ""
    lines = [f"{found.model} version {brief.number}{roles}: {found.verdict.mark} {found.verdict.value}"]
    lines.append(f"  It {found.headline}.")
    lines += [f"  {reason}" for reason in found.refusals]
    width = max((len(gate.name) for gate in found.gates), default=0)
    for gate in found.gates:
        lines.append(f"  {gate.verdict.mark} {gate.name:<{width}}  {gate.evidence}")
        note = [f"note: {gate.note}"] if gate.note and gate.note != "never ran" else []
        lines += [f"    {'':<{width}}  {more}" for more in [*map(measured, gate.numbers), *note]]
    if not found.gates:
        lines.append("  No gate is declared for it: [models.NAME.gates] in workbench.toml.")
    return "\n".join(lines)


def measured(measure: Measure) -> str:
    """Return a number with its bounds beside its limits."""
    bounds = ""
    if measure.lower is not None and measure.upper is not None:
        bounds = f" ({amount(measure.lower, measure.unit)} to {amount(measure.upper, measure.unit)})"
    limits = limits_of(measure)
    return f"{measure.name}: {amount(measure.value, measure.unit)}{bounds}" + (
        f"; {limits}" if limits else ""
    )


def limits_of(measure: Measure) -> str:
    """Return what a number is held to."""
    told = [("at least", measure.at_least), ("at most", measure.at_most)]
    return " and ".join(f"{word} {amount(limit, measure.unit)}" for word, limit in told if limit is not None)


def amount(value: float, unit: str) -> str:
    """Return a number with its unit: seconds as milliseconds where they are few, bytes by thousands."""
    if unit == "seconds":
        return f"{number(1000 * value)} ms" if abs(value) < 1 else f"{number(value)} s"
    if unit == "bytes":
        power = 0
        while abs(value) >= 1000 and power < len(_SIZES) - 1:
            value, power = value / 1000, power + 1
        return f"{value:.3g} {_SIZES[power]}"
    return number(value)
