"""What may be built when a model is loaded: types that we name, never types that a model names itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.project import Project

# Beyond what skops trusts by itself. It leaves trees out because made-up node indices crash a process; here
# nothing is parsed whose bytes are not those recorded, so the trees are those that were grown.
_OURS = frozenset(
    {
        "collections.OrderedDict",
        "lightgbm.basic.Booster",
        "lightgbm.sklearn.LGBMClassifier",
        "lightgbm.sklearn.LGBMRanker",
        "lightgbm.sklearn.LGBMRegressor",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.metrics._scorer._PassthroughScorer",
        "sklearn.metrics._scorer._Scorer",
        "sklearn.model_selection._split.GroupKFold",
        "sklearn.model_selection._split.KFold",
        "sklearn.model_selection._split.StratifiedKFold",
        "sklearn.model_selection._split.TimeSeriesSplit",
        "sklearn.tree._tree.Tree",
        "xgboost.core.Booster",
        "xgboost.sklearn.XGBClassifier",
        "xgboost.sklearn.XGBRegressor",
    }
)


@dataclass(frozen=True)
class Trust:
    """What a project allows its models to hold.

    Attributes:
        types: full names of its own classes and functions, from `[models.NAME] trusted`.
        pickle: whether models may be pickled at all, from `[stores] allow_pickle`. Loading a pickle runs
            whatever its author put there.
    """

    types: tuple[str, ...] = ()
    pickle: bool = False

    @property
    def names(self) -> list[str]:
        """Every type that may be built, ours and the project's."""
        return sorted(_OURS.union(self.types))

    def unknown(self, types: Iterable[str]) -> list[str]:
        """Return those types that nobody has vouched for."""
        return sorted(set(types).difference(self.names))


NO_TRUST = Trust()
"""Our own list alone, and no pickle."""


def trust_of(project: Project, name: str) -> Trust:
    """Return what a project allows in one of its models.

    Args:
        project: its `[models.NAME] trusted` and `[stores] allow_pickle` are asked.
        name: a model, `MODEL@ALIAS`, or the output of a stage that trains models.
    """
    config, model = project.config, name.partition("@")[0]
    if model in config.models:
        models = [config.models[model]]
    else:
        producer = project.producer(name)
        models = [each for each in config.models.values() if each.trained_by == producer]
    return Trust(tuple(sorted({t for each in models for t in each.trusted})), config.stores.allow_pickle)
