"""What stands in a spool: MessagePack arrays, one for the rows of a request, one for each label."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

Arm = Literal["champion", "challenger", "shadow"]
Kind = Literal["number", "integer", "boolean", "category", "text"]


class Head(Struct, array_like=True, frozen=True):
    """What is the same for all rows of a version: encoded once.

    Attributes:
        columns: the logged columns: name and kind.
    """

    model: str
    version: int
    columns: tuple[tuple[str, str], ...]


class Predicted(Struct, array_like=True, tag=1):
    """The rows of one request, as one version scored them.

    Attributes:
        head: an encoded `Head`.
        at: project time in microseconds since 1970.
        recorded_at: wall time in microseconds since 1970.
        latency: from the request's arrival until now, in microseconds.
        entities: one for each row, or None where none were given.
        predictions: one for each row: what the caller was answered.
        rows: for each row the values of the head's columns.
        places: the number of each row in the request; None: 0, 1, 2, …
    """

    head: Raw
    request: str
    at: int
    recorded_at: int
    arm: str
    caller: str | None
    latency: int
    entities: list[str | None] | None
    predictions: list[Any]
    rows: list[list[Any]]
    places: list[int] | None = None


class Labelled(Struct, array_like=True, tag=2):
    """A label that was accepted, for a prediction or for all predictions of an entity.

    Attributes:
        id: of the label itself.
        at: when the truth was known, as the caller says; project time in microseconds since 1970.
        received: when it was accepted, likewise.
        recorded_at: wall time in microseconds since 1970.
    """

    id: str
    model: str
    prediction_id: str | None
    entity: str | None
    label: Any
    at: int
    received: int
    recorded_at: int
    caller: str | None


def _other(value: Any) -> Any:
    item = getattr(value, "item", None)
    if item is not None:  # a scalar of NumPy's
        found = item()
        return found if isinstance(found, bool | int | float | str) else str(found)
    return str(value)


Record = Predicted | Labelled
_ENCODER = msgspec.msgpack.Encoder(enc_hook=_other)
_HEADS = msgspec.msgpack.Decoder(Head)
_RECORDS: msgspec.msgpack.Decoder[Predicted | Labelled] = msgspec.msgpack.Decoder(Record)


def encode(record: Struct) -> bytes:
    """Return a record's bytes. Whatever a value may be, it is logged: if need be as its text."""
    try:
        return _ENCODER.encode(record)
    except (OverflowError, ValueError, TypeError, RecursionError):
        plain = [_plain(getattr(record, name)) for name in record.__struct_fields__]
        return _ENCODER.encode(type(record)(*plain))


def decode(payload: bytes) -> Record:
    """Return the record that bytes are of.

    Raises:
        msgspec.MsgspecError: they are of none.
    """
    return _RECORDS.decode(payload)


def decode_head(head: Raw) -> Head:
    """Return what is the same for all rows of a record."""
    return _HEADS.decode(head)


def _plain(value: Any) -> Any:
    if isinstance(value, Raw):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
        return str(value)
    return value
