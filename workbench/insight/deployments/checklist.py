"""The gates of a version as a checklist: what each found, the numbers, and the limits they were held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.insight.deployments.measures import Measure, measures
from workbench.insight.deployments.serving import declared_gates
from workbench.registry.card.document import Block, Facts
from workbench.registry.card.evidence import evidence_blocks
from workbench.registry.card.words import label, value
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.registry.gate import GateResult


@dataclass(frozen=True)
class GateShown:
    """A gate, and what it said of a version.

    Attributes:
        evidence: in words.
        numbers: that it held to its limits.
        limit: its settings, in words.
        note: what has to be known beside: that it never ran, or ran with other settings than today's.
        details: the rest of the evidence, tables by slice or group among it.
    """

    name: str
    kind: str
    verdict: Verdict
    evidence: str
    numbers: tuple[Measure, ...] = ()
    limit: str = ""
    note: str = ""
    details: tuple[Block, ...] = ()


def gates(store: Store, person: Person, model: str, version: int) -> tuple[GateShown, ...]:
    """Return what each gate said of a version last, and those that are declared and never ran.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or version.
    """
    person.require("view", model=model)
    found = store.model(model).find(version)
    declared = {gate.name: gate for gate in declared_gates(store, model)}
    shown = [_shown(result, declared) for result in found.gates]
    missing = [gate for name, gate in declared.items() if name not in {each.name for each in found.gates}]
    return (
        *shown,
        *(
            GateShown(
                gate.name,
                gate.kind,
                Verdict.INCONCLUSIVE,
                "It never ran on this version, and missing evidence never passes.",
                limit=_rule(gate.rule),
                note="never ran",
            )
            for gate in missing
        ),
    )


def _shown(result: GateResult, declared: Mapping[str, Any]) -> GateShown:
    today = declared.get(result.name)
    note = ""
    if today is None:
        note = "workbench.toml declares it no more"
    elif dict(result.rule) != today.rule:
        note = "it ran with other settings than workbench.toml has today"
    return GateShown(
        name=result.name,
        kind=result.kind,
        verdict=result.verdict,
        evidence=result.summary,
        numbers=tuple(measures(result)),
        limit=_rule(result.rule),
        note=note,
        details=tuple(_details(result.evidence)),
    )


def _rule(rule: Mapping[str, Any]) -> str:
    told = {k: v for k, v in rule.items() if v not in (None, [], {}, ()) and k != "kind"}
    return ", ".join(f"{label(name)} {value(part)}" for name, part in told.items())


def _details(evidence: Mapping[str, Any]) -> Iterator[Block]:
    for block in evidence_blocks(evidence):
        if not isinstance(block, Facts) or block.values:
            yield block
