"""The flavours of models that can be stored, and which of them takes a model."""

from __future__ import annotations

from typing import Any

from workbench.errors import UsageError
from workbench.tracking.flavours.boosting import CatBoost, XGBoost
from workbench.tracking.flavours.flavour import PICKLE, TEXT, Flavour, Recorded, type_name
from workbench.tracking.flavours.lightgbm import LightGBM
from workbench.tracking.flavours.onnx import Onnx
from workbench.tracking.flavours.pickled import PICKLED, Pickled
from workbench.tracking.flavours.sklearn import Sklearn
from workbench.tracking.trust import Trust

__all__ = ["PICKLE", "TEXT", "Flavour", "Recorded", "flavour_for", "flavour_named"]


def flavours(trust: Trust) -> tuple[Flavour, ...]:
    """Return every flavour, those first that pickle nothing."""
    safe: tuple[Flavour, ...] = (LightGBM(), XGBoost(), CatBoost(), Onnx(), Sklearn(trust))
    return safe + tuple(Pickled(name, trust) for name in PICKLED)


def flavour_for(model: Any, trust: Trust) -> tuple[Flavour, Any]:
    """Return the flavour that stores a model, and what it will store.

    A scikit-learn model that skops cannot store is pickled only where the project allows pickles.

    Raises:
        UsageError: no flavour may store it; the message says what to do.
    """
    refusal: UsageError | None = None
    for flavour in flavours(trust):
        if not flavour.takes(model):
            continue
        try:
            return flavour, flavour.native(model)
        except UsageError as error:
            refusal = refusal or error
            if not trust.pickle or flavour.name == "lightgbm":
                break
    raise refusal or UsageError(
        f"A {type_name(model)} cannot be saved as a model: it does not predict.",
        hint="Save an object with a predict method, or a table, dict, text or Path as what it is.",
    )


def flavour_named(name: str, stored: str, trust: Trust) -> Flavour | None:
    """Return the flavour by the two words of a model's record, None when it is not on the list."""
    return next((f for f in flavours(trust) if (f.name, f.stored) == (name, stored)), None)
