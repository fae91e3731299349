"""CSV bodies: the first line names the columns, and the model says what the texts below it mean."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from workbench.serving.batch import Batch
from workbench.serving.protocol.cell import Named, check_unique, entities_of
from workbench.serving.refused import Refused

MISSING = frozenset(
    [
        *("", "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "None", "<NA>"),
        *("#N/A", "#N/A N/A", "#NA", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
    ]
)
"""Texts that mean a missing value, as pandas reads them."""
_TRUTH = {"True": True, "TRUE": True, "true": True, "False": False, "FALSE": False, "false": False}


def parse_csv(body: bytes, entity_column: str | None, columns: Sequence[Named]) -> Batch:
    """Return the rows of a CSV body.

    A column of the model is read as what the model takes there, others as what they look like; the entity
    column stays text. A text that is no such value stays one too, and whoever checks the rows names it.

    Raises:
        Refused: 400: it is empty, no UTF-8 or no CSV, or names a column twice.
    """
    try:
        text = body.decode("utf-8-sig")
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except UnicodeDecodeError:
        raise Refused(
            400, "not_utf8", "The body holds bytes that are no UTF-8.", "Send it as UTF-8."
        ) from None
    except csv.Error as error:
        raise Refused(400, "not_csv", f"The body is not CSV: {error}.", "Quote texts with commas.") from None
    if not lines:
        raise Refused(400, "empty_body", "The body is empty.", "The first line names the columns.")
    header = [name or f"Unnamed: {place}" for place, name in enumerate(lines[0])]
    check_unique(header)
    entities = entities_of(header, lines[1:], entity_column)
    kinds = {column.name: column.kind for column in columns}
    readers = [_READERS.get(kinds.get(name, ""), _any) for name in header]
    if entity_column in header and entity_column not in kinds:
        readers[header.index(entity_column)] = _text
    rows = [_row(readers, line) for line in lines[1:]]
    return Batch(header, rows, entities=entities)


def _row(readers: Sequence[Callable[[str], Any]], line: list[str]) -> list[Any]:
    if len(line) != len(readers):
        return line
    return [None if text in MISSING else read(text) for read, text in zip(readers, line, strict=True)]


def _text(text: str) -> Any:
    return text


def _whole(text: str) -> Any:
    return _read(int, text, _number)


def _number(text: str) -> Any:
    return _read(float, text, _text)


def _boolean(text: str) -> Any:
    return _TRUTH.get(text, text)


def _any(text: str) -> Any:
    return _TRUTH[text] if text in _TRUTH else _whole(text)


def _read(kind: Callable[[str], Any], text: str, otherwise: Callable[[str], Any]) -> Any:
    if not text.isascii() or "_" in text:  # Python reads these as numbers, and no other reader of CSV does
        return text
    try:
        return kind(text)
    except ValueError:
        return otherwise(text)


_READERS = {"text": _text, "category": _text, "boolean": _boolean, "integer": _whole, "number": _number}
