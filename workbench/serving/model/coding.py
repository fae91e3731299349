"""Rows as the numbers that a Booster takes: checked, names of things as codes, null as NaN."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan
from operator import itemgetter
from struct import Struct
from typing import TYPE_CHECKING, Any

from workbench.serving.model.column import Column
from workbench.serving.model.order import Row
from workbench.serving.model.value import RANGES, checked, types_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NUMBERS = frozenset({int, float})
_NUMBERS_OR_NULL = frozenset({int, float, type(None)})
_NARROW = Struct("f")


class Coding:
    """Turns rows into numbers: quickly where all is as it should be, value by value where it is not.

    Both ways give the same numbers, and only the careful one refuses.

    Args:
        columns: in the model's order.
        refuse_unknown: whether a category that was never learnt is an error, or counts as missing.
    """

    def __init__(self, columns: Sequence[Column], *, refuse_unknown: bool) -> None:
        self._columns = tuple(columns)
        self._refuse = refuse_unknown
        self._codes = {
            place: {each: float(code) for code, each in enumerate(column.categories)}
            for place, column in enumerate(columns)
            if column.kind == "category"
        }
        self._coded = [
            (place, codes, types_of(columns[place].categories), self._is_strict(place))
            for place, codes in self._codes.items()
        ]
        self._whole = [
            (place, *RANGES[column.type]) for place, column in enumerate(columns) if column.kind == "integer"
        ]
        self._flags = [place for place, column in enumerate(columns) if column.kind == "boolean"]
        self._narrow = [place for place, column in enumerate(columns) if column.type == "float"]
        self._narrowed = Struct(f"{len(self._narrow)}f")
        self._pick = itemgetter(0, *self._narrow)  # the first of all, so that one alone is a tuple too

    def row(self, row: Row) -> Sequence[float]:
        """Return one row's numbers.

        Raises:
            Refused: a value does not fit its column.
        """
        numbers = [*row]
        for place, codes, types, strict in self._coded:
            value = numbers[place]
            if type(value) not in types:
                return self._carefully(row)
            numbers[place] = code = codes.get(value)
            if strict and code is None and value is not None:
                return self._carefully(row)
        for place, low, high in self._whole:
            value = numbers[place]
            if type(value) is not int or not low <= value <= high:
                return self._carefully(row)
        for place in self._flags:
            if type(numbers[place]) is not bool:
                return self._carefully(row)
            numbers[place] = float(numbers[place])
        return self._sound(numbers) or self._carefully(row)

    def matrix(self, rows: Sequence[Row]) -> NDArray[np.float64]:
        """Return many rows' numbers, shape (rows, columns), worked out column by column.

        Raises:
            Refused: a value does not fit its column.
        """
        import numpy as np

        table = np.empty((len(rows), len(self._columns)), dtype=np.float64)
        for place in range(len(self._columns)):
            values = [row[place] for row in rows]
            quick = self._quickly(place, values)
            table[:, place] = self._each(place, values) if quick is None else quick
        return table

    def _sound(self, numbers: list[Any]) -> list[float] | None:
        """Return numbers with NaN for null, None when one is no finite number of its column's width."""
        try:
            if _NUMBERS.issuperset(map(type, numbers)):
                finite = isfinite(sum(numbers))
            elif _NUMBERS_OR_NULL.issuperset(map(type, numbers)):
                finite = isfinite(sum([value for value in numbers if value is not None]))
                numbers = [nan if value is None else value for value in numbers]
            else:
                return None
            if self._narrow:
                narrow = self._narrowed.unpack(self._narrowed.pack(*self._pick(numbers)[1:]))
                for place, value in zip(self._narrow, narrow, strict=True):
                    numbers[place] = value
        except OverflowError:
            return None
        return numbers if finite else None

    def _quickly(self, place: int, values: list[Any]) -> NDArray[np.float64] | None:
        import numpy as np

        column, found = self._columns[place], set(map(type, values))
        if column.kind == "category" and not self._is_strict(place):
            if not found <= types_of(column.categories):
                return None
            codes = self._codes[place]
            return np.array([codes.get(value, nan) for value in values], dtype=np.float64)
        if column.kind == "integer" and found == {int}:
            low, high = RANGES[column.type]
            return np.array(values, np.float64) if low <= min(values) and max(values) <= high else None
        if column.type != "double" or not found <= _NUMBERS_OR_NULL:
            return None
        try:
            numbers = np.array(values, dtype=np.float64)
        except OverflowError:
            return None
        known = numbers if type(None) not in found else numbers[[value is not None for value in values]]
        return numbers if bool(np.isfinite(known).all()) else None

    def _carefully(self, row: Row) -> Sequence[float]:
        return [self._one(place, value, 0) for place, value in enumerate(row)]

    def _each(self, place: int, values: Sequence[Any]) -> list[float]:
        return [self._one(place, value, row) for row, value in enumerate(values)]

    def _one(self, place: int, value: Any, row: int) -> float:
        column = self._columns[place]
        value = checked(column, value, row, refuse_unknown=self._refuse)
        if value is None:
            return nan
        if column.kind == "category":
            return self._codes[place][value]
        if column.type == "float":
            narrow: float = _NARROW.unpack(_NARROW.pack(value))[0]
            return narrow
        return float(value)

    def _is_strict(self, place: int) -> bool:
        """Whether an unknown category needs a closer look: it may have to be refused, or be NaN."""
        return self._refuse or float in types_of(self._columns[place].categories)
