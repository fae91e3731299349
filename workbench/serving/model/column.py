"""The columns that a served model takes, told by its recorded signature and by the model itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.errors import UsageError

Kind = Literal["number", "integer", "boolean", "category", "text"]

_KINDS: Mapping[str, Kind] = {
    "double": "number",
    "float": "number",
    "long": "integer",
    "integer": "integer",
    "boolean": "boolean",
    "string": "text",
    "datetime": "text",
}
_ARRAYS = {
    "float64": "double",
    "float32": "float",
    "int64": "long",
    "int32": "integer",
    "bool": "boolean",
    "object": "string",
    "str": "string",
}


@dataclass(frozen=True)
class Column:
    """One column that a model takes.

    Attributes:
        name: as the training's table had it; `0`, `1`, … where that was an array.
        kind: what a caller gives: number, integer, boolean, category or text.
        type: MLflow's name of what the model is given: double, float, long, integer, boolean, string or
            datetime.
        categories: what the model knows of a category; the position of each is its code.
        required: whether a caller must give it; one that may be left out counts as null.
    """

    name: str
    kind: Kind
    type: str = "double"
    categories: tuple[Any, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class Inputs:
    """All columns of a model.

    Attributes:
        columns: in the order that the model takes them.
        positional: whether the training's table was an array, so that names mean nothing.
        array: the NumPy type of that array, None where the model takes a table.
    """

    columns: tuple[Column, ...]
    positional: bool = False
    array: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)


def inputs_of(signature: Mapping[str, Any] | None, names: Sequence[str]) -> Inputs | None:
    """Return the columns that a recorded signature tells of, None where there is no signature.

    Args:
        signature: MLflow's, as the record of a model holds it.
        names: the model's own names of its columns; empty when it has none.

    Raises:
        UsageError: it describes something else than rows of plain values.
    """
    if not signature or not signature.get("inputs"):
        return None
    specs: list[dict[str, Any]] = json.loads(signature["inputs"])
    if specs[0]["type"] == "tensor":
        return _of_tensors(specs, names)
    named = "name" in specs[0]
    columns = [_of_spec(spec, str(place)) for place, spec in enumerate(specs)]
    if named and len(names) == len(columns) and set(names) == {column.name for column in columns}:
        columns.sort(key=lambda column: names.index(column.name))
    return Inputs(tuple(columns), positional=not named)


def _of_spec(spec: Mapping[str, Any], place: str) -> Column:
    name = str(spec.get("name", place))
    if spec["type"] not in _KINDS:
        raise _unservable(f"column {name} of type {spec['type']}")
    return Column(name, _KINDS[spec["type"]], spec["type"], required=bool(spec.get("required", True)))


def _of_tensors(specs: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Inputs:
    first = specs[0]["tensor-spec"]
    if len(specs) == 1 and "name" not in specs[0]:
        width = first["shape"][-1]
        if len(first["shape"]) != 2 or width < 1:
            raise _unservable(f"an array of shape {tuple(first['shape'])}")
        called = names if len(names) == width else [str(place) for place in range(width)]
        kind = _of_array(first["dtype"])
        columns = tuple(Column(name, _KINDS[kind], kind) for name in called)
        return Inputs(columns, positional=True, array=first["dtype"])
    for spec in specs:
        if len(spec["tensor-spec"]["shape"]) != 1:
            raise _unservable(f"{spec.get('name')} as an array of shape {spec['tensor-spec']['shape']}")
    kinds = [(str(spec["name"]), _of_array(spec["tensor-spec"]["dtype"])) for spec in specs]
    return Inputs(tuple(Column(name, _KINDS[kind], kind) for name, kind in kinds))


def _of_array(dtype: str) -> str:
    if dtype not in _ARRAYS:
        raise _unservable(f"an array of {dtype}")
    return _ARRAYS[dtype]


def _unservable(what: str) -> UsageError:
    return UsageError(
        f"The model takes {what}, and only rows of numbers, truths and texts can be served.",
        hint="Save it with a table as its example: stage.save(name, model, example=table.head()).",
    )
