"""Reads segments: what is in them, apart from what is broken."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from workbench.serving.log.frame import frames
from workbench.serving.log.record import Labelled, Predicted, Record, decode, decode_head
from workbench.serving.log.segment import Name, listed


@dataclass
class Content:
    """What stands in a segment.

    Attributes:
        predictions: by model.
        labels: by model.
        damaged: bytes that are no record, besides a write that was cut off at the end.
        torn: bytes of that write.
    """

    name: Name
    predictions: dict[str, list[Predicted]] = field(default_factory=dict)
    labels: dict[str, list[Labelled]] = field(default_factory=dict)
    damaged: int = 0
    torn: int = 0

    @property
    def rows(self) -> int:
        """How many predicted rows it holds."""
        return sum(len(record.rows) for records in self.predictions.values() for record in records)


class Reader:
    """Reads segments, each distinct head only once."""

    def __init__(self) -> None:
        self._heads: dict[bytes, tuple[str, int]] = {}

    def read(self, name: Name, content: bytes) -> Content:
        """Return what stands in a segment's bytes."""
        found = frames(content)
        result = Content(name, damaged=found.damaged, torn=found.torn)
        for payload in found.payloads:
            try:
                self._sort(decode(payload), result)
            except (msgspec.MsgspecError, ValueError):
                result.damaged += len(payload)
        return result

    def _sort(self, record: Record, result: Content) -> None:
        if isinstance(record, Labelled):
            result.labels.setdefault(record.model, []).append(record)
            return
        model, columns = self._head(record)
        count = len(record.rows)
        given = (record.predictions, record.entities, record.places)
        lengths = {len(each) for each in given if each is not None}
        if lengths != {count} or not set(map(len, record.rows)) <= {columns}:
            raise ValueError("rows, predictions and columns do not match")
        if count:
            result.predictions.setdefault(model, []).append(record)

    def _head(self, record: Predicted) -> tuple[str, int]:
        key = bytes(record.head)
        known = self._heads.get(key)
        if known is None:
            head = decode_head(record.head)
            known = self._heads[key] = (head.model, len(head.columns))
        return known


def read_fd(fd: int) -> bytes:
    """Return the whole content of an open file."""
    parts: list[bytes] = []
    done = 0
    while part := os.pread(fd, 1 << 24, done):
        parts.append(part)
        done += len(part)
    return b"".join(parts)


def waiting(folder: Path) -> Iterator[Content]:
    """Yield what every segment of a spool's folder holds now, those included that are being written.

    One that vanishes meanwhile is in the tables.
    """
    reader = Reader()
    for name, path in listed(folder):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue
        yield reader.read(name, content)


def models(contents: Iterable[Content]) -> list[str]:
    """Return the models that some segments have predictions of, sorted."""
    return sorted({model for content in contents for model in content.predictions})
