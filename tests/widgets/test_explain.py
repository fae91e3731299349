from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from tests.serving.model.models import served
from tests.serving.replay.answered import Answered
from tests.tracking.kinds import CARRIERS, fitted, table
from tests.tracking.kinds import booster as classes
from tests.widgets.judged_models import booster, encoded, ledger_of, project_with_versions, rows
from tests.widgets.seen import markup_of, widgets
from workbench.errors import UnknownNameError, UsageError
from workbench.project import Project
from workbench.registry import Registry
from workbench.serving.log import encode_label
from workbench.widgets import Explain
from workbench.widgets.explain import AskedModel

ATTACK = "<img src=x onerror=alert(1)>"
TREES = booster(20)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One version, which is champion."""
    project = project_with_versions(tmp_path_factory.mktemp("explain") / "shop", TREES, policy="automatic")
    with ledger_of(project) as ledger:
        Registry(project, ledger, later=False, projection=_Nobody()).promote("delay", 1)  # type: ignore[arg-type]
    return project


class _Nobody:
    def project(self, **_: object) -> None:
        """Show nothing to nobody."""


@pytest.fixture
def here(shop: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(shop.root)
    return shop


@pytest.mark.usefixtures("here")
def test_contributions_are_those_of_lightgbm() -> None:
    """Base and contributions make the score; the answer is the probability."""
    given = rows().iloc[3]
    explain = Explain("delay", given)
    frame = encoded(pd.DataFrame([given.to_dict()]))
    own = TREES.predict(frame, pred_contrib=True)[0]
    told = {part.column: part.value for part in explain.explained.contributions}
    assert told == pytest.approx(dict(zip(frame.columns, own[:-1], strict=True)))
    assert explain.explained.base == pytest.approx(own[-1])
    assert explain.answer == pytest.approx(TREES.predict(frame)[0])
    text = explain.text()
    assert f"{explain.answer:.4g}" in text
    assert all(name in text for name in ("hour", "wind", "carrier"))


@pytest.mark.usefixtures("here")
def test_another_value_gives_the_answer_that_the_model_gives() -> None:
    """By name or by mapping, and back again; the row that was given stays what it was."""
    given = {"hour": 9, "wind": 0.5, "carrier": "UA"}
    explain = Explain(row=given)
    before = explain.answer
    now = explain.change(carrier="DL", wind=None)
    expected = TREES.predict(encoded(pd.DataFrame([{**given, "carrier": "DL", "wind": np.nan}])))[0]
    assert now == explain.answer == pytest.approx(expected)
    assert explain.changes == {"carrier": ("UA", "DL"), "wind": (0.5, None)}
    assert explain.original == given
    assert "carrier DL and not UA" in explain.text()
    assert explain.change({"hour": 23}) != now
    assert explain.reset() == before
    assert explain.changes == {}


@pytest.mark.usefixtures("here")
def test_a_value_that_does_not_fit_changes_nothing() -> None:
    """The error says what is wanted; a name that nobody knows is the nearest one's."""
    explain = Explain(row={"hour": 9, "wind": 0.5, "carrier": "UA"})
    before = explain.answer
    with pytest.raises(UsageError, match="hour"):
        explain.change(hour="noon")
    with pytest.raises(UnknownNameError, match="Did you mean 'carrier'"):
        explain.change(carier="DL")
    assert (explain.answer, explain.row) == (before, explain.original)
    explain.change(wind=2.0)
    assert explain.answer != before


@pytest.mark.usefixtures("here")
def test_the_view_asks_what_if() -> None:
    """Choosing a column and a value moves the answer; training never saw some values."""
    explain = Explain(row={"hour": 9, "wind": 0.5, "carrier": "UA"})
    view = explain.view
    column, name = widgets(view, "Dropdown")
    column.value = "carrier"
    assert set(CARRIERS) <= {value for _, value in name.options}
    name.value = "DL"
    assert explain.row["carrier"] == "DL"
    assert f"from {explain.answer_before:.4g}" in markup_of(explain)
    column.value = "wind"
    (number,) = widgets(view, "FloatText")
    number.value = 99.0
    assert explain.row["wind"] == 99.0
    assert "Training saw no wind of 99" in markup_of(explain)
    assert "<svg" in markup_of(explain)
    again = next(button for button in widgets(view, "Button") if button.description == "As it was")
    again.click()
    assert explain.changes == {}
    explain.close()


@pytest.mark.usefixtures("here")
def test_without_a_row_it_is_the_usual_one() -> None:
    """The medians and the most frequent names of what training saw; nobody's row, and it says so."""
    explain = Explain()
    assert explain.row["hour"] == pytest.approx(table(400)["hour"].median(), abs=1)
    assert explain.row["carrier"] == table(400)["carrier"].mode()[0]
    assert "is nobody's" in explain.text()


@pytest.mark.usefixtures("here")
def test_values_are_text() -> None:
    """Nothing of a row becomes part of the page."""
    explain = Explain(row={"hour": 9, "wind": 0.5, "carrier": ATTACK})
    assert ATTACK not in markup_of(explain)
    assert "&lt;img" in markup_of(explain)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"row": {"hour": 1}}, "lacks wind, carrier"),
        ({"row": 5}, "takes one row, but got int"),
        ({"row": table(3)}, "a table of 3 rows"),
        ({"model": "dealy"}, "no registered model named 'dealy'"),
        ({"model": "delay@challenger"}, "Nobody is challenger"),
        ({"prediction": "00ff"}, "no prediction named '00ff'"),
        ({"prediction": "x", "model": "delay"}, "cannot tell which is meant"),
    ],
)
def test_what_cannot_be_explained_is_refused(given: dict[str, Any], words: str) -> None:
    """In one sentence."""
    with pytest.raises(UsageError, match=words):
        Explain(**given)


def test_a_prediction_is_explained_as_it_was_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the id that its answer came with: the row, the version, what came true, and what if."""
    answered = Answered(tmp_path / "shop")
    answered.answer(answered.second, 1, arm="challenger")
    ((made, answer),) = answered.answers.items()
    label = encode_label("delay", 1, received=answered.clock.now(), prediction_id=made, caller="tester")
    answered.spool.append(label)
    monkeypatch.chdir(answered.project.root)
    explain = Explain(prediction=made)
    assert explain.asked.name == "delay version 2"
    assert explain.answer == pytest.approx(answer)
    assert explain.notes == ()
    assert "what came true: 1" in explain.text()
    assert made in markup_of(explain)
    other = "AA" if explain.row["carrier"] == "B6" else "B6"
    assert explain.change(carrier=other) != pytest.approx(answer)
    explain.close()
    answered.close()


def test_other_models_and_several_classes_are_asked_alike(tmp_path: Path) -> None:
    """Contributions are sampled where there are no trees; of classes the likeliest one is explained."""
    model = fitted(LogisticRegression(), "binary")
    asked = AskedModel(served(tmp_path / "one", model, table().head(20)), None)
    row = asked.row({"hour": 3, "wind": 0.1, "carrier": "DL", "more": 1})
    told = asked.explain(row)
    assert told.method == "permutation"
    assert told.base + sum(part.value for part in told.contributions) == pytest.approx(told.score)
    assert asked.answers([row])[0][0] == pytest.approx(model.predict_proba(pd.DataFrame([row]))[0, 1])
    assert asked.usual()["carrier"] == table()["carrier"][0]
    many = AskedModel(
        served(tmp_path / "many", classes("multiclass"), table().head(3), task="multiclass"), None
    )
    told = many.explain(row)
    (scores,) = many.answers([row])
    assert told.group == int(np.argmax(scores))
    assert [value for value, _ in many.along(row, "carrier", told.group)] == CARRIERS


@pytest.mark.usefixtures("here")
def test_a_row_that_cannot_be_asked_about_leaves_the_one_before() -> None:
    """Whether it was set as a whole or by a change; what it need not have is missing in it."""
    explain = Explain(row={"hour": 9, "wind": 0.5, "carrier": "UA"})
    before, answer = explain.row, explain.answer
    with pytest.raises(UsageError, match="lacks"):
        explain.row = {"hour": 5}
    assert (explain.row, explain.answer, explain.changes) == (before, answer, {})
    explain.row = {"hour": np.int64(5), "wind": 0.5, "carrier": "UA", "gate": "B7"}
    assert explain.changes == {"hour": (9, 5)}
    assert "gate" not in explain.row
