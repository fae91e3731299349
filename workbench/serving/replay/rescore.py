"""Asks a version about rows that were logged, as their callers had asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.serving.batch import Batch
from workbench.serving.refused import Refused
from workbench.serving.replay.slices import columns_of

if TYPE_CHECKING:
    import polars as pl

    from workbench.serving.model import Column, ServedModel

_AT_ONCE = 10_000


@dataclass
class Rescored:
    """What a version answers to logged rows.

    Attributes:
        answers: one for each row; None where it turns the row away.
        refused: how many it turns away.
        refusal: the sentence of the first.
    """

    answers: list[Any]
    refused: int = 0
    refusal: str = ""


def rescore(served: ServedModel, frame: pl.DataFrame, unknown: Collection[str] = ()) -> Rescored:
    """Ask a version about the rows of a log.

    Args:
        served: the version.
        frame: of `PredictionLog.window`.
        unknown: columns that the log does not hold as they came; they count as missing.

    Raises:
        UsageError: the log holds nothing of a column that the version takes.
    """
    found = Rescored([])
    known = columns_of(frame)
    missing = [c.name for c in served.columns if c.required and c.name not in (*known, *unknown)]
    if missing:
        raise UsageError(
            f"Version {served.version} of {served.model!r} takes {', '.join(missing)}, "
            "which nothing was logged of in that time.",
            hint=f"Let it score new requests instead: "
            f"workbench promote {served.model} {served.version} --shadow",
        )
    for part in frame.iter_slices(_AT_ONCE):
        _answer(served, _rows(served.columns, part, known, unknown), found)
    return found


def _rows(
    columns: Sequence[Column], part: pl.DataFrame, known: Collection[str], unknown: Collection[str]
) -> list[tuple[Any, ...]]:
    values = []
    for column in columns:
        if column.name in unknown or column.name not in known:
            values.append([None] * part.height)
            continue
        logged = part["features"].struct.field(column.name).to_list()
        back = as_it_came(column)
        values.append(logged if back is None else [back(value) for value in logged])
    return list(zip(*values, strict=True))


def as_it_came(column: Column) -> Callable[[Any], Any] | None:
    """Return what turns a column's logged values into the caller's; None where they are the same.

    Names of things are logged as text, whatever they were.
    """
    if column.kind != "category" or all(isinstance(each, str) for each in column.categories):
        return None
    known = {json.dumps(each, ensure_ascii=False): each for each in column.categories}
    known |= {each: each for each in column.categories if isinstance(each, str)}

    def back(value: Any) -> Any:
        if not isinstance(value, str) or value in known:
            return known.get(value, value)
        try:
            return json.loads(value)
        except ValueError:
            return value

    return back


def _answer(served: ServedModel, rows: list[tuple[Any, ...]], found: Rescored) -> None:
    """Score rows at once; where some are turned away, find them by halves."""
    names = [column.name for column in served.columns]
    try:
        answers = served.score(Batch(names, rows)).predictions
    except Refused as refused:
        if len(rows) == 1:
            found.refused += 1
            found.refusal = found.refusal or str(refused)
            found.answers.append(None)
            return
        half = len(rows) // 2
        _answer(served, rows[:half], found)
        _answer(served, rows[half:], found)
    else:
        found.answers += list(answers)
