"""How far two answers to one row are apart, and whether they decide it otherwise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DIFFERENCE, SHIFT, CHANGED = "difference", "shift", "changed"
_BINARY, _MULTICLASS, _REGRESSION = "binary", "multiclass", "regression"


def compare(frame: pl.DataFrame, answers: Sequence[Any], task: str, bar: float) -> pl.DataFrame:
    """Return the rows that both versions answered, each with its differences.

    Args:
        frame: of `PredictionLog.window`, as long as `answers`.
        answers: of the version that was asked again; None where it turned the row away.
        task: binary, multiclass or regression.
        bar: from which score on a row is decided as 1, for a binary task.

    Returns:
        The rows with `replayed` (the answer as JSON), `difference` (the greatest one between the numbers
        of both answers, null where one is no number or both have not equally many), `shift` (by how much
        the new number is greater, null where there are several) and `changed` (null where nothing is
        decided).
    """
    import polars as pl

    rows = frame.filter(pl.Series([answer is not None for answer in answers], dtype=pl.Boolean))
    kept = [answer for answer in answers if answer is not None]
    texts = [_text(answer) for answer in kept]
    old: list[list[float] | None] = rows["score"].to_list()
    new = [_numbers(answer) for answer in kept]
    difference, shift, changed = _apart(old, new, task, bar)
    if task != _REGRESSION:
        for place in np.flatnonzero(np.isnan(changed)):
            was = rows["answer"][int(place)] if old[place] is None else old[place]
            changed[place] = was != (texts[place] if new[place] is None else new[place])
    return rows.with_columns(
        pl.Series("replayed", texts, dtype=pl.String),
        pl.Series(DIFFERENCE, difference).fill_nan(None),
        pl.Series(SHIFT, shift).fill_nan(None),
        pl.Series(CHANGED, changed).fill_nan(None).cast(pl.Boolean),
    )


def _apart(
    old: Sequence[list[float] | None], new: Sequence[list[float] | None], task: str, bar: float
) -> tuple[Floats, Floats, Floats]:
    """Return difference, shift and changed of each pair of as many numbers; NaN where it means nothing."""
    difference, shift, changed = (np.full(len(new), np.nan) for _ in range(3))
    widths = [
        len(one) if one is not None and other is not None and len(one) == len(other) else 0
        for one, other in zip(old, new, strict=True)
    ]
    for width in set(widths) - {0}:
        places = [place for place, each in enumerate(widths) if each == width]
        one = np.array([old[place] for place in places], dtype=np.float64)
        other = np.array([new[place] for place in places], dtype=np.float64)
        is_name = task == _MULTICLASS and width == 1
        if not is_name:
            difference[places] = np.abs(other - one).max(axis=1)
        if width == 1 and not is_name:
            shift[places] = (other - one)[:, 0]
        if task != _REGRESSION:
            changed[places] = _decided(one, task, bar) != _decided(other, task, bar)
    return difference, shift, changed


def _decided(scores: Floats, task: str, bar: float) -> Any:
    """Return what each row is decided as."""
    if task == _BINARY:
        return scores[:, -1] >= bar
    return scores[:, 0] if scores.shape[1] == 1 else scores.argmax(axis=1)


def _numbers(answer: Any) -> list[float] | None:
    if type(answer) is float:
        return [answer]
    values = answer if isinstance(answer, list) else [answer]
    return [float(value) for value in values] if all(isinstance(v, int | float) for v in values) else None


def _text(answer: Any) -> str:
    if type(answer) is float:
        return repr(answer)
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, default=str)
