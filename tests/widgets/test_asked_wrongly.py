"""What is asked of a widget wrongly: one error that says what was got, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import workbench as wb
from tests.insight.scene import RUN, Scene
from tests.projects import notebook, write_project
from tests.registry.models import MODEL
from tests.widgets.seen import until
from workbench.errors import UsageError, WorkbenchError
from workbench.widgets.shown import Shown

W = wb.widgets
STAGES: dict[str, dict[str, object]] = {
    "fit": {"notebook": notebook("import workbench as wb\nstage = wb.stage('fit')", parameters="rate = 0.5")}
}


@pytest.fixture
def modelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A project with a run and versions of a model."""
    scene = Scene(tmp_path / "shop")
    scene.all()
    monkeypatch.chdir(scene.project.root)
    yield
    scene.close()


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project in which nothing has happened, and without a model."""
    monkeypatch.chdir(write_project(tmp_path / "bare", STAGES))


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        ("W.Runs(5)", "query must be a text, but got 5 (int)", "help(wb.widgets.Runs)"),
        ("W.Runs(descending='no')", "descending must be True or False, but got 'no'", "help"),
        ("W.Runs(pipeline='mian')", "no pipeline named 'mian'", "Did you mean 'main'?"),
        ("W.Runs(columns='acu')", "no column of runs named 'acu'", "Known:"),
        ("W.Runs(since='yesterday')", "which is no date", "2026-03-02"),
        ("W.Runs(since=5)", "since is 5, which is no date", "2026-03-02"),
        ("wb.stage(5)", "no stage named 5", "Known:"),
        ("W.Runs(columns=5)", "columns must be names of metrics and parameters, but got 5", '["auc"'),
        ("W.Runs().select(3)", "named by its id, but got 3 (int)", "wb.widgets.Runs() lists them"),
        ("W.Runs().select('zzz')", "no run named 'zzz'", f"The newest: {RUN}."),
        ("W.Compare()", "takes 2 to 5 runs, but got none", "Compare('last', 'RUN')"),
        ("W.Compare('last')", "takes 2 to 5 runs, but got 1", "Compare('last', 'RUN')"),
        ("W.Compare(3, 4)", "named by its id, but got 3 (int)", "'last'"),
        ("W.RunPipeline(5)", "pipeline must be a text, but got 5 (int)", "help"),
        ("W.RunPipeline(until=3)", "until must be a text, but got 3 (int)", "help"),
        ("W.RunPipeline(parameters={5: 5})", "no stage in pipeline 'main' named '5'", "Known:"),
        ("W.RunPipeline(parameters=5)", "parameters must be a mapping, but got 5", '{"train.rate": 0.1}'),
        ("W.Profile()", "missing a required argument 'dataset'", "It takes: dataset, version, against."),
        ("W.Profile(5)", "dataset must be a text, but got 5", "help"),
        ("W.Profile('rows', '1')", "version must be a whole number, but got '1' (str)", "help"),
        ("W.Tuning('last')", "has searched nothing", "stage.log_table"),
        ("W.Tuning(5)", "takes an Optuna study or a run's id, but got int", "Tuning(study)"),
        ("W.Gates(5)", "model must be a text, but got 5", "help"),
        ("W.Gates('flihgt')", "no model named 'flihgt'", MODEL),
        (f"W.Gates({MODEL!r}, 99)", "no version of", "Registered: 1, 2, 3."),
        (f"W.Gates({MODEL!r}, run='zzz')", "no run named 'zzz'", RUN),
        ("W.Promotion(5)", "model must be a text, but got 5", "help"),
        ("W.Drift(5)", "model must be a text, but got 5", "help"),
        ("W.Drift(every='year')", "no grouping named 'year'", "month, week, window"),
        ("W.Threshold(value='high')", "value must be a number, but got 'high' (str)", "help"),
        ("W.Explain(5)", "model must be a text, but got 5", "help"),
        ("W.Explain(prediction='zzz')", "no prediction named 'zzz'", "x-prediction-id"),
    ],
)
def test_it_says_what_was_got_and_what_to_do(modelled: None, call: str, message: str, hint: str) -> None:
    """A name, a number or a type that cannot be meant."""
    with pytest.raises(UsageError) as refused:
        eval(call)
    assert message in refused.value.message
    assert hint in refused.value.hint


@pytest.mark.parametrize("name", ["Gates", "Promotion", "Drift", "Explain"])
@pytest.mark.parametrize("given", [(), ("flight-delay",)], ids=["any", "named"])
def test_a_project_without_a_model_is_told_how_to_declare_one(
    empty: None, name: str, given: tuple[str, ...]
) -> None:
    """Whether one was named or not."""
    with pytest.raises(UsageError, match=r"no model") as refused:
        getattr(W, name)(*given)
    assert "[models.NAME]" in refused.value.hint


def test_a_project_in_which_nothing_ran_is_told_how_to_run(empty: None) -> None:
    """By what looks at the past."""
    assert "wb.widgets.RunPipeline(), or: workbench run" in W.Runs().text()
    for call in ("W.Compare('last', 'first')", "W.Profile('rows')"):
        with pytest.raises(UsageError) as refused:
            eval(call)
        assert "workbench run" in refused.value.hint


def test_a_damaged_ledger_is_one_error(empty: None) -> None:
    """Which names the file and says what to do, whatever is asked; put right, it is read at once."""
    ledger = Path(".workbench/ledger.db")
    ledger.write_bytes(b"no database" * 1000)
    for call in ("W.Runs()", "W.Profile('rows')", "W.Gates()", "W.Drift()", "W.RunPipeline()"):
        with pytest.raises(WorkbenchError, match=r"ledger\.db is damaged") as refused:
            eval(call)
        assert "Restore it from a copy" in refused.value.hint
    ledger.unlink()
    until(lambda: "Nothing has run yet" in _told(W.Runs))


def _told(kind: Callable[[], Shown]) -> str:
    try:
        return kind().text()
    except WorkbenchError as error:
        return str(error)
