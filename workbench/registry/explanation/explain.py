"""`wb.explain`: what a model's predictions rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.registry.block import block_ids
from workbench.registry.column import moments
from workbench.registry.explanation.contributions import Contributions, tree_contributions
from workbench.registry.explanation.dependence import dependence_on
from workbench.registry.explanation.explanation import Explanation
from workbench.registry.explanation.importance import LOSSES, Judged, ranked, shuffled_costs
from workbench.registry.explanation.shapley import sampled_contributions
from workbench.tracking.scorer import Scorer, Task

if TYPE_CHECKING:
    import pandas as pd

_BACKGROUND = 200  # rows that stand for everybody, where a model needs them
_FOLLOWED = 200  # rows whose mean makes a point of the dependence


def explain(
    model: Any,
    table: Any,
    *,
    task: Task,
    y: Any = None,
    times: Any = None,
    block: str = "1d",
    rows: int | None = None,
    top: int = 10,
    follow: int = 4,
    samples: int = 16,
    seed: int = 0,
) -> Explanation:
    """Explain a model on rows that it was not trained on.

    LightGBM's contributions are exact. Any other model's are Shapley values of its scores, sampled; they
    cost 2 × `samples` × columns scores for each row, so 200 rows are explained if nothing else is said.

    Args:
        model: a native model, as `stage.load` returns it.
        table: with the model's columns; further ones are left out, names of things may be texts.
        task: binary, multiclass or regression.
        y: the truth as for `wb.check`; without it no cost of shuffling is measured.
        times: when each row happened; rows of a block then count as one piece of evidence.
        block: length of a block of time.
        rows: how many rows to explain, evenly taken from the table; 1,000 of LightGBM, else 200.
        top: of how many columns to measure the cost of shuffling.
        follow: on how many columns to work out the partial dependence.
        samples: orders of columns that are drawn for a model other than LightGBM.
        seed: the result is the same for the same seed; take `stage.seed`.

    Raises:
        UsageError: the table is empty, lacks columns, or does not fit `y` and `times`; or contributions do
            not add up to the predictions.
    """
    import numpy as np

    scorer = Scorer(model, task)
    frame = scorer.rows(table).reset_index(drop=True)
    _check_lengths(frame, y, times)
    places = _evenly(len(frame), rows or (1000 if scorer.is_booster else 200))
    shown = frame.iloc[places].reset_index(drop=True)
    found = _contributions(scorer, shown, frame, samples=samples, seed=seed)
    columns, sizes = list(found.columns), found.mean
    leading = [columns[place] for place in np.argsort(-sizes, kind="stable")]
    costs = {}
    if y is not None:
        truth = scorer.truth(y.to_numpy() if hasattr(y, "to_numpy") else y)[places]
        judged = Judged(shown, truth, _blocks(times, places, block))
        costs = shuffled_costs(scorer, judged, leading[:top], seed=seed)
    some = shown.iloc[_evenly(len(shown), _FOLLOWED)].reset_index(drop=True)
    followed = {name: dependence_on(scorer, some, name) for name in leading[:follow]}
    loss = LOSSES[task] if costs else ""
    return Explanation(task, len(shown), found, ranked(columns, sizes, costs), followed, loss)


def _contributions(
    scorer: Scorer, shown: pd.DataFrame, frame: pd.DataFrame, *, samples: int, seed: int
) -> Contributions:
    if scorer.is_booster:
        return tree_contributions(scorer, shown)
    background = frame.iloc[_evenly(len(frame), _BACKGROUND)]
    return sampled_contributions(scorer, shown, background, samples=samples, seed=seed)


def _evenly(there: int, wanted: int) -> Any:
    """Return row numbers at even distances: of rows in order of time, some of every season."""
    import numpy as np

    if there <= wanted:
        return np.arange(there)
    return np.linspace(0, there - 1, wanted).round().astype(np.int64)


def _blocks(times: Any, places: Any, block: str) -> Any:
    import numpy as np

    if times is None:
        return np.arange(len(places))
    return block_ids(moments(times)[places], block)


def _check_lengths(frame: pd.DataFrame, y: Any, times: Any) -> None:
    lengths = {"table": len(frame)} | {n: len(v) for n, v in (("y", y), ("times", times)) if v is not None}
    if not len(frame):
        raise UsageError(
            "There is no row to explain.", hint="Give some rows that the model was not trained on."
        )
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{what} has {length:,}" for what, length in lengths.items())
        raise UsageError(
            f"wb.explain needs the same rows everywhere, but {told}.", hint="Take the same rows."
        )
