"""CSV bodies: the first line names the columns; what the texts below it mean, the model's columns say."""

from __future__ import annotations

import csv
import io

from workbench.serving.batch import Batch
from workbench.serving.protocol.cell import entities_of
from workbench.serving.refused import Refused

MISSING = frozenset(
    [
        *("", "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "None", "<NA>"),
        *("#N/A", "#N/A N/A", "#NA", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
    ]
)
"""Texts that mean a missing value, as pandas reads them."""


def parse_csv(body: bytes, entity_column: str | None) -> Batch:
    """Return the rows of a CSV body, as texts.

    Args:
        body: UTF-8, with or without a byte order mark; blank lines are skipped.
        entity_column: the column that holds each row's key, None where the model has none.

    Raises:
        Refused: 400: it is empty, no UTF-8 or no CSV.
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
    columns = [name or f"Unnamed: {place}" for place, name in enumerate(lines[0])]
    rows = [[None if text in MISSING else text for text in line] for line in lines[1:]]
    return Batch(columns, rows, entities=entities_of(columns, rows, entity_column), texts=True)
