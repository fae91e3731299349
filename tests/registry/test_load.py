from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.registry.models import MODEL, Runs, candidate, make_project
from workbench.errors import IntegrityError, UnknownNameError, UsageError
from workbench.ledger import Append, MemoryLedger, NewEvent
from workbench.registry import load
from workbench.registry.load import resolve


def test_references_name_versions(runs: Runs) -> None:
    """By alias, by number, or the champion by the model's name alone."""
    runs.champion("a")
    runs.train("b")
    found = {text: resolve(text, runs.ledger).number for text in ("delay@champion", "delay/2", "delay")}
    assert found == {"delay@champion": 1, "delay/2": 2, "delay": 1}


@pytest.mark.parametrize(
    ("reference", "error", "words"),
    [
        ("dealy@champion", UnknownNameError, r"no registered model named 'dealy'.\nDid you mean 'delay'"),
        ("delay@winner", UnknownNameError, "no alias named 'winner'"),
        ("delay/9", UnknownNameError, r"(?s)no version of 'delay' named '9'.*Registered: 1"),
        ("delay/latest", UsageError, "after the slash 'latest' is not a number"),
        ("delay@challenger", UsageError, "Nobody is challenger of 'delay' yet"),
    ],
)
def test_wrong_references_say_what_is_there(
    runs: Runs, reference: str, error: type[Exception], words: str
) -> None:
    """One message names the nearest or the possible."""
    runs.champion("a")
    with pytest.raises(error, match=words):
        resolve(reference, runs.ledger)


def test_a_champion_predicts_and_a_changed_byte_is_refused(tmp_path: Path, ledger: MemoryLedger) -> None:
    """The native model is given back, but nothing of it is parsed when its bytes differ."""
    import lightgbm

    from workbench.registry.model import ModelState
    from workbench.registry.registration import register
    from workbench.tracking.model_store import save_model

    random = np.random.default_rng(0)
    rows, y = random.normal(size=(200, 3)), random.random(200)
    booster = lightgbm.train({"verbose": -1, "num_threads": 1}, lightgbm.Dataset(rows, y), 5)
    project = make_project(tmp_path)
    record = {**save_model(booster, tmp_path / "model", name="candidate"), "uri": "model"}
    events = register(
        ModelState(MODEL),
        {**candidate("a"), **record},
        run="r",
        stage="train",
        metrics={},
        parameters={},
        inputs={},
        tracking_id=None,
    )
    ledger.append(Append("model/delay", 0, tuple[NewEvent, ...](events)))
    assert np.array_equal(
        load("delay/1", ledger=ledger, project=project).predict(rows), booster.predict(rows)
    )
    path = tmp_path / "model" / "model.lgb"
    path.write_bytes(path.read_bytes().replace(b"tree", b"trea", 1))
    with pytest.raises(IntegrityError, match=r"model\.lgb"):
        load("delay/1", ledger=ledger, project=project)
