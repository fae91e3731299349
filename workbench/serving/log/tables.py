"""From records to the tables that they become: one row for each predicted row, one for each label."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from workbench.serving.log import features
from workbench.serving.log.record import Head, Labelled, Predicted, decode_head

if TYPE_CHECKING:
    import pyarrow as pa

DAY = 86_400_000_000
"""Microseconds."""


def prediction_schema(fields: Iterable[pa.Field] = ()) -> pa.Schema:
    """Return the columns of a prediction table without its partition; `features` is left out when empty."""
    import pyarrow as pa

    time = pa.timestamp("us", "UTC")
    struct = pa.struct(list(fields))
    columns = [
        ("prediction_id", pa.string()),
        ("request_id", pa.string()),
        ("row", pa.int32()),
        ("at", time),
        ("recorded_at", time),
        ("model", pa.string()),
        ("version", pa.int32()),
        ("arm", pa.string()),
        ("caller", pa.string()),
        ("entity", pa.string()),
        ("latency_us", pa.int64()),
        ("score", pa.list_(pa.float64())),
        ("answer", pa.string()),
    ]
    return pa.schema([*columns, ("features", struct)] if struct.num_fields else columns)


def label_schema() -> pa.Schema:
    """Return the columns of a table of labels without its partition."""
    import pyarrow as pa

    time = pa.timestamp("us", "UTC")
    return pa.schema(
        [
            ("label_id", pa.string()),
            ("prediction_id", pa.string()),
            ("entity", pa.string()),
            ("label", pa.float64()),
            ("label_text", pa.string()),
            ("at", time),
            ("received_at", time),
            ("recorded_at", time),
            ("caller", pa.string()),
        ]
    )


def prediction_tables(records: Iterable[Predicted]) -> list[pa.Table]:
    """Return the rows of some requests: one table for each head among them."""
    by_head: dict[bytes, list[Predicted]] = {}
    for record in records:
        by_head.setdefault(bytes(record.head), []).append(record)
    return [_prediction_table(decode_head(group[0].head), group) for group in by_head.values()]


def _prediction_table(head: Head, records: Sequence[Predicted]) -> pa.Table:
    import pyarrow as pa

    counts = [len(record.rows) for record in records]
    rows = [row for record in records for row in record.rows]
    numbers = [number for record in records for number in record.places or range(len(record.rows))]
    requests = _repeated([record.request for record in records], counts)
    answers = [_answer(each) for record in records for each in record.predictions]
    columns: list[Any] = [
        [f"{request}-{number}" for request, number in zip(requests, numbers, strict=True)],
        requests,
        numbers,
        _repeated([record.at for record in records], counts),
        _repeated([record.recorded_at for record in records], counts),
        [head.model] * len(rows),
        [head.version] * len(rows),
        _repeated([record.arm for record in records], counts),
        _repeated([record.caller for record in records], counts),
        [entity for record in records for entity in record.entities or [None] * len(record.rows)],
        _repeated([record.latency for record in records], counts),
        [score for score, _ in answers],
        [text for _, text in answers],
    ]
    schema = prediction_schema()
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    made = pa.Table.from_arrays(arrays, schema=schema)
    if not head.columns:
        return made
    logged = [
        features.column(values, kind)
        for values, (_, kind) in zip(zip(*rows, strict=True), head.columns, strict=True)
    ]
    struct = pa.StructArray.from_arrays(logged, names=[name for name, _ in head.columns])
    return made.append_column("features", struct)


def _repeated(values: Sequence[Any], counts: Sequence[int]) -> list[Any]:
    return [value for value, count in zip(values, counts, strict=True) for _ in range(count)]


def _answer(prediction: Any) -> tuple[list[float] | None, str | None]:
    """Return a prediction as numbers, or as a text when it consists of anything else."""
    if type(prediction) is float:
        return [prediction], None
    values = prediction if isinstance(prediction, list) else [prediction]
    if all(isinstance(value, bool | int | float) for value in values):
        return [float(value) for value in values], None
    return None, prediction if isinstance(prediction, str) else features.as_text(prediction)


def label_table(records: Sequence[Labelled]) -> pa.Table:
    """Return labels as rows: a number or truth value as `label`, anything else as `label_text`."""
    import pyarrow as pa

    truths = [_truth(record.label) for record in records]
    columns: list[Any] = [
        [record.id for record in records],
        [record.prediction_id for record in records],
        [record.entity for record in records],
        [number for number, _ in truths],
        [text for _, text in truths],
        [record.at for record in records],
        [record.received for record in records],
        [record.recorded_at for record in records],
        [record.caller for record in records],
    ]
    schema = label_schema()
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _truth(label: Any) -> tuple[float | None, str | None]:
    if isinstance(label, bool | int | float) and math.isfinite(label):
        return float(label), None
    if label is None:
        return None, None
    return None, label if isinstance(label, str) else features.as_text(label)


def fitted(table: pa.Table, fields: Sequence[pa.Field]) -> tuple[pa.Table, list[pa.Field]]:
    """Return a table of predictions with its features in the fields of a struct that others share.

    Args:
        table: one of `prediction_tables`.
        fields: of the struct so far.

    Returns:
        The table, and the struct's fields with what was missing added.
    """
    import pyarrow as pa

    if "features" not in table.column_names:
        return table, list(fields)
    struct = table["features"].combine_chunks()
    own = list(struct.type)
    merged, chosen = features.merge(fields, own)
    renamed = pa.StructArray.from_arrays(struct.flatten(), names=chosen)
    return table.set_column(table.column_names.index("features"), "features", renamed), merged


def joined(tables: Sequence[pa.Table], fields: Sequence[pa.Field]) -> pa.Table:
    """Return fitted tables as one, with every field of the struct: null where a version did not log it."""
    import pyarrow as pa

    schema = prediction_schema(fields)
    return pa.concat_tables([completed(table, schema) for table in tables])


def completed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table with all fields that a schema has in `features`, null where they were not logged."""
    import pyarrow as pa

    if "features" not in schema.names:
        return table
    known: dict[str, pa.Array] = {}
    if "features" in table.column_names:
        struct = table["features"].combine_chunks()
        known = dict(zip((field.name for field in struct.type), struct.flatten(), strict=True))
        table = table.drop_columns(["features"])
    arrays = [
        known[field.name] if field.name in known else pa.nulls(table.num_rows, field.type)
        for field in schema.field("features").type
    ]
    struct = pa.StructArray.from_arrays(arrays, fields=list(schema.field("features").type))
    return table.append_column(schema.field("features"), struct)
