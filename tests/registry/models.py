"""A small project with one model, and what its stages leave behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.projects import notebook, write_project
from workbench.ledger import Ledger
from workbench.pipeline.extension import Ended
from workbench.pipeline.outcome import Outcome
from workbench.project import Project, load_project
from workbench.registry import ModelState, RegistryExtension, read_model
from workbench.registry.mlflow_models import MlflowModels

MODEL = "delay"
GATES = """
[models.delay.gates]
quality = { metric = "auc", at_least = 0.7 }
champion = { metric = "log_loss", margin = 0.005 }
"""
RULES = {
    "quality": {"kind": "quality", "metric": "auc", "at_least": 0.7, "at_most": None},
    "champion": {
        "kind": "champion",
        "metric": "log_loss",
        "margin": 0.005,
        "block": "1d",
        "confidence": 0.95,
        "min_blocks": 10,
        "resamples": 2000,
    },
}


def declared(policy: str = "automatic", gates: str = GATES) -> str:
    """Return the TOML of the model `delay`."""
    return f"""
[models.delay]
task = "binary"
target = "late"
metric = "log_loss"
trained_by = "train"
promotion = {{ policy = "{policy}" }}
{gates}
"""


def make_project(
    root: Path, *, policy: str = "automatic", gates: str = GATES, models: bool = True, extra: str = ""
) -> Project:
    """Write and load a project that trains, evaluates and promotes `delay`."""
    stages: dict[str, dict[str, object]] = {
        "train": {"notebook": notebook(), "outputs": ["candidate"]},
        "evaluate": {
            "notebook": notebook(),
            "inputs": ["candidate", "delay@champion"] if models else ["candidate"],
            "outputs": ["evaluation"],
        },
        "promote": {"notebook": notebook(), "inputs": ["candidate", "evaluation"], "outputs": []},
    }
    write_project(root, stages, extra=extra + (declared(policy, gates) if models else ""))
    return load_project(root)


def mlflow_of(project: Project) -> MlflowModels:
    """Return the registry of a project's MLflow."""
    layout = project.layout
    return MlflowModels(layout.tracking_url, layout.artifacts_uri, project.root)


def candidate(name: str) -> dict[str, Any]:
    """Return the record of a model whose content is told by a name."""
    files: list[dict[str, Any]] = []
    return {
        "kind": "model",
        "name": "candidate",
        "fingerprint": f"print-of-{name}",
        "flavour": "lightgbm",
        "files": files,
        "uri": f"/models/{name}",
    }


def gate(name: str, verdict: str = "pass", **changes: Any) -> dict[str, Any]:
    """Return a gate's result as a notebook requests it to be kept."""
    return {
        "name": name,
        "kind": name,
        "verdict": verdict,
        "summary": f"{name} says {verdict}",
        "rule": RULES[name],
        "evidence": {},
        "against": name == "champion",
        **changes,
    }


def gates(**verdicts: str) -> list[dict[str, Any]]:
    """Return results of both gates, `pass` where nothing else is said."""
    return [gate(name, verdicts.get(name, "pass")) for name in ("quality", "champion")]


class Runs:
    """Plays the runner: tells the extension of ended attempts, and writes what it asks for."""

    def __init__(self, project: Project, ledger: Ledger) -> None:
        self.project = project
        self.ledger = ledger
        self.extension = RegistryExtension(project, ledger)
        self.actor = "ada@lab"
        self.run = "20130101-000000-0001"

    @property
    def state(self) -> ModelState:
        return read_model(self.ledger, MODEL)

    def end(
        self,
        stage: str,
        *,
        outcome: Outcome = Outcome.SUCCEEDED,
        outputs: Mapping[str, dict[str, Any]] | None = None,
        inputs: Mapping[str, dict[str, Any]] | None = None,
        requests: Sequence[dict[str, Any]] = (),
        parameters: Mapping[str, Any] | None = None,
        metrics: Mapping[str, float] | None = None,
    ) -> int:
        """End an attempt; return how many events the registry added."""
        ended = Ended(
            run=self.run,
            pipeline="main",
            entry=stage,
            stage=stage,
            attempt=1,
            outcome=outcome,
            actor=self.actor,
            outputs=outputs or {},
            inputs=inputs or {},
            parameters={"trees": 10} if parameters is None else parameters,
            metrics={"log_loss": 0.4, "gain": float("nan")} if metrics is None else metrics,
            requests=requests,
            tracking_id="t1",
        )
        appends = self.extension.appends(ended)
        self.ledger.append(*appends, actor=self.actor)
        return sum(len(append.events) for append in appends)

    def train(self, name: str) -> int:
        data = {"features": {"kind": "dataset", "fingerprint": "f1", "version": 3, "rows": 10, "files": []}}
        return self.end("train", outputs={"candidate": candidate(name)}, inputs=data)

    def inputs(self, name: str) -> dict[str, dict[str, Any]]:
        """Return what `evaluate` reads when a candidate is at hand."""
        upstream = {"candidate": candidate(name)}
        champion = self.extension.resolve_input("delay@champion", upstream)
        assert champion is not None
        features = {"kind": "dataset", "fingerprint": "f1", "rows": 10, "files": []}
        return {**upstream, "delay@champion": champion, "features": features}

    def evaluate(
        self, name: str, results: list[dict[str, Any]] | None = None, outcome: Outcome = Outcome.SUCCEEDED
    ) -> int:
        found = gates() if results is None else results
        request = {"kind": "evidence", "model": MODEL, "candidate": "candidate", "gates": found}
        return self.end("evaluate", inputs=self.inputs(name), requests=[request], outcome=outcome)

    def promote(self, name: str, reason: str = "better", outcome: Outcome = Outcome.SUCCEEDED) -> int:
        request = {"kind": "proposal", "model": MODEL, "candidate": "candidate", "reason": reason}
        inputs = {"candidate": candidate(name)}
        return self.end("promote", inputs=inputs, requests=[request], outcome=outcome)

    def champion(self, name: str) -> None:
        """Bring a candidate all the way."""
        self.train(name)
        self.evaluate(name)
        self.promote(name)
