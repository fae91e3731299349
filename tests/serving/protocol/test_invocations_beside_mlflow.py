"""The same bodies to MLflow's own scoring server and to ours, over the same models."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import lightgbm
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from tests.serving.model.models import served
from tests.serving.protocol.listening import listening, post
from tests.tracking.kinds import fitted, table, truth
from workbench.serving.model import ServedModel
from workbench.serving.protocol.invocations import answer, parse
from workbench.serving.refused import Refused

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:.*mlflow.*")  # advice to its own users
JSON = "application/json"


def booster(task: str) -> lightgbm.Booster:
    settings: dict[str, Any] = {"objective": task, "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    several: dict[str, Any] = {"num_class": 3} if task == "multiclass" else {}
    rows = lightgbm.Dataset(table()[["hour", "wind"]], truth(task))
    return lightgbm.train({**settings, **several}, rows, 5)


class Pair:
    """A model as we serve it, and MLflow's server of the same folder."""

    def __init__(self, model: ServedModel, port: int) -> None:
        self.model, self.port = model, port

    def theirs(self, body: bytes, content_type: str) -> tuple[int, bytes]:
        return post(self.port, "/invocations", body, content_type)

    def ours(self, body: bytes, content_type: str) -> tuple[int, bytes]:
        try:
            scored = self.model.score(parse(content_type.encode(), body))
        except Refused as refused:
            return refused.status, refused.body()
        return 200, answer(scored.predictions)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Pair]]:
    import mlflow.pyfunc
    from mlflow.pyfunc import scoring_server

    rows = table()
    array = rows[["hour", "wind"]].to_numpy()
    models: dict[str, tuple[Any, Any, str]] = {
        "booster": (booster("regression"), rows[["hour", "wind"]], "regression"),
        "classes": (booster("multiclass"), rows[["hour", "wind"]], "multiclass"),
        "pipeline": (fitted(LogisticRegression(), "multiclass"), rows, "multiclass"),
        "array": (Ridge().fit(array, truth("regression")), array, "regression"),
    }
    with ExitStack() as stack:
        made = {}
        for name, (model, example, task) in models.items():
            root = tmp_path_factory.mktemp(name)
            ours = served(root, model, example[:3], task=task)
            app = scoring_server.init(mlflow.pyfunc.load_model(str(root / "saved" / "1")))
            made[name] = Pair(ours, stack.enter_context(listening(app)))
        yield made


SPLIT = {"columns": ["hour", "wind"], "data": [[5, 0.5], [23, -1.25]]}
RECORDS = [{"hour": 5, "wind": 0.5}, {"wind": -1.25, "hour": 23}]
TEXTS = [{"hour": 5, "wind": 0.5, "carrier": "UA"}, {"hour": 8, "wind": 1e-05, "carrier": "Ünknown"}]
ANSWERED: list[tuple[str, Any]] = [
    ("booster", {"dataframe_split": SPLIT}),
    ("booster", {"dataframe_split": {**SPLIT, "index": [7, 8]}}),
    ("booster", {"dataframe_split": {**SPLIT, "index": None}, "params": {"depth": 3}, "trace": [1]}),
    ("booster", {"dataframe_split": {"columns": ["id", "wind", "hour"], "data": [["a", 1e-05, 5]]}}),
    ("booster", {"dataframe_split": {"columns": ["hour", "wind"], "data": [[5, None], [3, 1.0]]}}),
    ("booster", {"dataframe_records": RECORDS}),
    ("booster", {"dataframe_records": [{"hour": 5}, {"hour": 7, "wind": 1.0}]}),
    ("booster", {"instances": RECORDS}),
    ("booster", {"inputs": RECORDS}),
    ("booster", {"inputs": {"hour": [5, 23], "wind": [0.5, -1.25]}}),
    ("booster", {"inputs": {"hour": 5, "wind": 0.5}}),
    ("classes", {"dataframe_split": SPLIT}),
    ("classes", {"instances": RECORDS}),
    ("pipeline", {"dataframe_records": TEXTS}),
    ("pipeline", {"instances": TEXTS}),
    ("pipeline", {"inputs": TEXTS}),
    ("pipeline", {"inputs": {"hour": [5], "wind": [0.5], "carrier": ["DL"]}}),
    ("pipeline", {"inputs": {"hour": 5, "wind": 0.5, "carrier": "DL"}}),
    ("array", {"instances": [[5.0, 0.5], [23.0, -1.25]]}),
    ("array", {"inputs": [[5, 0.5]]}),
    ("array", {"dataframe_split": {"data": [[5, 0.5]]}}),
    ("array", {"dataframe_split": {"columns": [0, 1], "data": [[5, 0.5]], "index": [0]}}),
    ("array", {"dataframe_split": SPLIT}),
]


@pytest.mark.parametrize(("model", "body"), ANSWERED)
def test_answers_are_mlflows_byte_for_byte(pairs: dict[str, Pair], model: str, body: Any) -> None:
    """Four formats, each as its clients write it."""
    sent = json.dumps(body, ensure_ascii=False).encode()
    status, theirs = pairs[model].theirs(sent, JSON)
    assert status == 200, theirs
    assert pairs[model].ours(sent, JSON) == (200, theirs)


CSV = [
    ("booster", "hour,wind\n5,0.5\n23,-1.25\n"),
    ("booster", "hour,wind\r\n5,\r\n\r\n7,NA\r\n8,nan"),
    ("booster", '"wind",hour,"note, long"\n1e-05,5,"a ""b"""\n'),
    ("booster", ",hour,wind\n0,5,0.5\n1,7,1.5\n"),
    ("pipeline", "hour,wind,carrier\n5,0.5,DL\n5,0.5,007\n"),
]


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", ";charset=UTF-8"])
@pytest.mark.parametrize(("model", "text"), CSV)
def test_csv_is_read_as_pandas_reads_it(pairs: dict[str, Pair], model: str, text: str, charset: str) -> None:
    """Missing values, quotes, blank lines, a table's index written along."""
    status, theirs = pairs[model].theirs(text.encode(), f"text/csv{charset}")
    assert status == 200, theirs
    assert pairs[model].ours(text.encode(), f"text/csv{charset}") == (200, theirs)


REFUSED: list[tuple[str, bytes]] = [
    (JSON, b""),
    (JSON, b"{"),
    (JSON, b"not json"),
    (JSON, b"[[5, 0.5]]"),
    (JSON, b"5"),
    (JSON, b"null"),
    (JSON, b"{}"),
    (JSON, b'{"columns": ["hour"], "data": [[5]]}'),
    (JSON, b'{"dataframe_split": {}, "inputs": {}}'),
    (JSON, b'{"dataframe_split": []}'),
    (JSON, b'{"dataframe_split": {"columns": ["hour", "wind"]}}'),
    (JSON, b'{"dataframe_split": {"columns": ["hour", "wind"], "rows": [], "data": []}}'),
    (JSON, b'{"dataframe_split": {"columns": ["hour", "wind"], "data": [[5, 0], [6, 0]], "index": [1]}}'),
    (JSON, b'{"dataframe_records": {"hour": 5, "wind": 0.5}}'),
    (JSON, b'{"instances": [{"hour": 5, "wind": 0.5}, {"hour": 5}]}'),
    (JSON, b'{"inputs": {"hour": [5, 6], "wind": [0.5]}}'),
    (JSON, b'{"inputs": null}'),
    (JSON, b'{"inputs": []}'),
    (JSON, b'{"dataframe_records": []}'),
    (JSON, b'{"dataframe_split": {"columns": ["hour", "wind"], "data": []}}'),
    (JSON, b'{"dataframe_split": {"columns": ["hour"], "data": [[5]]}}'),
    (JSON, b'{"dataframe_split": {"columns": ["hour", "wind"], "data": [[5, 0.5, 1]]}}'),
    (JSON, b'{"dataframe_split": {"columns": ["hour", "wind"], "data": [["five", 0.5]]}}'),
    (JSON, b'{"dataframe_split": {"columns": ["hour", "wind"], "data": [[null, 0.5]]}}'),
    (JSON, b'{"dataframe_records": [{"hour": 5, "wind": {"speed": 5}}]}'),
    (JSON, b'{"instances": [{"hour": 5, "wind": [0.5]}]}'),
    ("text/csv", b"hour,gusts\n5,0.5\n"),
    ("text/csv", b"hour,wind\n5,strong\n"),
    (JSON, b'{"dataframe_split": {"columns": ["hour", "wind"], "data": [["\xff", 0.5]]}}'),
    ("text/csv", b""),
    ("text/csv", b"hour,wind\n\xff,1\n"),
    ("text/csv", b'hour,wind\n"5,1\n'),
    ("text/plain", b"{}"),
    ("application/json; charset=latin-1", b"{}"),
    ("application/json; profile=x", b"{}"),
    ("application/x-www-form-urlencoded", b"a=1"),
]


@pytest.mark.parametrize(("content_type", "body"), REFUSED)
def test_what_mlflow_refuses_is_refused_with_the_same_status(
    pairs: dict[str, Pair], content_type: str, body: bytes
) -> None:
    """And with a sentence instead of a trace."""
    status, _ = pairs["booster"].theirs(body, content_type)
    refused, said = pairs["booster"].ours(body, content_type)
    assert refused == status
    assert 400 <= refused < 500
    told = json.loads(said)
    assert told["message"].endswith(".")
    assert "Traceback" not in said.decode()


def test_a_request_without_a_content_type_is_told_so(pairs: dict[str, Pair]) -> None:
    """MLflow's server breaks on one, which no caller should see of ours."""
    assert pairs["booster"].theirs(b"{}", "")[0] == 500
    assert pairs["booster"].ours(b"{}", "")[0] == 415


def test_mlflows_client_may_send_what_it_sends(pairs: dict[str, Pair]) -> None:
    """Tables and arrays, written by MLflow itself."""
    from mlflow.utils.proto_json_utils import dump_input_data

    rows = table(4)[["hour", "wind"]]
    for model, data in (("booster", rows), ("array", rows.to_numpy()), ("array", rows.to_numpy().tolist())):
        body = dump_input_data(data).encode()
        assert pairs[model].ours(body, JSON) == pairs[model].theirs(body, JSON)
        assert pairs[model].ours(body, JSON)[0] == 200


@pytest.mark.parametrize(
    "predictions", [[], [1, 2], [0.1, 1e-07, 1e22], ["a", "ü"], [[0.5, 0.5]], [True], [None, 1], [{"x": 1.5}]]
)
def test_answers_are_written_as_mlflow_writes_them(predictions: Any) -> None:
    """To the byte, whatever is predicted."""
    import io

    from mlflow.pyfunc.scoring_server import predictions_to_json

    written = io.StringIO()
    predictions_to_json(predictions, written)
    assert answer(predictions) == written.getvalue().encode()


def test_a_prediction_that_is_no_number_is_null() -> None:
    """MLflow writes NaN, which is not JSON."""
    assert json.loads(answer([math.nan, 1.0, math.inf])) == {"predictions": [None, 1.0, None]}
