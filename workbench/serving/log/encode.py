"""From an answered request, or an accepted label, to the bytes that a spool appends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from workbench.serving.log.mask import Mask
from workbench.serving.log.record import Head, Labelled, Predicted, encode
from workbench.serving.log.request_id import microseconds


class LoggedColumn(Protocol):
    """A column of a model: its name, and which of `record.Kind` its values are."""

    @property
    def name(self) -> str:
        """The column's name."""

    @property
    def kind(self) -> str:
        """What its values are."""


class RowEncoder:
    """Encodes the rows that one version scored.

    Args:
        model: its name.
        version: its number.
        columns: the model's, in the order in which values come.
        mask: what of them may be written; None: all of it.
    """

    def __init__(
        self, model: str, version: int, columns: Iterable[LoggedColumn], mask: Mask | None = None
    ) -> None:
        named = tuple((column.name, column.kind) for column in columns)
        logged = mask.columns(named) if mask else named
        self._head = msgspec.Raw(msgspec.msgpack.encode(Head(model, version, logged)))
        self._mask_rows = mask.rows([name for name, _ in named]) if mask else None
        self._mask = mask

    def encode(  # noqa: PLR0917  called for every request: names would cost
        self,
        request: str,
        at: int,
        arm: str,
        caller: str | None,
        latency_us: int,
        entities: Sequence[str | None] | None,
        predictions: Sequence[Any],
        values: Sequence[Sequence[Any]],
        places: Sequence[int] | None = None,
    ) -> bytes:
        """Return the record of the rows of a request that this version scored.

        Args:
            request: the request id.
            at: its project time; both come from `RequestIds.next`.
            arm: champion, challenger or shadow. A shadow's rows carry the ids of those that were answered.
            caller: who asked, None when nobody said.
            latency_us: microseconds since the request arrived.
            entities: one for each row, None where none were given.
            predictions: one for each row, as the caller is answered.
            values: for each row the values of the model's columns.
            places: the number of each row in the request; None: they are all of its rows.
        """
        mask = self._mask
        if mask is not None:
            entities = mask.entities(entities)
            if self._mask_rows is not None:
                values = self._mask_rows(values)
        record = Predicted(
            self._head,
            request,
            at,
            time.time_ns() // 1000,
            arm,
            caller,
            latency_us,
            entities,  # type: ignore[arg-type]  # any sequence is encoded as an array
            predictions,  # type: ignore[arg-type]
            values,  # type: ignore[arg-type]
            places,  # type: ignore[arg-type]
        )
        return encode(record)


def encode_label(
    model: str,
    label: Any,
    *,
    received: datetime,
    prediction_id: str | None = None,
    entity: str | None = None,
    at: datetime | None = None,
    caller: str | None = None,
    mask: Mask | None = None,
) -> bytes:
    """Return the record of an accepted label.

    Args:
        model: whose prediction it judges.
        label: the truth: a number, a truth value or a text.
        received: project time now.
        prediction_id: of the row that it belongs to.
        entity: whose predictions it belongs to, when no prediction id is given.
        at: when the truth was known; now when left out.
        caller: who gave it.
        mask: the model's.
    """
    now = microseconds(received)
    return encode(
        Labelled(
            f"{time.time_ns():016x}{os.urandom(8).hex()}",
            model,
            prediction_id,
            mask.entity(entity) if mask else entity,
            label,
            now if at is None else microseconds(at),
            now,
            time.time_ns() // 1000,
            caller,
        )
    )
