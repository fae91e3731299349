"""The document is valid, and what it shows works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sklearn.linear_model import LogisticRegression, Ridge

from tests.serving.model.models import served
from tests.tracking.kinds import booster, fitted, table, truth
from workbench.serving.model import ServedModel
from workbench.serving.protocol import feedback, v2
from workbench.serving.protocol.invocations import answer, parse
from workbench.serving.protocol.openapi import document

JSON = "application/json"


@pytest.fixture(scope="module", params=["binary", "multiclass", "pipeline", "array", "bare"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ServedModel:
    root = tmp_path_factory.mktemp(request.param)
    rows = table(5)
    if request.param == "pipeline":
        return served(root, fitted(LogisticRegression(), "multiclass"), rows, task="multiclass")
    if request.param == "array":
        array = table()[["hour", "wind"]].to_numpy()
        return served(root, Ridge().fit(array, truth("regression")), array[:3], task="regression")
    if request.param == "bare":
        return served(root, booster("regression"), None, task="regression")
    return served(root, booster(request.param), rows, task=request.param)


def shown(model: ServedModel, path: str) -> tuple[Any, Any]:
    """Return the schema of a path's requests, and the example."""
    body = document([model])["paths"][path]["post"]["requestBody"]["content"][JSON]
    return body["schema"], body["example"]


def test_the_document_is_openapi(model: ServedModel) -> None:
    """By the specification's own schema, and again as what a browser receives."""
    found = json.loads(json.dumps(document([model])))
    assert list(OpenAPIV31SpecValidator(found).iter_errors()) == []


def test_the_example_fits_its_schema_and_is_answered_as_shown(model: ServedModel) -> None:
    """Copied from the page and sent, it gives the answer that stands below it."""
    schema, example = shown(model, "/invocations")
    assert list(Draft202012Validator(schema).iter_errors(example)) == []
    operation = document([model])["paths"]["/invocations"]["post"]
    answered = operation["responses"]["200"]["content"][JSON]
    found = json.loads(answer(model.score(parse(JSON.encode(), json.dumps(example).encode())).predictions))
    assert found == answered["example"]
    assert list(Draft202012Validator(answered["schema"]).iter_errors(found)) == []
    assert len(found["predictions"]) == 1


def test_the_inference_example_gives_the_same(model: ServedModel) -> None:
    """By the other protocol."""
    schema, example = shown(model, "/v2/models/delay/infer")
    assert list(Draft202012Validator(schema).iter_errors(example)) == []
    asked = v2.parse(json.dumps(example).encode(), None, None, model.columns)
    _, rows = shown(model, "/invocations")
    other = parse(JSON.encode(), json.dumps(rows).encode())
    assert model.score(asked.batch).predictions == model.score(other).predictions


def test_the_example_is_the_models_own(tmp_path: Path) -> None:
    """Real values say more than types do."""
    own = served(tmp_path, booster("binary"), table(5))
    _, example = shown(own, "/invocations")
    first = table(5).iloc[0]
    assert example["dataframe_split"]["data"] == [[first["hour"], first["wind"], first["carrier"]]]


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_records": [{"hour": 5, "wind": None, "carrier": "UA", "more": 1}]},
        {"instances": [{"hour": 5, "wind": 0.5, "carrier": "UA"}]},
        {"instances": [[5, 0.5, "UA"]]},
        {"inputs": {"hour": [5], "wind": [0.5], "carrier": ["UA"]}},
        {"dataframe_split": {"columns": ["hour"], "data": [[5]]}, "params": {"a": 1}},
    ],
)
def test_the_schema_takes_every_format(tmp_path: Path, body: Any) -> None:
    """And no other."""
    schema, _ = shown(served(tmp_path, booster("binary"), table(5)), "/invocations")
    check = Draft202012Validator(schema)
    assert list(check.iter_errors(body)) == []
    assert not check.is_valid({**body, **{"inputs": [[1, 1, "UA"]], "instances": [[1, 1, "UA"]]}})
    assert not check.is_valid({"instances": [{"hour": "five", "wind": 0.5, "carrier": "UA"}]})
    assert not check.is_valid({"instances": [{"wind": 0.5, "carrier": "UA"}]})


def test_the_feedback_example_is_a_label(tmp_path: Path) -> None:
    """As `/feedback` reads it."""
    found = document([served(tmp_path, booster("binary"), table(5))])
    body = found["paths"]["/feedback"]["post"]["requestBody"]["content"][JSON]
    (label,) = feedback.parse(JSON.encode(), json.dumps(body["example"]).encode())
    assert label.entity == "A-17"
    check = Draft202012Validator({**body["schema"], "components": found["components"]})
    assert list(check.iter_errors(body["example"])) == []
    assert not check.is_valid({"label": 1})
    assert not check.is_valid({"label": 1, "entity": "a", "prediction_id": "b"})


def test_several_models_are_named_in_their_paths(tmp_path: Path) -> None:
    """The short paths mean the only model, and stand for none where there are two."""
    one = served(tmp_path / "one", booster("binary"), table(5))
    two = served(tmp_path / "two", booster("binary"), table(5))
    two.model = "price"
    paths = document([one, two])["paths"]
    assert {"/models/delay/invocations", "/models/price/versions/{version}/invocations"} <= paths.keys()
    assert "/invocations" not in paths
    assert "/invocations" in document([one])["paths"]
