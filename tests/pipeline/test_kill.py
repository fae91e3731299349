"""A runner killed at any moment loses nothing and does nothing twice."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.projects import notebook, write_project
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
champion = { metric = "log_loss", margin = 0.01, block = "1d" }
"""

RUN = "import sys; from workbench.cli.main import main; sys.argv[0] = 'workbench'; main()"


def _stages() -> dict[str, dict[str, object]]:
    ingest = """
    import numpy as np, pandas as pd
    random = np.random.default_rng(stage.seed)
    rows = pd.DataFrame({"id": np.arange(400), "a": random.normal(size=400), "b": random.normal(size=400)})
    rows["left"] = (rows["a"] + random.normal(size=400) > 0).astype(int)
    rows["at"] = pd.Timestamp("2013-01-01") + pd.to_timedelta(rows["id"], unit="h")
    stage.save("rows", rows)
    """
    train = """
    import lightgbm as lgb
    rows = stage.load("rows")
    settings = {"objective": "binary", "deterministic": True, "num_threads": 1, "seed": 1, "verbosity": -1}
    data = lgb.Dataset(rows[["a", "b"]], rows["left"])
    booster = lgb.train(settings, data, num_boost_round=5)
    stage.save("candidate", booster, example=rows[["a", "b"]].head(3))
    """
    evaluate = """
    rows = stage.load("rows")
    score = stage.load("candidate").predict(rows[["a", "b"]])
    champion = stage.load("churn@champion")
    report = wb.check(
        stage,
        model="churn",
        y=rows["left"].to_numpy(),
        score=score,
        champion_score=champion.predict(rows[["a", "b"]]) if champion else None,
        times=rows["at"].to_numpy(),
    )
    stage.save("evaluation", report.to_dict())
    report.require()
    """
    promote = (
        "stage.load('evaluation')\nstage.request('proposal', model='churn', alias='champion', reason='test')"
    )
    begin = "import workbench as wb\nstage = wb.stage('{}')"
    return {
        "ingest": {"notebook": notebook(begin.format("ingest"), ingest), "outputs": ["rows"]},
        "train": {
            "notebook": notebook(begin.format("train"), train),
            "inputs": ["rows"],
            "outputs": ["candidate"],
        },
        "evaluate": {
            "notebook": notebook(begin.format("evaluate"), evaluate),
            "inputs": ["rows", "candidate", "churn@champion"],
            "outputs": ["evaluation"],
        },
        "promote": {
            "notebook": notebook(begin.format("promote"), promote),
            "inputs": ["evaluation", "candidate"],
        },
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], float]:
    """Return a project, what its undisturbed run left behind, and how long that took."""
    origin = write_project(tmp_path_factory.mktemp("origin") / "shop", _stages(), extra=MODEL)
    ready = tmp_path_factory.mktemp("whole") / "shop"
    shutil.copytree(origin, ready)
    started = time.monotonic()
    done = _workbench(ready, "run", "--json")
    assert done.wait() == 0
    return origin, _facts(ready), time.monotonic() - started


@pytest.mark.soak
def test_a_killed_runner_resumes_to_the_same_result(
    undisturbed: tuple[Path, dict[str, Any], float],
    tmp_path: Path,
    soak_count: Callable[[int], int],
) -> None:
    """Same fingerprints, same predictions, one version, one promotion, whenever the kill came."""
    origin, expected, seconds = undisturbed
    moments = random.Random(2013)
    killed = 0
    count = soak_count(100)
    for number in range(count):
        root = tmp_path / str(number)
        shutil.copytree(origin, root)
        runner = _workbench(root, "run", "--json")
        time.sleep(moments.uniform(0.3, seconds))
        killed += runner.poll() is None
        runner.kill()
        runner.wait()
        _go_on(root)
        assert _facts(root) == expected, f"kill {number}"
        shutil.rmtree(root)
    print(
        f"\n{count} runs killed at random moments ({killed} while they ran), all resumed to the same result"
    )
    assert killed


def _go_on(root: Path) -> None:
    with open_workspace(root) as workspace:
        runs = workspace.runs()
        if runs and runs[0].outcome is not None and runs[0].outcome.is_success:
            return
    words = ("resume", "last", "--json") if runs else ("run", "--json")
    done = _workbench(root, *words)
    assert done.wait() == 0, done.args


def _facts(root: Path) -> dict[str, Any]:
    import mlflow

    with open_workspace(root) as workspace:
        model = workspace.registry.model("churn")
        moves = workspace.ledger.find(kinds=("alias.moved",))
        candidate = workspace.catalog.current("candidate")
        rows = workspace.catalog.current("rows")
        assert candidate is not None
        assert rows is not None
        client = mlflow.MlflowClient(
            workspace.project.layout.tracking_url, workspace.project.layout.tracking_url
        )
        return {
            "rows": rows["fingerprint"],
            "model": candidate["fingerprint"],
            "versions": len(model.versions),
            "moves": len(moves),
            "mlflow_versions": len(client.search_model_versions("name='churn'")),
            "mlflow_champion": str(client.get_model_version_by_alias("churn", "champion").version),
            "ledger": workspace.ledger.verify().ok,
        }


def _workbench(root: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", RUN, *words]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_json_output_is_json(undisturbed: tuple[Path, dict[str, Any], float], tmp_path: Path) -> None:
    """`workbench show last --json` of a whole run names its stages and their outcomes."""
    origin, _, _ = undisturbed
    root = tmp_path / "shop"
    shutil.copytree(origin, root)
    assert _workbench(root, "run", "--json").wait() == 0
    command = [sys.executable, "-c", RUN, "show", "last", "--json"]
    shown = json.loads(subprocess.run(command, cwd=root, capture_output=True, check=True, text=True).stdout)
    assert [stage["outcome"] for stage in shown["stages"]] == ["succeeded"] * 4
