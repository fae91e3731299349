"""What is written down of an output: plain JSON, in the ledger and beside the files it describes."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class FileRecord(TypedDict):
    """A file of an output: its path relative to the output's folder, its size in bytes, its digest."""

    path: str
    size: int
    sha256: str


class ColumnRecord(TypedDict):
    """A column's name and type."""

    name: str
    type: str


class OutputRecord(TypedDict, total=False):
    """What a stage saved under one name.

    `fingerprint` says what it means (two outputs with the same one have the same content), `files` say
    which bytes hold it. A dataset has `rows`, `schema` and, once committed, `version`; an artifact has
    `format`; `interactive` says who committed it, or something that it was made from, from a session of their
    own; a model has `flavour`, `signature`, the form in which it is `stored`
    (text, skops, json, onnx, or pickle where the project allows it) and, where it tells, its `classes`.
    """

    kind: Literal["dataset", "artifact", "model"]
    name: str
    fingerprint: str
    files: list[FileRecord]
    uri: str | None
    rows: int
    schema: list[ColumnRecord]
    version: int | None
    format: str
    flavour: str
    stored: str
    classes: list[Any]
    signature: Any
    interactive: str
