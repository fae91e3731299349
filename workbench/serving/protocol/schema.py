"""What a model's rows look like, as JSON Schema, and one of them filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.serving.protocol.datatype import of_column, of_values

if TYPE_CHECKING:
    from workbench.serving.model.column import Column
    from workbench.serving.model.served import ServedModel

_SHOWN = 20
_FLOAT = 3.4028234663852886e38
_BITS = {"long": 63, "integer": 31}
_JSON = {"BOOL": "boolean", "INT64": "integer", "FP64": "number", "BYTES": "string"}
_PLAIN: dict[str, Any] = {"number": 0.0, "integer": 0, "boolean": False, "text": ""}


def value_schema(column: Column) -> dict[str, Any]:
    """Return what a value of a column may be."""
    if column.kind == "number":
        bounds = {"minimum": -_FLOAT, "maximum": _FLOAT} if column.type == "float" else {}
        return {"type": ["number", "null"], **bounds}
    if column.kind == "integer":
        bits = _BITS.get(column.type, 63)
        return {"type": "integer", "minimum": -(1 << bits), "maximum": (1 << bits) - 1}
    if column.kind == "boolean":
        return {"type": "boolean"}
    if column.kind == "text":
        return {"type": ["string", "null"]}
    known, shown = column.categories, list(column.categories[:_SHOWN])
    told = f"One of {len(known)} names that the model knows; null where it is missing."
    return {"type": [_JSON[of_column(column)], "null"], "description": told, "examples": shown}


def row_schema(columns: Sequence[Column]) -> dict[str, Any]:
    """Return what a row is as an object; further columns are let through."""
    return {
        "type": "object",
        "properties": {column.name: value_schema(column) for column in columns},
        "required": [column.name for column in columns if column.required],
    }


def rows_schema(columns: Sequence[Column]) -> dict[str, Any]:
    """Return what a request to `/invocations` is: one of MLflow's four formats."""
    cell = {"type": ["number", "string", "boolean", "null"]}
    rows = {"type": "array", "minItems": 1, "items": row_schema(columns)}
    lists = {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "array",
            "prefixItems": [value_schema(column) for column in columns],
            "minItems": len(columns),
            "maxItems": len(columns),
        },
    }
    split = {
        "type": "object",
        "properties": {
            "columns": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            "data": {"type": "array", "minItems": 1, "items": {"type": "array", "items": cell}},
            "index": {"type": "array"},
        },
        "required": ["data"],
        "additionalProperties": False,
    }
    by_column = {
        "type": "object",
        "properties": {
            column.name: {"type": "array", "minItems": 1, "items": value_schema(column)} for column in columns
        },
        "required": [column.name for column in columns if column.required],
    }
    formats: dict[str, Any] = {
        "dataframe_split": split,
        "dataframe_records": rows,
        "instances": {"anyOf": [rows, lists]},
        "inputs": {"anyOf": [by_column, rows, lists]},
    }
    return {
        "oneOf": [
            {"type": "object", "title": name, "properties": {name: schema}, "required": [name]}
            for name, schema in formats.items()
        ]
    }


def example_rows(served: ServedModel, most: int = 1) -> list[list[Any]]:
    """Return rows to show: the first that the model was saved with, otherwise made-up ones."""
    if served.example is not None and served.example.rows:
        return [list(row) for row in served.rows(served.example)[:most]]
    return [[_made_up(column) for column in served.columns]]


def tensors(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Return rows as tensors, one for each column."""
    return [
        {
            "name": column.name,
            "shape": [len(rows)],
            "datatype": of_column(column),
            "data": [row[place] for row in rows],
        }
        for place, column in enumerate(columns)
    ]


def predictions_schema(predictions: Any) -> dict[str, Any]:
    """Return what predictions are, told by some of them."""
    if isinstance(predictions, dict):
        return {"type": "object"}
    first = predictions[0] if predictions else 0.0
    if isinstance(first, dict):
        return {"type": "array", "items": {"type": "object"}}
    if isinstance(first, list):
        inner = predictions_schema(first)
        return {"type": "array", "items": inner}
    return {"type": "array", "items": {"type": [_JSON[of_values(predictions)], "null"]}}


def _made_up(column: Column) -> Any:
    return column.categories[0] if column.categories else _PLAIN.get(column.kind)
