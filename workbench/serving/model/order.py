"""A caller's rows in the order of the model's columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from workbench.serving.batch import Batch
from workbench.serving.model.column import Inputs
from workbench.serving.refused import Refused

Row = Sequence[Any]
_REMEMBERED = 64  # orders of columns, so that callers who make up new ones cost no memory
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the model's columns stand in a caller's rows.

    Attributes:
        width: values of a caller's row.
        take: gives a row in the model's order; None where it is in that order.
    """

    width: int
    take: Callable[[Row], Row] | None


class Order:
    """Puts rows into a model's order, and refuses those without its columns.

    Columns that the model does not take are left out, as MLflow does.
    """

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._names = inputs.names
        self._plain = Plan(len(self._names), None)
        self._known: dict[tuple[Any, ...], Plan] = {}
        self._last: tuple[Sequence[Any], Plan] = ((), self._plain)

    def rows(self, batch: Batch) -> Sequence[Row]:
        """Return the rows of a batch, each as long as the model has columns.

        Raises:
            Refused: there are no rows, columns are missing, or a row is too long or too short.
        """
        columns = batch.columns
        if columns is None:
            plan = self._plain
        else:
            last, plan = self._last
            if columns != last:
                plan = self._find(columns)
                self._last = (columns, plan)
        width, take, rows = plan.width, plan.take, batch.rows
        for row in rows:
            if len(row) != width:
                raise self._ragged(rows, width, named=columns is not None)
        if not rows:
            raise Refused(400, "no_rows", "The request holds no rows.", "Send at least one.")
        return rows if take is None else [take(row) for row in rows]

    def _find(self, columns: Sequence[Any]) -> Plan:
        try:
            key = tuple(columns)
            plan = self._known.get(key)
        except TypeError:
            raise Refused(400, "wrong_columns", "A column's name is a text, but a list came.") from None
        if plan is None:
            plan = self._plan(key)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = plan
        return plan

    def _plan(self, columns: tuple[Any, ...]) -> Plan:
        texts = tuple(str(column) for column in columns)
        places = {name: place for place, name in reversed(list(enumerate(texts)))}
        missing = [c.name for c in self._inputs.columns if c.required and c.name not in places]
        if missing and self._inputs.positional and len(texts) == len(self._names):
            return self._plain
        if missing:
            raise self._missing(missing, texts)
        twice = sorted({name for name in self._names if texts.count(name) > 1})
        if twice:
            raise Refused(400, "columns_twice", f"The request names {_listed(twice)} more than once.")
        if texts == self._names:
            return self._plain
        chosen = [places.get(name, len(texts)) for name in self._names]
        return Plan(len(texts), _taking(chosen, width=len(texts)))

    def _missing(self, missing: Sequence[str], columns: Sequence[str]) -> Refused:
        further = [name for name in columns if name not in self._names]
        said = f" It has {_listed(further)}, which the model does not take." if further else ""
        return Refused(
            400,
            "missing_columns",
            f"The request lacks {_listed(missing)}, which the model takes.{said}",
            f"Send all of its {len(self._names)} columns: {_listed(self._names)}.",
        )

    def _ragged(self, rows: Sequence[Row], width: int, *, named: bool) -> Refused:
        place, row = next((place, row) for place, row in enumerate(rows) if len(row) != width)
        wants = f"the request names {width} columns" if named else f"the model takes {width}"
        return Refused(
            400,
            "ragged_rows",
            f"Row {place + 1} holds {len(row)} values, but {wants}.",
            f"Send for each row: {_listed(self._names)}." if not named else "Give every row all columns.",
        )


def _taking(chosen: Sequence[int], *, width: int) -> Callable[[Row], Row]:
    """Return what picks values out of a row; the place after its last stands for null."""
    if len(chosen) == 1:
        only = chosen[0]
        return lambda row: (row[only] if only < width else None,)
    pick = itemgetter(*chosen)
    if width in chosen:
        return lambda row: pick((*row, None))
    return pick


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:80] for name in names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown
