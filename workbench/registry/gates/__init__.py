"""The kinds of gates, and how a model's tables in workbench.toml become gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from workbench.errors import ConfigurationError, nearest
from workbench.registry.gate import Gate, Rule
from workbench.registry.gates.calibration import Calibration
from workbench.registry.gates.champion import Champion
from workbench.registry.gates.fairness import Fairness
from workbench.registry.gates.latency import Latency
from workbench.registry.gates.leakage import Leakage
from workbench.registry.gates.quality import Quality
from workbench.registry.gates.robustness import Robustness
from workbench.registry.gates.size import Size
from workbench.registry.gates.slices import Slices

if TYPE_CHECKING:
    from workbench.project import ModelConfig

KINDS: Mapping[str, type[Rule]] = {
    "quality": Quality,
    "champion": Champion,
    "slices": Slices,
    "fairness": Fairness,
    "calibration": Calibration,
    "robustness": Robustness,
    "latency": Latency,
    "leakage": Leakage,
    "size": Size,
}
"""Every kind of gate by its name in workbench.toml."""


class NamedGate(NamedTuple):
    """A gate as a model declares it; `rule` holds all its settings, defaults filled in."""

    name: str
    kind: str
    gate: Gate
    rule: dict[str, Any]


def gates_of(model: str, config: ModelConfig) -> tuple[NamedGate, ...]:
    """Return the gates that workbench.toml declares for a model, in its order.

    Raises:
        ConfigurationError: a gate is of an unknown kind, or its settings are wrong.
    """
    return tuple(_gate(model, config.task, name, table) for name, table in config.gates.items())


def _gate(model: str, task: str, name: str, table: Mapping[str, Any]) -> NamedGate:
    key = f"models.{model}.gates.{name}"
    settings = dict(table)
    kind = settings.pop("kind", name)
    if kind not in KINDS:
        close = nearest(str(kind), KINDS)
        meant = f"Did you mean {close!r}? " if close else ""
        hint = f'{meant}Name it one of {", ".join(KINDS)}, or add kind = "…".'
        raise _wrong(key, f"there is no gate of kind {kind!r}", hint)
    try:
        gate = KINDS[kind].model_validate(settings)
    except ValidationError as error:
        raise _wrong(key, _first(error), _allowed(kind)) from error
    misfit = gate.fits(task)
    if misfit:
        raise _wrong(key, misfit, "Choose another metric for this gate.")
    return NamedGate(name, kind, gate, {"kind": kind, **gate.settings()})


def _wrong(key: str, what: str, hint: str) -> ConfigurationError:
    return ConfigurationError(f"workbench.toml, {key}: {what}.", hint=hint, file="workbench.toml", key=key)


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in found["loc"])
    text = found["msg"].removeprefix("Value error, ")
    return f"{where}: {text}, got {found['input']!r}" if where else text


def _allowed(kind: str) -> str:
    return f"A {kind} gate takes: {', '.join(KINDS[kind].model_fields)}."
