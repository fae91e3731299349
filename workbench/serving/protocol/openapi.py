"""The OpenAPI document: every path of a service, with what its models take and a request to copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.serving.protocol.schema import (
    example_rows,
    predictions_schema,
    rows_schema,
    tensors,
)

if TYPE_CHECKING:
    from workbench.serving.model.served import ServedModel

_JSON = "application/json"
_TEXT = {"type": "string"}
_REFUSALS = {
    "400": "The rows do not fit; the message says which and why.",
    "401": "The token is missing, unknown, expired or revoked.",
    "403": "The token does not allow this.",
    "404": "No such model or version serves here.",
    "413": "The body is too large, or has too many rows.",
    "415": "The content type is not taken.",
    "429": "The caller asks too often; wait as long as Retry-After says.",
    "503": "The service cannot answer now; nothing was predicted.",
}
_HEADERS = {
    "x-prediction-id": "Of the only row; of the request where there are several: row i is then `<id>-<i>`.",
    "x-model-version": "The version that answered.",
    "x-arm": "The arm that answered: champion or challenger.",
}
_ENTITY = {
    "name": "x-entity",
    "in": "header",
    "required": False,
    "description": "The caller's own key of what is predicted; decides which arm answers, and joins labels.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 500},
}
_VERSION = {
    "name": "version",
    "in": "path",
    "required": True,
    "description": "The number of a version that serves.",
    "schema": {"type": "integer", "minimum": 1},
}
_EXPLAINED = {
    "type": "object",
    "properties": {
        "model": _TEXT,
        "version": {"type": "integer"},
        "explanations": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["explanations"],
}
_LABEL = {
    "type": "object",
    "properties": {
        "prediction_id": {"type": "string", "minLength": 1, "maxLength": 500},
        "entity": {"type": ["string", "integer"], "minLength": 1, "maxLength": 500},
        "label": {"type": ["number", "string", "boolean"], "maxLength": 500},
        "at": {"type": "string", "format": "date-time"},
    },
    "required": ["label"],
    "oneOf": [{"required": ["prediction_id"]}, {"required": ["entity"]}],
    "additionalProperties": False,
}


def document(models: Sequence[ServedModel]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of a service.

    Args:
        models: the champion of each model that serves.
    """
    from workbench import __version__

    paths = _common()
    for served in models:
        own = _of_model(served)
        paths.update({f"/models/{served.model}{rest}": item for rest, item in own.items()})
        paths.update({f"/v2/models/{served.model}{rest}": item for rest, item in _inference(served).items()})
        if len(models) == 1:
            paths.update({rest: item for rest, item in own.items() if not rest.startswith("/versions")})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Models that answer here", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {"Refusal": _refusal(), "Label": _LABEL},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _common() -> dict[str, Any]:
    alive = "Whether the service is well."
    return {
        "/ping": _get(alive, None),
        "/health": _get(alive, None),
        "/version": _get("The version of MLflow that the service speaks like.", "text/plain"),
        "/metrics": _get("Counts and latencies, for Prometheus.", "text/plain"),
        "/v2": _get("What the server is, by the Open Inference Protocol."),
        "/v2/health/live": _get("Whether the server lives."),
        "/v2/health/ready": _get("Whether the server is ready."),
    }


def _of_model(served: ServedModel) -> dict[str, Any]:
    name = served.model
    rows = example_rows(served)
    predictions = _predicted(served, rows)
    split = {"columns": [column.name for column in served.columns], "data": rows}
    body = _body(rows_schema(served.columns), {"dataframe_split": split})
    body["content"]["text/csv"] = {"schema": _TEXT}
    answered = {
        "type": "object",
        "properties": {"predictions": predictions_schema(predictions)},
        "required": ["predictions"],
    }
    predict = _post(f"Predict with {name}.", body, answered, {"predictions": predictions})
    explain = _post(f"What each column contributed to a prediction of {name}.", body, _EXPLAINED)
    return {
        "/invocations": {"post": predict},
        "/versions/{version}/invocations": {"post": _versioned(predict)},
        "/explain": {"post": explain},
        "/versions/{version}/explain": {"post": _versioned(explain)},
        "/feedback": {"post": _feedback(name)},
    }


def _inference(served: ServedModel) -> dict[str, Any]:
    rows = example_rows(served)
    one = {
        "type": "object",
        "properties": {
            "name": _TEXT,
            "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
            "datatype": {**_TEXT, "examples": ["FP64", "INT64", "BOOL", "BYTES"]},
            "data": {"type": "array"},
        },
        "required": ["name", "shape", "datatype"],
    }
    asked = {
        "type": "object",
        "properties": {"id": _TEXT, "inputs": {"type": "array", "minItems": 1, "items": one}},
        "required": ["inputs"],
    }
    body = _body(asked, {"inputs": tensors(served.columns, rows)})
    infer = _post(f"Predict with {served.model}, by the Open Inference Protocol.", body, {"type": "object"})
    return {
        "": _get(f"The tensors that {served.model} takes and gives."),
        "/ready": _get(f"Whether {served.model} is ready."),
        "/infer": {"post": infer},
        "/versions/{version}/infer": {"post": _versioned(infer)},
    }


def _predicted(served: ServedModel, rows: list[list[Any]]) -> Any:
    """Return the model's own answer to the example; nothing where a made-up row does not fit."""
    from workbench.serving.batch import Batch
    from workbench.serving.refused import Refused

    try:
        return served.score(Batch([column.name for column in served.columns], rows)).predictions
    except Refused:
        return []


def _feedback(model: str) -> dict[str, Any]:
    label = {"$ref": "#/components/schemas/Label"}
    body = _body(
        {"anyOf": [label, {"type": "array", "minItems": 1, "items": label}]},
        {"entity": "A-17", "label": 1, "at": "2026-01-31T12:00:00Z"},
    )
    schema = {"type": "object", "properties": {"accepted": {"type": "integer"}}, "required": ["accepted"]}
    content = {_JSON: {"schema": schema, "example": {"accepted": 1}}}
    return {
        "summary": f"Say what turned out to be true of what {model} predicted.",
        "requestBody": body,
        "responses": {"202": {"description": "The labels are kept.", "content": content}, **_refusals()},
    }


def _get(summary: str, content: str | None = _JSON) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "The answer."}
    if content is not None:
        answer["content"] = {content: {"schema": {"type": "object"} if content == _JSON else _TEXT}}
    return {"get": {"summary": summary, "responses": {"200": answer, "503": _refused("503")}}}


def _post(summary: str, body: dict[str, Any], schema: dict[str, Any], example: Any = None) -> dict[str, Any]:
    answered: dict[str, Any] = {"schema": schema, **({"example": example} if example is not None else {})}
    headers = {name: {"description": told, "schema": _TEXT} for name, told in _HEADERS.items()}
    return {
        "summary": summary,
        "parameters": [_ENTITY],
        "requestBody": body,
        "responses": {
            "200": {"description": "The answer.", "headers": headers, "content": {_JSON: answered}},
            **_refusals(),
        },
    }


def _versioned(operation: dict[str, Any]) -> dict[str, Any]:
    summary = f"{operation['summary'].rstrip('.')}, by the version that the path names."
    return {**operation, "summary": summary, "parameters": [_VERSION, _ENTITY]}


def _body(schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {"required": True, "content": {_JSON: {"schema": schema, "example": example}}}


def _refusals() -> dict[str, Any]:
    return {status: _refused(status) for status in _REFUSALS}


def _refused(status: str) -> dict[str, Any]:
    content = {_JSON: {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    return {"description": _REFUSALS[status], "content": content}


def _refusal() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"error_code": _TEXT, "message": _TEXT, "hint": _TEXT, "error": _TEXT},
        "required": ["error_code"],
    }
