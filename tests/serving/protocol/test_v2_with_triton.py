"""A real client of the Open Inference Protocol, against a real server on a real port."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from tritonclient import http
from tritonclient.utils import InferenceServerException

from tests.serving.model.models import served
from tests.serving.protocol.inference_app import InferenceApp
from tests.serving.protocol.listening import listening
from tests.tracking.kinds import booster, table

TYPES = {"INT64": np.int64, "FP64": np.float64, "FP32": np.float32, "BYTES": np.object_}


@dataclass
class Asking:
    """A client, and the model that it asks."""

    app: InferenceApp
    client: http.InferenceServerClient
    expected: NDArray[np.float64]

    def infer(self, inputs: list[Any], **further: Any) -> Any:
        return self.client.infer("delay", inputs, **further)


@pytest.fixture(scope="module", params=["binary", "multiclass"])
def asking(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    task = request.param
    model = booster(task)
    frame = rows()
    app = InferenceApp(served(tmp_path_factory.mktemp(task), model, frame, task=task), "flight")
    frame["carrier"] = pd.Categorical(frame["carrier"], categories=["UA", "AA", "DL"])
    with listening(app) as port, http.InferenceServerClient(f"127.0.0.1:{port}") as client:
        yield Asking(app, client, np.asarray(model.predict(frame)))


def rows() -> pd.DataFrame:
    return table().head(7)


def tensor(
    name: str, values: Any, datatype: str, *, binary: bool, shape: tuple[int, ...] = ()
) -> http.InferInput:
    array = np.asarray(values, dtype=TYPES[datatype]).reshape(shape or (-1,))
    made = http.InferInput(name, list(array.shape), datatype)
    made.set_data_from_numpy(array, binary_data=binary)
    return made


def by_column(*, binary: bool, shape: tuple[int, ...] = ()) -> list[http.InferInput]:
    frame = rows()
    return [
        tensor("hour", frame["hour"], "INT64", binary=binary, shape=shape),
        tensor("carrier", frame["carrier"], "BYTES", binary=binary, shape=shape),
        tensor("wind", frame["wind"], "FP64", binary=binary, shape=shape),
    ]


def test_the_server_says_what_it_is(asking: Asking) -> None:
    """Alive, ready, and able to take tensors as bytes."""
    assert asking.client.is_server_live()
    assert asking.client.is_server_ready()
    assert asking.client.get_server_metadata()["extensions"] == ["binary_tensor_data"]


def test_the_model_says_what_it_takes_and_gives(asking: Asking) -> None:
    """Each column's datatype, and the classes' number in the output's shape."""
    assert asking.client.is_model_ready("delay")
    told = asking.client.get_model_metadata("delay")
    assert (told["name"], told["versions"]) == ("delay", ["1"])
    assert told["inputs"] == [
        {"name": "hour", "datatype": "INT64", "shape": [-1]},
        {"name": "wind", "datatype": "FP64", "shape": [-1]},
        {"name": "carrier", "datatype": "BYTES", "shape": [-1]},
    ]
    shape = [-1, *asking.expected.shape[1:]]
    assert told["outputs"] == [{"name": "predict", "datatype": "FP64", "shape": shape}]


@pytest.mark.parametrize("binary_out", [True, False])
@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
def test_columns_as_tensors_are_answered(
    asking: Asking, shape: tuple[int, ...], binary_in: bool, binary_out: bool
) -> None:
    """As JSON and as bytes, both ways; to the last bit what the model itself predicts."""
    wanted = [http.InferRequestedOutput("predict", binary_data=binary_out)]
    found = asking.infer(by_column(binary=binary_in, shape=shape), outputs=wanted, request_id="r-1")
    assert np.array_equal(found.as_numpy("predict"), asking.expected)
    told = found.get_response()
    assert (told["model_name"], told["model_version"], told["id"]) == ("delay", "1", "r-1")
    assert told["parameters"] == {"prediction_id": "0192-0", "arm": "champion"}


def test_all_outputs_come_as_bytes_where_none_is_named(asking: Asking) -> None:
    """The client then asks so itself."""
    found = asking.infer(by_column(binary=True))
    assert np.array_equal(found.as_numpy("predict"), asking.expected)
    assert found.get_output("predict")["parameters"]["binary_data_size"] == asking.expected.size * 8


def test_some_tensors_may_be_bytes_and_others_json(asking: Asking) -> None:
    """Bytes follow in the order of those tensors that have them."""
    mixed = [*by_column(binary=True)[:1], *by_column(binary=False)[1:2], *by_column(binary=True)[2:]]
    assert np.array_equal(asking.infer(mixed).as_numpy("predict"), asking.expected)


@pytest.mark.parametrize("binary", [True, False])
def test_one_tensor_may_hold_all_columns(asking: Asking, binary: bool) -> None:
    """By position; a column of names cannot be a number, and is refused by name."""
    table = np.column_stack([rows()["hour"], rows()["wind"], np.zeros(7)])
    with pytest.raises(InferenceServerException, match="'carrier' takes one of"):
        asking.infer([tensor("rows", table, "FP64", binary=binary, shape=(-1, 3))])
    assert asking.app.asked[-1].batch.columns is None
    assert np.array_equal(asking.app.asked[-1].batch.rows, table)


def test_a_version_may_be_named(asking: Asking) -> None:
    """As the path that the client makes of it; another version is not there."""
    found = asking.infer(by_column(binary=True), model_version="1")
    assert np.array_equal(found.as_numpy("predict"), asking.expected)
    with pytest.raises(InferenceServerException, match="Nothing is answered"):
        asking.infer(by_column(binary=True), model_version="2")


def test_the_entity_is_a_tensor_of_its_own(asking: Asking) -> None:
    """Beside the columns, or beside the one tensor of all."""
    flights = tensor("flight", list(range(7)), "INT64", binary=False)
    found = asking.infer([*by_column(binary=False), flights])
    assert asking.app.asked[-1].batch.entities == list("0123456")
    assert np.array_equal(found.as_numpy("predict"), asking.expected)


def test_a_refusal_reads_as_one_sentence(asking: Asking) -> None:
    """With its status, as the client shows it."""
    with pytest.raises(InferenceServerException) as caught:
        asking.infer(by_column(binary=False)[:2])
    assert caught.value.status() == "400"
    assert caught.value.message().startswith("The request lacks wind, which the model takes.")


def test_an_array_model_takes_one_tensor(tmp_path: Any) -> None:
    """As numbers of half the width, too."""
    from sklearn.linear_model import Ridge

    array = rows()[["hour", "wind"]].to_numpy()
    model = Ridge().fit(array, np.arange(7.0))
    app = InferenceApp(served(tmp_path, model, array, task="regression"), "flight")
    with listening(app) as port, http.InferenceServerClient(f"127.0.0.1:{port}") as client:
        for datatype, close in (("FP64", 0.0), ("FP32", 1e-5)):
            found = client.infer("delay", [tensor("x", array, datatype, binary=True, shape=(7, 2))])
            assert np.allclose(found.as_numpy("predict"), model.predict(array), rtol=0, atol=close)
        flights = tensor("flight", [f"UA-{n}" for n in range(7)], "BYTES", binary=True)
        client.infer("delay", [flights, tensor("x", array, "FP64", binary=True, shape=(7, 2))])
        assert app.asked[-1].batch.entities == [f"UA-{n}" for n in range(7)]
