"""A project whose model `delay` has real versions: trained, kept with a reference, judged by its gates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.registry.models import MODEL, make_project
from tests.tracking.kinds import CARRIERS, table, truth
from workbench.clock import SystemClock
from workbench.data.drift import reference
from workbench.data.place import portable
from workbench.ledger import Append, Ledger, open_ledger
from workbench.project import Project
from workbench.registry.gate import Scored, judged
from workbench.registry.gates import gates_of
from workbench.registry.model import read_model
from workbench.registry.registration import evaluate, register
from workbench.tracking.model_store import save_model

GATES = """
[models.delay.gates]
quality = { metric = "auc", at_least = 0.7 }
slices = { by = ["carrier"], metric = "auc", at_least = 0.6, min_rows = 20 }
"""
ROWS = 400


def rows(seed: int = 1) -> pd.DataFrame:
    """Return rows that no version was trained on."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "hour": rng.integers(0, 24, ROWS),
            "wind": rng.normal(size=ROWS),
            "carrier": rng.choice(CARRIERS, ROWS),
        }
    )


def late(frame: pd.DataFrame) -> Any:
    """Return what came true of rows, with some chance in it."""
    value = frame["hour"] / 12 - 1 + 0.5 * frame["wind"] + (frame["carrier"] == "DL")
    return (value + np.random.default_rng(5).normal(scale=0.5, size=len(frame)) > 0).astype(int).to_numpy()


def encoded(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(carrier=pd.Categorical(frame["carrier"], categories=CARRIERS))


def booster(trees: int, *, shuffled: bool = False) -> Any:
    """Return a trained Booster; one that learnt from shuffled labels is worth nothing."""
    import lightgbm

    y = truth("binary", ROWS)
    y = np.random.default_rng(0).permutation(y) if shuffled else y
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    return lightgbm.train(settings, lightgbm.Dataset(encoded(table(ROWS)), y), trees)


def project_with_versions(
    root: Path, *models: Any, policy: str = "one-approval", extra: str = "", with_reference: bool = True
) -> Project:
    """Write a project and register the models as its versions 1, 2, …, each judged by every gate."""
    project = make_project(root, policy=policy, gates=GATES, extra=extra)
    ledger = open_ledger(project.layout.ledger_url, SystemClock())
    try:
        for number, model in enumerate(models, 1):
            _register(project, ledger, model, number, with_reference=with_reference)
    finally:
        ledger.close()
    return project


def _register(project: Project, ledger: Ledger, model: Any, number: int, *, with_reference: bool) -> None:
    held = rows()
    score = np.asarray(model.predict(encoded(held)))
    kept = reference(table(ROWS), score=score, label=late(held), scored_groups=held[["carrier"]])
    folder = project.root / "saved" / str(number)
    record = save_model(
        model,
        folder,
        example=encoded(table()).head(3),
        name="candidate",
        beside=kept if with_reference else None,
    )
    output = portable(record, project.root)
    run = f"2026030{number}-030000-ab1{number}"
    state = read_model(ledger, MODEL)
    events = register(
        state,
        output,
        run=run,
        stage="train",
        metrics={"auc": 0.8},
        parameters={"trees": model.num_trees()},
        inputs={},
        tracking_id=None,
    )
    ledger.append(Append(f"model/{MODEL}", state.version, tuple(events)), actor="ada@lab")
    scored = Scored("binary", late(held).astype(float), score, frame=held)
    results = [
        judged(gate.name, gate.kind, gate.gate, gate.rule, scored).to_dict()
        for gate in gates_of(MODEL, project.model(MODEL))
    ]
    state = read_model(ledger, MODEL)
    told = evaluate(state, output["fingerprint"], results, against=None, data={}, run=run)
    ledger.append(Append(f"model/{MODEL}", state.version, tuple(told)), actor="ada@lab")


@contextmanager
def ledger_of(project: Project) -> Iterator[Ledger]:
    """Open a project's ledger as another process would."""
    ledger = open_ledger(project.layout.ledger_url, SystemClock())
    try:
        yield ledger
    finally:
        ledger.close()
