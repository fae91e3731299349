"""Model versions, the gates that judge them, and who is champion by whose decision."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from workbench.registry.load import load

if TYPE_CHECKING:
    from workbench.registry.decided import Decided, Redeployed
    from workbench.registry.deployment import Deployment
    from workbench.registry.extension import RegistryExtension
    from workbench.registry.gate import GateResult, Scored
    from workbench.registry.judge import check, propose
    from workbench.registry.model import ModelState, fold, read_model
    from workbench.registry.projection import Projection
    from workbench.registry.registry import Registry
    from workbench.registry.report import GateReport
    from workbench.registry.stray import Difference
    from workbench.registry.verdict import Verdict
    from workbench.registry.version import Move, Promotion, Version

__all__ = [
    "Decided",
    "Deployment",
    "Difference",
    "GateReport",
    "GateResult",
    "ModelState",
    "Move",
    "Projection",
    "Promotion",
    "Redeployed",
    "Registry",
    "RegistryExtension",
    "Scored",
    "Verdict",
    "Version",
    "check",
    "fold",
    "load",
    "propose",
    "read_model",
]

# A rollback needs none of the gates: each module is imported when somebody asks for what is in it.
_PLACES = {
    "Decided": "decided",
    "Deployment": "deployment",
    "Difference": "stray",
    "GateReport": "report",
    "GateResult": "gate",
    "ModelState": "model",
    "Move": "version",
    "Projection": "projection",
    "Promotion": "version",
    "Redeployed": "decided",
    "Registry": "registry",
    "RegistryExtension": "extension",
    "Scored": "gate",
    "Verdict": "verdict",
    "Version": "version",
    "check": "judge",
    "fold": "model",
    "propose": "judge",
    "read_model": "model",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for by name."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
