from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import roc_auc_score

from tests.insight.scene import RUN, Scene
from tests.registry.models import MODEL
from tests.widgets.judged_models import booster, encoded, late, ledger_of, project_with_versions, rows
from tests.widgets.seen import markup_of, widgets
from workbench.errors import UnknownNameError, UsageError
from workbench.ledger import Append, NewEvent
from workbench.project import Project
from workbench.registry.verdict import Verdict
from workbench.widgets import Gates

ATTACK = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Version 1 learnt something, version 2 from shuffled labels."""
    root = tmp_path_factory.mktemp("gates") / "shop"
    return project_with_versions(root, booster(20), booster(20, shuffled=True))


@pytest.fixture
def here(shop: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(shop.root)
    return shop


@pytest.mark.usefixtures("here")
def test_what_did_not_pass_comes_first_with_its_numbers() -> None:
    """The newest version of the only model, its verdict, and why it cannot become champion."""
    gates = Gates()
    held = rows()
    auc = roc_auc_score(late(held), booster(20, shuffled=True).predict(encoded(held)))
    assert (gates.model, gates.version, gates.verdict) == (MODEL, 2, Verdict.FAIL)
    first = gates.gates[0]
    assert first.verdict is Verdict.FAIL
    quality = next(gate for gate in gates.gates if gate.name == "quality")
    assert quality.numbers[0].value == pytest.approx(auc)
    text = gates.text()
    assert text.index("cannot become champion") < text.index("✗ quality")
    assert f"auc {auc:.4f}" in text
    assert "at least 0.7" in text


@pytest.mark.usefixtures("here")
def test_a_version_that_passed_may_become_champion() -> None:
    """By its number, or by the run that judged it; set another one, and the view shows it."""
    gates = Gates(MODEL, version=1)
    assert "✓ pass" in gates.text()
    assert gates.standing.refusals == ()
    assert "may become champion" in markup_of(gates)
    assert "carrier" in markup_of(gates)
    gates.version = 2
    assert "cannot become champion" in markup_of(gates)
    (version, *_) = widgets(gates.view, "Dropdown")
    version.value = 1
    assert gates.version == 1
    gates.close()
    assert Gates(run="20260302-030000-ab12").version == 2


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"model": "dealy"}, UnknownNameError, "Did you mean 'delay'"),
        ({"version": 9}, UnknownNameError, "no version of 'delay' named '9'"),
        ({"run": "x"}, UnknownNameError, "no run named 'x'"),
        ({"run": "x", "version": 1}, UsageError, "cannot tell which is meant"),
        ({"modle": "delay"}, UsageError, "Did you mean 'model'"),
    ],
)
def test_what_is_not_there_is_named(given: dict[str, Any], error: type[Exception], words: str) -> None:
    """At once, with the nearest name."""
    with pytest.raises(error, match=words):
        Gates(**given)


def test_evidence_is_text_and_a_refusal_of_a_server_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it becomes part of the page."""
    scene = Scene(tmp_path / "shop", say=lambda text: f"{ATTACK}{text}")
    scene.all()
    scene.close()
    monkeypatch.chdir(scene.project.root)
    with ledger_of(scene.project) as ledger:
        stream = f"model/{MODEL}"
        refused = NewEvent(
            "deployment.refused",
            {"model": MODEL, "version": 3, "step": "golden", "sentence": ATTACK},
            subject=MODEL,
        )
        ledger.append(Append(stream, ledger.version(stream), (refused,)), actor="server")
    gates = Gates(version=3)
    assert "golden" in gates.standing.refusals[0]
    shown = markup_of(gates)
    assert ATTACK not in shown
    assert "&lt;img" in shown
    assert "never ran" in gates.text()
    gates.close()


def test_every_slice_can_be_looked_at_where_the_run_kept_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page at a time; names are text, numbers are short."""
    scene = Scene(tmp_path / "shop")
    scene.all()
    folder = scene.project.layout.attempt(RUN, "train", 1) / "figures"
    folder.mkdir(parents=True)
    lines = [f"carrier,{ATTACK if n == 0 else n},{500 + n},0.7123456789" for n in range(45)]
    (folder / "gate_quality.csv").write_text("\n".join(["column,value,rows,metric", *lines]))
    scene.close()
    monkeypatch.chdir(scene.project.root)
    gates = Gates(version=3)
    whole = next(box for box in widgets(gates.view, "Dropdown") if box.description == "All rows of")
    whole.value = "quality"
    shown = markup_of(gates)
    assert "1–20 of 45" in shown
    assert "0.7123<" in shown
    assert ATTACK not in shown
    gates.close()


def test_a_run_that_judged_nothing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to look at in its place."""
    scene = Scene(tmp_path / "shop")
    scene.run()
    monkeypatch.chdir(scene.project.root)
    with pytest.raises(UsageError, match="has made no version and judged none"):
        Gates(run=RUN)
    with pytest.raises(UsageError, match="model 'delay' has no version yet"):
        Gates()
    scene.close()
