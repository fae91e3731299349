"""The rows that a model was saved with: what it is asked first, and the example in its documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any

from workbench.serving.batch import Batch
from workbench.tracking.flavours import Recorded

_FILE = "input_example.json"
_MOST = 100
_CONSTANTS = {"NaN": None, "Infinity": inf, "-Infinity": -inf}  # MLflow writes a table's gaps as NaN


def read_example(record: Mapping[str, Any]) -> Batch | None:
    """Return the first rows of a model's stored example, None where it has none.

    Args:
        record: of the model, its `uri` absolute.

    Raises:
        IntegrityError: the file's bytes differ from those recorded.
    """
    if _FILE not in {file["path"] for file in record["files"]}:
        return None
    stored = Recorded(Path(record["uri"]), record["files"]).read(_FILE)
    content = json.loads(stored, parse_constant=_CONSTANTS.__getitem__)
    if isinstance(content, dict) and "data" in content:
        return Batch(content.get("columns"), content["data"][:_MOST])
    if isinstance(content, dict):
        rows = list(zip(*content.values(), strict=True))
        return Batch(list(content), [list(row) for row in rows[:_MOST]])
    if content and isinstance(content[0], list):
        return Batch(None, content[:_MOST], named=False)
    return None
