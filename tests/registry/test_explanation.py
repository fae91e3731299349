"""What predictions rest on: contributions that add up, importance with its doubt, dependence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from tests.projects import cell, notebook, write_project
from tests.registry.models import Runs, declared, gates
from tests.tracking.kinds import KINDS, Kind, booster, fitted, table, truth
from workbench.errors import UsageError
from workbench.registry.explanation import Explanation, explain
from workbench.registry.explanation.shapley import sampled_contributions
from workbench.tracking.scorer import Scorer

TIMES = pd.date_range("2013-01-01", periods=120, freq="6h")


def explained(model: Any, task: Any, **given: Any) -> Explanation:
    settings = {"y": truth(task), "times": TIMES, "samples": 4, "rows": 40, "seed": 7, **given}
    return explain(model, table(), task=task, **settings)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_contributions_of_every_kind_add_up_to_the_prediction(kind: Kind) -> None:
    """Base plus contributions is the score, or of LightGBM the sum of its trees."""
    model = kind.train()
    found = explained(model, kind.task).contributions
    some = table().iloc[np.linspace(0, 119, 40).round().astype(int)]
    scorer = Scorer(model, kind.task)  # type: ignore[arg-type]
    raw = scorer.is_booster
    whole = model.predict(scorer.matrix(some), raw_score=True) if raw else scorer.score(some)
    assert found.method == ("tree" if raw else "permutation")
    assert np.allclose(found.values.sum(axis=1) + found.base, whole, atol=1e-6)
    assert found.gap < 1e-6
    assert list(found.frame()) == ["hour", "wind", "carrier", "base"]


def test_of_a_linear_model_the_sampled_values_are_the_known_ones() -> None:
    """Weight times distance from the background's mean, whatever the orders."""
    rows = table()[["hour", "wind"]]
    model = LinearRegression().fit(rows, truth("regression"))
    found = sampled_contributions(Scorer(model, "regression"), rows.head(30), rows.head(6), samples=12)
    known = (rows.head(30) - rows.head(6).mean()) * model.coef_
    assert np.allclose(found.values, known)


def test_the_same_seed_gives_the_same_explanation() -> None:
    """And a column that the model does not use counts for nothing."""
    model = LogisticRegression().fit(table().assign(hour=0)[["hour", "wind"]], truth("binary"))
    one, two = explained(model, "binary"), explained(model, "binary")
    assert one.to_dict() == two.to_dict()
    hour = next(each for each in one.importance if each.column == "hour")
    assert (hour.contribution, hour.cost, hour.lower, hour.upper) == (0, 0, 0, 0)


def test_what_matters_comes_first_and_its_loss_costs_more_than_doubt() -> None:
    """The bounds of a column that matters lie above nothing."""
    found = explained(booster("binary"), "binary", rows=120)
    first = found.importance[0]
    assert first.column == "hour"
    assert first.lower is not None
    assert first.cost is not None
    assert 0 < first.lower < first.cost
    assert found.loss == "log_loss"


def test_few_blocks_leave_no_bounds() -> None:
    """Rows of one day are one piece of evidence: nothing is known of how another day would be."""
    found = explained(booster("binary"), "binary", times=["2013-01-01"] * 120)
    assert found.importance[0].cost is not None
    assert (found.importance[0].lower, found.importance[0].upper) == (None, None)


def test_dependence_follows_a_column() -> None:
    """Of a linear model it is a line; of names it has one point each."""
    found = explained(fitted(LinearRegression(), "regression"), "regression", follow=3)
    hour, carrier = found.dependence["hour"], found.dependence["carrier"]
    slopes = np.diff(hour.scores) / np.diff(hour.values)
    assert np.allclose(slopes, slopes[0])
    assert slopes[0] > 0
    assert sorted(carrier.values) == ["AA", "DL", "UA"]
    assert carrier.values[int(np.argmax(carrier.scores))] == "DL"


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_an_explanation_is_small_data_and_figures(task: Any) -> None:
    """A few kilobytes of JSON for the ledger; the figures are drawn from it."""
    import matplotlib.pyplot as plt

    found = explained(booster(task), task)
    assert len(json.dumps(found.to_dict(), allow_nan=False)) < 4000
    assert set(found.figures()) == {"importance", "dependence"}
    plt.close("all")
    assert "hour" in str(found)
    assert "<td>hour</td>" in found._repr_html_()


def test_without_a_truth_no_cost_is_made_up() -> None:
    """Contributions and dependence need none."""
    found = explained(booster("binary"), "binary", y=None)
    assert found.loss == ""
    assert all(each.cost is None for each in found.importance)


class Fickle:
    """Predicts something else each time."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(0)

    def predict(self, rows: Any) -> Any:
        return self._random.random(len(rows))


REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (booster("binary"), {"y": [0, 1]}, "table has 120, y has 2"),
    (booster("binary"), {"times": TIMES[:3]}, "times has 3"),
    (Fickle(), {}, "do not add up"),
]


@pytest.mark.parametrize(("model", "given", "words"), REFUSED)
def test_what_cannot_be_explained_is_refused(model: Any, given: dict[str, Any], words: str) -> None:
    """Columns of other rows, and a model that is no function of them."""
    with pytest.raises(UsageError, match=words):
        explained(model, "binary", **given)


def test_an_empty_table_is_refused() -> None:
    """Nothing is explained by nothing."""
    with pytest.raises(UsageError, match="no row to explain"):
        explain(booster("binary"), table().head(0), task="binary")


def test_an_explanation_becomes_part_of_a_versions_evidence(runs: Runs) -> None:
    """Beside the verdicts; the same again is no news, another is."""
    runs.train("a")
    asked = {"kind": "evidence", "model": "delay", "candidate": "candidate", "gates": gates()}
    said = {"kind": "explanation", "model": "delay", "explanation": {"rows": 5}}
    assert runs.end("evaluate", inputs=runs.inputs("a"), requests=[said, asked]) == 1
    assert runs.end("evaluate", inputs=runs.inputs("a"), requests=[said, asked]) == 0
    evaluation = runs.state.versions[1].evaluation
    assert evaluation is not None
    assert evaluation.explanation == {"rows": 5}
    other = {**said, "explanation": {"rows": 6}}
    assert runs.end("evaluate", inputs=runs.inputs("a"), requests=[asked, other]) == 1


TRAIN = """
import numpy as np, pandas as pd, workbench as wb
from sklearn.linear_model import LogisticRegression
stage = wb.stage("train")
rng = np.random.default_rng(0)
rows = pd.DataFrame({"hour": rng.integers(0, 24, 200), "wind": rng.normal(size=200)})
model = LogisticRegression().fit(rows, rows["hour"] > 12)
stage.save("rows", rows)
stage.save("candidate", model, example=rows.head(3))
"""
EVALUATE = """
import matplotlib; matplotlib.use("agg")
import pandas as pd, workbench as wb
from workbench.tracking.scorer import Scorer
stage = wb.stage("evaluate")
model, rows = stage.load("candidate"), stage.load("rows")
y, times = rows["hour"] > 12, pd.date_range("2013-01-01", periods=200, freq="6h")
wb.explain(model, rows, task="binary", y=y, times=times, rows=50, samples=2).attach(stage, "delay")
report = wb.check(stage, model="delay", y=y, score=Scorer(model, "binary").score(rows), times=times)
stage.save("evaluation", report.to_dict())
"""


def test_a_scikit_learn_model_goes_from_training_to_explained_evidence(tmp_path: Path) -> None:
    """Saved, registered, loaded, scored, explained and judged in two stages with real kernels."""
    from workbench.workspace import open_workspace

    bar = '[models.delay.gates]\nquality = { metric = "auc", at_least = 0.9 }\n'
    stages: dict[str, dict[str, object]] = {
        "train": {"notebook": notebook(cell(TRAIN)), "outputs": ["rows", "candidate"]},
        "evaluate": {
            "notebook": notebook(cell(EVALUATE)),
            "inputs": ["rows", "candidate"],
            "outputs": ["evaluation"],
        },
    }
    write_project(tmp_path / "shop", stages, extra=declared(gates=bar), heartbeat="5s")
    with open_workspace(tmp_path / "shop") as workspace:
        state = workspace.run()
        assert state.outcome is not None
        assert state.outcome.value == "succeeded", state
        version = workspace.registry.model("delay").versions[1]
        assert (version.output["flavour"], version.output["stored"]) == ("sklearn", "skops")
        assert version.evaluation is not None
        assert version.evaluation.explanation["importance"][0]["column"] == "hour"
        assert workspace.registry.load("delay/1").predict(table()[["hour", "wind"]]).shape == (120,)
        figures = list((tmp_path / "shop").rglob("figures/explanation_*.png"))
        assert {path.name for path in figures} == {"explanation_importance.png", "explanation_dependence.png"}
