"""Clients that others wrote, unchanged, against the service as people start it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from tritonclient import http

from tests.serving.server.project import ROW, Shop
from tests.serving.server.service import Service
from tests.tracking.kinds import table

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:.*mlflow.*")  # advice to its own users


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(Path(tmp_path_factory.mktemp("clients")) / "shop", versions=1)


@pytest.fixture(scope="module")
def service(shop: Shop) -> Iterator[Service]:
    with Service(shop.root, workers=1) as running:
        yield running


def scores(shop: Shop, rows: Any) -> list[float]:
    return [shop.score(1, row) for row in rows.itertuples(index=False)]


def test_mlflows_deployments_client_predicts(service: Service, shop: Shop) -> None:
    """Which names the model as an endpoint."""
    from mlflow.deployments import get_deploy_client

    client = get_deploy_client("http://{}:{}".format(*service.place))
    inputs = {"dataframe_split": {"columns": ["hour", "wind", "carrier"], "data": [ROW]}}
    assert client.predict(endpoint="delay", inputs=inputs) == {"predictions": [shop.score(1)]}


def test_mlflows_scoring_client_predicts(service: Service, shop: Shop) -> None:
    """The one that its own evaluation uses, with a table."""
    from mlflow.pyfunc.scoring_server.client import ScoringServerClient

    client = ScoringServerClient(*service.place)
    client.wait_server_ready()
    rows = table(5)
    answer = client.invoke(rows, params={"unused": 1})
    assert json.loads(answer.to_json()) == {"predictions": scores(shop, rows)}


def test_tritons_client_infers(service: Service, shop: Shop) -> None:
    """With the ids of the prediction, and its version, beside the tensor."""
    rows = table(5)
    with http.InferenceServerClient("{}:{}".format(*service.place)) as client:
        assert client.is_server_ready()
        assert client.is_model_ready("delay")
        inputs = []
        for told in client.get_model_metadata("delay")["inputs"]:
            made = http.InferInput(told["name"], [5], told["datatype"])
            types = {"INT64": np.int64, "FP64": np.float64, "BYTES": np.object_}
            made.set_data_from_numpy(rows[told["name"]].to_numpy(types[told["datatype"]]))
            inputs.append(made)
        found = client.infer("delay", inputs)
        assert found.as_numpy("predict").tolist() == scores(shop, rows)
        parameters = found.get_response()["parameters"]
        assert (parameters["version"], parameters["arm"]) == ("1", "champion")
        assert parameters["prediction_id"]
        with pytest.raises(http.InferenceServerException, match="No model named 'price' serves here"):
            client.infer("price", inputs)


def test_what_the_page_shows_works(service: Service, shop: Shop) -> None:
    """Each example of the document, sent to its path as it stands there."""
    document = service.ask("GET", "/openapi.json").json
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    tried = 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            place = path.replace("{version}", "1")
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            content = json.dumps(body["example"]).encode() if body else None
            answer = service.ask(method.upper(), place, content)
            assert str(answer.status) in operation["responses"], (place, answer)
            assert answer.status in (200, 202), (place, answer)
            tried += 1
    assert tried > 15
