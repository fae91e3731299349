"""Shows the records of inputs as MLflow's dataset inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput

_DIGEST_LENGTH = 16  # MLflow takes 36, and shows them all
_SCHEMA_LENGTH = 1_000_000
_TYPES = {  # Arrow's names → those of MLflow's column specifications
    "bool": "boolean",
    "int8": "integer",
    "int16": "integer",
    "int32": "integer",
    "uint8": "integer",
    "uint16": "integer",
    "int64": "long",
    "uint32": "long",
    "uint64": "long",
    "halffloat": "float",
    "float": "float",
    "double": "double",
    "binary": "binary",
    "large_binary": "binary",
}


def dataset_inputs(inputs: Mapping[str, Mapping[str, Any]]) -> list[DatasetInput]:
    """Return an MLflow input for each record that was read; an absent model is none."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    found = []
    for name, record in inputs.items():
        if record["kind"] in {"absent", "missing", "unread"}:
            continue
        dataset = Dataset(
            name=name,
            digest=record["fingerprint"].rpartition(":")[2][:_DIGEST_LENGTH],
            source_type="delta_table" if record["kind"] == "dataset" else "local",
            source=json.dumps(_source(record)),
            schema=_schema(record),
            profile=_profile(record),
        )
        tags = [InputTag("mlflow.data.context", "input"), InputTag("workbench.kind", record["kind"])]
        if record.get("version") is not None:
            tags.append(InputTag("workbench.version", str(record["version"])))
        found.append(DatasetInput(dataset, tags))
    return found


def _source(record: Mapping[str, Any]) -> dict[str, Any]:
    if record["kind"] == "dataset":
        return {"path": record.get("uri"), "delta_table_version": record.get("version")}
    return {"uri": record.get("uri")}


def _schema(record: Mapping[str, Any]) -> str | None:
    columns = record.get("schema")
    if not columns:
        return None
    specification = [{"name": c["name"], "type": _type(c["type"]), "required": True} for c in columns]
    text = json.dumps({"mlflow_colspec": specification})
    return text if len(text) <= _SCHEMA_LENGTH else None


def _type(arrow: str) -> str:
    if arrow.startswith(("timestamp", "date")):
        return "datetime"
    return _TYPES.get(arrow, "string")


def _profile(record: Mapping[str, Any]) -> str | None:
    return json.dumps({"num_rows": record["rows"]}) if record.get("rows") is not None else None
