"""Growing the model: once with an eye on later days, to know how many trees, then on everything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from flights.matrix import encode, labels
from flights.splits import Parts
from flights.tuning import MAX_ROUNDS, Learner

if TYPE_CHECKING:
    import lightgbm as lgb


@dataclass(frozen=True)
class Watched:
    """A model grown on `fit` alone, and the declared metric after each of its trees.

    Attributes:
        booster: the model; it has not seen the validation days.
        rounds: the number of trees at which the metric was best on the validation days.
        curve: columns `round`, `fit` and `validate`.
    """

    booster: lgb.Booster
    rounds: int
    curve: pd.DataFrame


def fit_watched(parts: Parts, names: list[str], learner: Learner, chosen: dict[str, float]) -> Watched:
    """Grow trees on `fit` until the validation days stop getting better."""
    import lightgbm as lgb

    table = encode(parts.fit, names)
    seen = lgb.Dataset(table, labels(parts.fit))
    unseen = lgb.Dataset(encode(parts.validate, names, known=table), labels(parts.validate), reference=seen)
    history: dict[str, dict[str, list[float]]] = {}
    booster = lgb.train(
        learner.settings(chosen, len(parts.fit)),
        seen,
        MAX_ROUNDS,
        valid_sets=[seen, unseen],
        valid_names=["fit", "validate"],
        # On what it learns from a model always gets better: LightGBM leaves that set out of early stopping.
        callbacks=[lgb.early_stopping(learner.early_stopping, verbose=False), lgb.record_evaluation(history)],
    )
    curve = {name: history[name][learner.lightgbm_metric] for name in ("fit", "validate")}
    rounds = np.arange(1, len(curve["fit"]) + 1)
    return Watched(booster, booster.best_iteration, pd.DataFrame({"round": rounds, **curve}))


def fit_final(
    parts: Parts, names: list[str], learner: Learner, chosen: dict[str, float], rounds: int
) -> lgb.Booster:
    """Grow the candidate: so many trees on everything up to the last day of learning."""
    import lightgbm as lgb

    data = lgb.Dataset(encode(parts.learn, names), labels(parts.learn))
    return lgb.train(learner.settings(chosen, len(parts.learn)), data, rounds)


def shuffled(parts: Parts, seed: int) -> Parts:
    """Return parts whose labels belong to other flights of the same part: nothing can be learnt from them.

    A drill: what is trained on them must not pass the gates. The days after keep their labels.
    """
    random = np.random.default_rng(seed)

    def shuffle(part: pd.DataFrame) -> pd.DataFrame:
        return part.assign(late=part["late"].array.take(random.permutation(len(part))))

    return replace(
        parts, fit=shuffle(parts.fit), validate=shuffle(parts.validate), learn=shuffle(parts.learn)
    )


def importance(booster: lgb.Booster) -> pd.DataFrame:
    """Return each feature's share of all that the trees' splits gained, the largest first."""
    gain = booster.feature_importance("gain")
    table = pd.DataFrame({"feature": booster.feature_name(), "share": gain / max(gain.sum(), 1e-12)})
    return table.sort_values(["share", "feature"], ascending=[False, True], ignore_index=True)
