"""`/explain`: what each column contributed to a row's score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.serving.batch import Batch
from workbench.serving.model.native import typed_frame
from workbench.serving.model.order import Row
from workbench.serving.model.value import checked
from workbench.serving.refused import Refused

if TYPE_CHECKING:
    import pandas as pd

    from workbench.registry.explanation.contributions import Contributions
    from workbench.serving.model.served import ServedModel

_MOST = {True: 1000, False: 20}
"""Rows of a request: exact contributions are cheap, sampled ones cost a thousand scores a row."""


def explain(served: ServedModel, batch: Batch) -> list[dict[str, Any]]:
    """Return each row's score, base and contributions; see `ServedModel.explain`."""
    rows = served.rows(batch)
    most = _MOST[served.scorer.is_booster]
    if len(rows) > most:
        raise Refused(
            400,
            "too_many_rows",
            f"The request holds {len(rows)} rows, and {most} of this model are explained at once.",
            "Send them in several requests.",
        )
    answers = served.score(batch).predictions  # refuses what does not fit, with the same words
    try:
        found = _contributions(served, scorer_frame(served, rows))
    except WorkbenchError as error:
        raise Refused(400, "cannot_explain", error.message, error.hint) from error
    told = [_told(served, found, place) for place in range(len(rows))]
    if isinstance(answers, list) and len(answers) == len(told):
        return [{"prediction": answer, **each} for answer, each in zip(answers, told, strict=True)]
    return told


def scorer_frame(served: ServedModel, rows: Sequence[Row]) -> pd.DataFrame:
    """Return rows as the table that the gates would score, in the types of the model's signature.

    Raises:
        Refused: a value does not fit its column.
    """
    values = [
        [checked(column, row[place], number) for number, row in enumerate(rows)]
        for place, column in enumerate(served.columns)
    ]
    frame = typed_frame(served.columns, values)
    own = served.scorer.columns
    return frame.set_axis(own, axis=1) if len(own) == len(frame.columns) else frame


def _contributions(served: ServedModel, table: pd.DataFrame) -> Contributions:
    from workbench.registry.explanation.contributions import tree_contributions
    from workbench.registry.explanation.shapley import sampled_contributions

    if served.scorer.is_booster:
        return tree_contributions(served.scorer, table)
    if served.example is None:
        raise Refused(
            400,
            "cannot_explain",
            f"Version {served.version} of {served.model} was saved without an example to compare rows with.",
        )
    background = scorer_frame(served, served.rows(served.example))
    return sampled_contributions(served.scorer, table, background)


def _told(served: ServedModel, found: Contributions, row: int) -> dict[str, Any]:
    import numpy as np

    values = found.values[row]
    names = [column.name for column in served.columns]
    return {
        "score": (values.sum(axis=0) + found.base).tolist(),
        "base": np.asarray(found.base).tolist(),
        "contributions": dict(zip(names, values.tolist(), strict=True)),
        "scale": found.scale,
        "method": found.method,
    }
