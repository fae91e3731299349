"""What MLflow's own server answers on the store of a project that has run: what its pages are made of."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.projects import notebook, write_project
from workbench.pipeline.outcome import Outcome
from workbench.workspace import open_workspace

MODEL = """
[models.churn]
task = "binary"
target = "left"
entity = "id"
metric = "log_loss"
trained_by = "train"
promotion = { policy = "automatic" }

[models.churn.gates]
quality = { metric = "auc", at_least = 0.5 }
"""
TRAIN = """
import lightgbm, numpy, pandas
random = numpy.random.default_rng(stage.seed)
rows = pandas.DataFrame({"a": random.normal(size=300)})
rows["left"] = (rows["a"] + random.normal(size=300) > 0).astype(int)
settings = {"objective": "binary", "num_threads": 1, "verbosity": -1}
booster = lightgbm.train(settings, lightgbm.Dataset(rows[["a"]], rows["left"]), trees)
stage.save("candidate", booster, example=rows[["a"]].head(2))
stage.save("rows", rows)
stage.log_metrics({"trees": trees})
"""
JUDGE = """
rows = stage.load("rows")
score = stage.load("candidate").predict(rows[["a"]])
times = numpy.arange("2013-01-01", "2013-10-28", dtype="datetime64[D]")
report = wb.check(stage, model="churn", y=rows["left"].to_numpy(), score=score, times=times)
stage.request("proposal", model="churn", alias="champion", reason="test")
"""
STAGES = {
    "train": {
        "notebook": notebook(
            "import workbench as wb\nstage = wb.stage('train')", TRAIN, parameters="trees: int = 3"
        ),
        "outputs": ["candidate", "rows"],
    },
    "judge": {
        "notebook": notebook("import numpy, workbench as wb\nstage = wb.stage('judge')", JUDGE),
        "inputs": ["candidate", "rows"],
    },
}

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Ask MLflow's server, started as the README says, on a project that has run."""
    root = write_project(tmp_path_factory.mktemp("ui") / "shop", STAGES, extra=MODEL)
    with open_workspace(root) as workspace:
        state = workspace.run()
        assert state.outcome is Outcome.SUCCEEDED, state.reason
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        "ui",
        "--workers",
        "1",
        "--port",
        str(port),
        "--backend-store-uri",
        "sqlite:///.workbench/mlflow.db",
    ]
    log = root.with_name("server.log")
    with log.open("wb") as out:
        command = [sys.executable, "-m", "mlflow", *words]
        server = subprocess.Popen(command, cwd=root, stdout=out, stderr=out, start_new_session=True)
    try:
        _until_up(server, port, log)
        yield lambda path, **query: _ask(port, path, query)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def test_a_run_is_a_parent_whose_children_are_its_attempts(ask: Ask) -> None:
    """By the names that people know, with the metrics of all stages on the parent to compare runs by."""
    (shop,) = [e for e in ask("experiments/search", max_results=9)["experiments"] if e["name"] == "shop"]
    runs = ask("runs/search", experiment_ids=[shop["experiment_id"]])["runs"]
    tags = {run["info"]["run_name"]: _pairs(run["data"]["tags"]) for run in runs}
    (parent,) = [run for run in runs if "mlflow.parentRunId" not in _pairs(run["data"]["tags"])]
    assert parent["info"]["run_name"].endswith(" · main")
    assert {tags[name]["mlflow.parentRunId"] for name in ("train", "judge")} == {parent["info"]["run_id"]}
    assert len(runs) == 3
    assert {run["info"]["status"] for run in runs} == {"FINISHED"}
    assert _pairs(parent["data"]["metrics"])["train/trees"] == 3


def test_a_child_shows_parameters_datasets_and_its_executed_notebook(ask: Ask) -> None:
    """Each where MLflow's pages look for it."""
    runs = ask("runs/search", experiment_ids=["1"])["runs"]
    by_name = {run["info"]["run_name"]: run for run in runs}
    train, judge = by_name["train"], by_name["judge"]
    assert _pairs(train["data"]["params"]) == {"trees": "3"}
    read = {entry["dataset"]["name"] for entry in judge["inputs"]["dataset_inputs"]}
    assert read == {"candidate", "rows"}
    files = ask("artifacts/list", run_id=train["info"]["run_id"])["files"]
    assert {"notebook.ipynb", "candidate"} <= {file["path"] for file in files}


def test_the_registered_model_has_its_champion(ask: Ask) -> None:
    """The alias leads to the version, the version to the run that trained it."""
    found = ask("registered-models/alias", name="churn", alias="champion")["model_version"]
    tags = _pairs(found["tags"])
    assert (tags["workbench.version"], tags["workbench.verdict"]) == ("1", "pass")
    run = ask("runs/get", run_id=found["run_id"])["run"]
    assert run["info"]["run_name"] == "train"
    assert "ledger" in ask("registered-models/get", name="churn")["registered_model"]["description"]


def _pairs(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {entry["key"]: entry["value"] for entry in entries}


def _ask(port: int, path: str, query: dict[str, Any]) -> Any:
    url = f"http://127.0.0.1:{port}/api/2.0/mlflow/{path}"
    if path == "runs/search":
        request = urllib.request.Request(
            url, json.dumps(query).encode(), {"Content-Type": "application/json"}
        )
    else:
        request = urllib.request.Request(f"{url}?{urllib.parse.urlencode(query)}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        pytest.fail(f"{path}: {error.code} {error.read().decode()}")


def _until_up(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"MLflow's server did not start:\n{log.read_text()[-4000:]}")
