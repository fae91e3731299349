"""MLflow's `/invocations`: the formats that its scoring server takes, and the answer that it gives.

```
{"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2]]}}     {"instances": [{"a": 1, "b": 2}]}
{"dataframe_records": [{"a": 1, "b": 2}]}                          {"instances": [[1, 2]]}
{"inputs": {"a": [1], "b": [2]}}                                   {"inputs": [[1, 2]]}
```

One of the four keys stands alone; `params` and whatever else stands beside it is let through unread, as
MLflow does with a model that declares no parameters. The answer is `{"predictions": [...]}`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from workbench.serving.batch import Batch
from workbench.serving.protocol.body import decode
from workbench.serving.protocol.cell import Cell, entities_of
from workbench.serving.protocol.comma import parse_csv
from workbench.serving.protocol.media_type import CSV, media_type
from workbench.serving.protocol.rows import Record, from_columns, from_items, from_records
from workbench.serving.refused import Refused

FORMATS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_HINT = 'Send {"dataframe_split": {"columns": [...], "data": [[...]]}}; /docs has an example to copy.'
_NUMBERS = "0123456789.,[] e+-"
_UNSET = msgspec.UNSET
_Unset = msgspec.UnsetType
_Items = list[dict[str, Cell] | list[Cell] | Cell]


class _Split(msgspec.Struct, forbid_unknown_fields=True):
    data: list[list[Cell]]
    columns: list[str] | None = None
    index: list[Cell | list[Cell]] | None = None


class _Body(msgspec.Struct):
    dataframe_split: _Split | _Unset = _UNSET
    dataframe_records: list[Record] | _Unset = _UNSET
    instances: _Items | _Unset = _UNSET
    inputs: dict[str, list[Cell] | Cell] | _Items | _Unset = _UNSET


class _Numbered(msgspec.Struct):
    """What pandas writes of a table without names: its columns are counted from 0."""

    class Split(msgspec.Struct, forbid_unknown_fields=True):
        data: list[list[Cell]]
        columns: list[int]
        index: list[Cell | list[Cell]] | None = None

    dataframe_split: Split


_decoder = msgspec.json.Decoder(_Body)
_numbered = msgspec.json.Decoder(_Numbered)


def parse(content_type: bytes, body: bytes, entity_column: str | None = None) -> Batch:
    """Return the rows of a request's body.

    Args:
        content_type: the header's value, empty where there was none.
        body: as it came.
        entity_column: the column that holds each row's key, None where the model has none.

    Raises:
        Refused: 400 or 415: the body is none of the formats.
    """
    if media_type(content_type) == CSV:
        return parse_csv(body, entity_column)
    try:
        found = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _second_look(body, entity_column)
    return _batch(found, entity_column)


def answer(predictions: Any) -> bytes:
    """Return the answer's body, byte for byte MLflow's; a prediction that is no number is null."""
    text = repr(predictions)
    if not text.strip(_NUMBERS):  # of finite numbers alone, which Python and JSON write alike
        return b'{"predictions": ' + text.encode() + b"}"
    try:
        return json.dumps({"predictions": predictions}, allow_nan=False).encode()
    except ValueError:
        return msgspec.json.encode({"predictions": predictions})


def _batch(found: _Body, entity_column: str | None) -> Batch:
    split, records = found.dataframe_split, found.dataframe_records
    instances, inputs = found.instances, found.inputs
    given = (
        (split is not _UNSET) + (records is not _UNSET) + (instances is not _UNSET) + (inputs is not _UNSET)
    )
    if given != 1:
        raise _none_or_many(found)
    if split is not _UNSET:
        return _from_split(split, entity_column)
    if records is not _UNSET:
        return from_records(records, entity_column, gaps=True)
    if instances is not _UNSET:
        return from_items("instances", instances, entity_column, gaps=False)
    if isinstance(inputs, dict):
        return from_columns(inputs, entity_column)
    return from_items("inputs", inputs if inputs is not _UNSET else [], entity_column, gaps=True)


def _second_look(body: bytes, entity_column: str | None) -> Batch:
    """Say what is wrong with a body that could not be decoded, or read it as a table without names."""
    try:
        return _batch(decode(_decoder, body, hint=_HINT), entity_column)
    except Refused as refused:
        if "'dataframe_split.columns[0]' is a whole number" not in refused.message:
            raise
    split = decode(_numbered, body, hint=_HINT).dataframe_split
    if split.columns != list(range(len(split.columns))):
        raise Refused(400, "wrong_shape", "Columns should be texts, or be counted from 0.", _HINT)
    _check_index(split.index, split.data)
    return Batch(None, split.data, named=False)


def _none_or_many(found: _Body) -> Refused:
    given = [name for name in FORMATS if getattr(found, name) is not _UNSET]
    got = f"got {' and '.join(given)}" if given else "got none of them"
    return Refused(400, "wrong_format", f"The body should have one of {', '.join(FORMATS)}; {got}.", _HINT)


def _from_split(split: _Split, entity_column: str | None) -> Batch:
    rows, columns = split.data, split.columns
    _check_index(split.index, rows)
    if columns is None:
        return Batch(None, rows, named=False)
    return Batch(columns, rows, entities=entities_of(columns, rows, entity_column))


def _check_index(index: Sequence[Any] | None, rows: Sequence[Any]) -> None:
    if index is not None and len(index) != len(rows):
        raise Refused(400, "ragged_rows", f"The index names {len(index)} rows, but there are {len(rows)}.")
