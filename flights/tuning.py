"""Choosing LightGBM's parameters: Optuna, a budget in trials, judged on later days than those learnt from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flights.matrix import encode, labels
from flights.splits import Parts

if TYPE_CHECKING:
    import lightgbm as lgb
    import optuna

#: The model's declared metric: LightGBM's name of it, and whether more is better.
OBJECTIVES = {"log_loss": ("binary_logloss", False), "brier": ("l2", False), "auc": ("auc", True)}

#: Tried first, so that no search ends worse than this.
DEFAULTS: dict[str, float] = {
    "num_leaves": 31,
    "leaf_share": 1e-3,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "lambda_l2": 1.0,
    "cat_smooth": 50.0,
}

#: Rows that a trial sees: enough to rank parameters, few enough to try many.
FIT_ROWS, VALIDATE_ROWS = 30_000, 15_000
MAX_ROUNDS = 1_000
REPORT_EVERY = 10


@dataclass(frozen=True)
class Learner:
    """What stays the same in every fit, so that the same inputs give the same bytes.

    Attributes:
        metric: the model's declared metric, a key of `OBJECTIVES`.
        seed: for everything random.
        learning_rate: shrinkage of each tree.
        early_stopping: rounds without progress on the validation days before a fit ends.
        num_threads: part of the result, because more threads take sums in another order. On two cores one
            costs half as much again as two, and a busy machine cannot make it ten times slower.
    """

    metric: str = "log_loss"
    seed: int = 0
    learning_rate: float = 0.15
    early_stopping: int = 20
    num_threads: int = 1

    def __post_init__(self) -> None:
        if self.metric not in OBJECTIVES:
            raise ValueError(
                f"No model can be chosen by {self.metric!r}; expected one of {', '.join(OBJECTIVES)}.\n"
                "Change models.flight-delay.metric in workbench.toml."
            )

    @property
    def lightgbm_metric(self) -> str:
        """LightGBM's name of the metric."""
        return OBJECTIVES[self.metric][0]

    @property
    def more_is_better(self) -> bool:
        """Whether the metric is to grow."""
        return OBJECTIVES[self.metric][1]

    def settings(self, chosen: dict[str, float], rows: int) -> dict[str, Any]:
        """Return LightGBM's parameters for chosen ones, on so many rows."""
        of_trees = {name: value for name, value in chosen.items() if name != "leaf_share"}
        return {
            **of_trees,
            "min_data_in_leaf": max(2, round(chosen["leaf_share"] * rows)),
            "objective": "binary",
            "metric": self.lightgbm_metric,
            "learning_rate": self.learning_rate,
            "bagging_freq": 1,
            "max_bin": 63,
            "feature_pre_filter": False,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": self.num_threads,
            "verbosity": -1,
        }


@dataclass(frozen=True)
class Tuning:
    """The outcome of a search: the chosen parameters, and one row for each trial."""

    chosen: dict[str, float]
    trials: pd.DataFrame


def tune(parts: Parts, names: list[str], learner: Learner, *, n_trials: int) -> Tuning:
    """Search parameters by TPE; trials that lag behind the median are given up early, and count."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    fit, validate = thinned(parts.fit, FIT_ROWS), thinned(parts.validate, VALIDATE_ROWS)
    study = optuna.create_study(
        direction="maximize" if learner.more_is_better else "minimize",
        sampler=optuna.samplers.TPESampler(seed=learner.seed, n_startup_trials=8),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=5 * REPORT_EVERY),
    )
    study.enqueue_trial(DEFAULTS)
    study.optimize(_objective(fit, validate, names, learner), n_trials=n_trials)
    return Tuning(chosen=dict(study.best_params), trials=_table(study))


def thinned(part: pd.DataFrame, rows: int) -> pd.DataFrame:
    """Return about so many rows, evenly spread over the part's time."""
    return part.iloc[:: max(1, -(-len(part) // rows))]


def _objective(
    fit: pd.DataFrame, validate: pd.DataFrame, names: list[str], learner: Learner
) -> Callable[[optuna.Trial], float]:
    import lightgbm as lgb

    table = encode(fit, names)
    binned = {"max_bin": 63, "feature_pre_filter": False, "verbosity": -1, "num_threads": learner.num_threads}
    seen = lgb.Dataset(table, labels(fit), params=binned, free_raw_data=False).construct()
    unseen = lgb.Dataset(
        encode(validate, names, known=table),
        labels(validate),
        reference=seen,
        params=binned,
        free_raw_data=False,
    ).construct()

    def objective(trial: optuna.Trial) -> float:
        booster = lgb.train(
            learner.settings(_suggest(trial), len(fit)),
            seen,
            MAX_ROUNDS,
            valid_sets=[unseen],
            valid_names=["validate"],
            callbacks=[lgb.early_stopping(learner.early_stopping, verbose=False), _pruning(trial)],
        )
        trial.set_user_attr("rounds", booster.best_iteration)
        return float(booster.best_score["validate"][learner.lightgbm_metric])

    return objective


def _suggest(trial: optuna.Trial) -> dict[str, float]:
    return {
        "num_leaves": trial.suggest_int("num_leaves", 15, 63, log=True),
        "leaf_share": trial.suggest_float("leaf_share", 1e-4, 1e-2, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.2, 0.6),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.5, 1.0),
        "lambda_l2": trial.suggest_float("lambda_l2", 1e-2, 100.0, log=True),
        "cat_smooth": trial.suggest_float("cat_smooth", 5.0, 200.0, log=True),
    }


def _pruning(trial: optuna.Trial) -> Callable[[lgb.callback.CallbackEnv], None]:
    import optuna

    def prune(env: lgb.callback.CallbackEnv) -> None:
        if (env.iteration + 1) % REPORT_EVERY:
            return
        trial.report(float(env.evaluation_result_list[0][2]), env.iteration)
        if trial.should_prune():
            trial.set_user_attr("rounds", env.iteration + 1)
            raise optuna.TrialPruned

    return prune


def _table(study: optuna.Study) -> pd.DataFrame:
    rows = [
        {
            "trial": trial.number,
            "state": trial.state.name.lower(),
            "value": np.nan if trial.value is None else trial.value,
            "rounds": trial.user_attrs.get("rounds", 0),
            **trial.params,
        }
        for trial in study.trials
    ]
    return pd.DataFrame(rows)


def best_so_far(values: NDArray[np.float64], *, more_is_better: bool) -> NDArray[np.float64]:
    """Return the best value up to each trial; trials given up do not count."""
    worst = -np.inf if more_is_better else np.inf
    filled = np.where(np.isnan(values), worst, values)
    return np.maximum.accumulate(filled) if more_is_better else np.minimum.accumulate(filled)
