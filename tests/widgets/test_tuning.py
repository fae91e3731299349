from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import optuna
import pytest

from tests.insight.scene import RUN, Scene
from tests.projects import notebook, write_project
from tests.widgets.seen import markup_of, until, widgets
from workbench.clock import SystemClock
from workbench.errors import UsageError
from workbench.ledger import open_leases
from workbench.widgets import Tuning
from workbench.workspace import open_workspace

ATTACK = "<script>alert(1)</script>"

SEARCH = notebook(
    "import workbench as wb\nstage = wb.stage('search')",
    """
    import pandas as pd
    rows = [{"trial": n, "state": "pruned" if n % 5 == 4 else "complete", "value": (n - 7) ** 2, "depth": n,
             "kind": "<u>x</u>"[: 1 + n % 8]} for n in range(15)]
    stage.log_table(pd.DataFrame(rows), "trials")
    """,
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Optuna tells nobody of each trial."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    yield
    optuna.logging.set_verbosity(before)


@pytest.fixture
def study() -> optuna.Study:
    return optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0), study_name=ATTACK)


def objective(trial: optuna.Trial) -> float:
    """A bowl, of which some trials are given up and some fail."""
    x, noise = trial.suggest_float("x", -5, 5), trial.suggest_float("noise", 0, 1)
    kind = trial.suggest_categorical("kind", ["a", ATTACK])
    if trial.number % 7 == 3:
        trial.report(90 + noise, 1)
        raise optuna.TrialPruned
    if trial.number % 11 == 5:
        raise ValueError(ATTACK)
    return float((x - 1) ** 2 + 0.01 * noise + (kind == "a"))


def run(study: optuna.Study, trials: int, **settings: Any) -> None:
    study.optimize(objective, n_trials=trials, catch=(ValueError,), **settings)


def test_a_study_is_told_as_optuna_has_it(study: optuna.Study) -> None:
    """Best, counts, what was given up and what failed."""
    run(study, 60)
    tuning = Tuning(study)
    assert tuning.best_value == study.best_value
    assert tuning.best_params == study.best_params
    found = tuning.look()
    assert found is not None
    states = [trial.state.name for trial in study.trials]
    assert found.counts == {
        "complete": states.count("COMPLETE"),
        "pruned": states.count("PRUNED"),
        "failed": states.count("FAIL"),
        "going": 0,
    }
    best: list[float | None] = []
    for trial in study.trials:
        done = [best[-1]] if best and best[-1] is not None else []
        done += [trial.value] if trial.state.name == "COMPLETE" else []
        best.append(min(done, default=None))
    assert found.so_far("value") == best
    text = tuning.text()
    assert f"{study.best_value:.6g}" in text
    assert f"{states.count('PRUNED')} given up early" in text
    assert f"trial {study.best_trial.number}" in text


def test_what_matters_is_found_among_complete_trials(study: optuna.Study) -> None:
    """The bowl, not the noise; before ten trials nothing is said."""
    run(study, 8)
    tuning = Tuning(study)
    assert "fewer than 10" in tuning.importance().note
    run(study, 70)
    told = tuning.importance()
    shares = {each.name: each.share for each in told.parameters}
    assert max(shares, key=shares.__getitem__) == "x"
    assert shares["noise"] < 0.1
    assert "x" in tuning.text().split("mattered for value: ")[1]


def test_the_view_follows_while_the_study_goes_on(study: optuna.Study) -> None:
    """From a thread of its own, as a callback of a study that nobody had named before."""
    tuning = Tuning(optuna.create_study())
    tuning.view  # noqa: B018 - as a page does
    halfway = threading.Event()
    go_on = threading.Event()

    def slow(trial: optuna.Trial) -> float:
        if trial.number == 20:
            halfway.set()
            assert go_on.wait(20)
        return objective(trial)

    working = threading.Thread(
        target=lambda: study.optimize(slow, n_trials=40, callbacks=[tuning], catch=(ValueError,))
    )
    working.start()
    assert halfway.wait(20)
    until(lambda: tuning.count >= 20)
    assert 20 <= tuning.count <= 21
    until(lambda: "1 going on" in markup_of(tuning) or "going on" in markup_of(tuning))
    go_on.set()
    working.join(20)
    until(lambda: "40 trials" in markup_of(tuning))
    assert tuning.best_value == study.best_value
    tuning.close()


def test_asking_and_telling_is_followed_too(study: optuna.Study) -> None:
    """`follow` looks at the study; who drives it does not matter, nor on how many threads."""
    tuning = Tuning(study)
    tuning.view  # noqa: B018 - as a page does
    for value in (3.0, 1.0, 2.0):
        study.tell(study.ask(), value)
    until(lambda: tuning.count == 3)
    assert tuning.best_value == 1.0
    other = optuna.create_study(direction="maximize")
    tuning.follow(other)
    other.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=30, n_jobs=2)
    until(lambda: tuning.count == 30)
    assert tuning.best_value == other.best_value
    tuning.close()


def test_following_costs_a_search_next_to_nothing() -> None:
    """A search of trials that do nothing is not slowed down by half, whoever watches."""

    def timed(**settings: Any) -> float:
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
        begin = time.process_time()
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=400, **settings)
        return time.process_time() - begin

    alone = min(timed(), timed())
    tuning = Tuning(optuna.create_study())
    tuning.view  # noqa: B018 - as a page does
    watched = min(timed(callbacks=[tuning]), timed(callbacks=[tuning]))
    tuning.close()
    assert watched < 3 * alone + 0.5


def test_names_and_values_are_text(study: optuna.Study) -> None:
    """Nothing of a study becomes part of the page."""
    run(study, 30)
    shown = markup_of(Tuning(study))
    assert ATTACK not in shown
    assert "&lt;script&gt;" in shown


def test_several_goals_are_looked_at_one_by_one() -> None:
    """Each with its own direction."""
    study = optuna.create_study(directions=["minimize", "maximize"])
    with pytest.warns(optuna.exceptions.ExperimentalWarning):
        study.set_metric_names(["loss", "speed"])
    study.optimize(lambda trial: (trial.suggest_float("x", 0, 1), 1 - trial.params["x"] ** 2), n_trials=12)
    tuning = Tuning(study)
    found = tuning.look()
    assert found is not None
    assert found.goals == {"loss": False, "speed": True}
    least = min(trial.values[0] for trial in study.trials)
    most = max(trial.values[1] for trial in study.trials)
    assert f"loss {least:.6g} (least is best)" in tuning.text()
    assert f"speed {most:.6g} (most is best)" in tuning.text()
    (goal,) = widgets(tuning.view, "Dropdown")
    goal.value = "speed"
    assert "best speed" in markup_of(tuning)
    tuning.close()


def test_thousands_of_trials_send_little(study: optuna.Study) -> None:
    """The picture is thinned, the table has pages; the best trial is on the first."""
    trials = [
        optuna.trial.create_trial(
            params={"x": n / 100}, distributions={"x": optuna.distributions.FloatDistribution(0, 50)}, value=n
        )
        for n in range(5000)
    ]
    study.add_trials(trials[::-1])
    tuning = Tuning(study)
    shown = markup_of(tuning)
    assert 100 < shown.count("<title>trial ") <= 400
    assert len(shown) < 300_000
    assert "trial 4999" in shown
    tuning.close()


def test_a_run_shows_what_its_stage_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest run that searched when none is named; a table of trials as well as a sweep."""
    stages = {"search": {"notebook": SEARCH, "outputs": []}}
    root = write_project(tmp_path / "shop", stages, runner="warm = false\n")
    monkeypatch.chdir(root)
    nothing = Tuning()
    assert "Nothing was searched yet" in nothing.text()
    assert nothing.view is not None
    nothing.close()
    with open_workspace(root) as workspace:
        ran = workspace.run().run
    tuning = Tuning()
    assert tuning.count == 15
    assert tuning.best_value == 0
    assert tuning.best_params["depth"] == 7
    assert ran in tuning.text()
    assert "3 given up early" in Tuning(ran, entry="search").text()
    assert ran in Tuning(entry="search").text()
    with pytest.raises(UsageError, match="no stage that logged trials named 'serach'") as refused:
        Tuning(entry="serach")
    assert refused.value.hint == "Did you mean 'search'?"
    assert "<u>" not in markup_of(tuning)
    with pytest.raises(UsageError, match="takes an Optuna study or a run's id, but got int"):
        Tuning(5)


def test_a_sweep_that_goes_on_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each combination appears when it has ended; the best is the model's own metric's."""
    scene = Scene(tmp_path / "shop")
    names = [f"train-{n}" for n in range(4)]
    entries = [{"name": n, "stage": "train", "parameters": {"trees": i}} for i, n in enumerate(names)]
    leases = open_leases(scene.project.layout.ledger_url, SystemClock())
    leases.acquire("pipeline/main", RUN, timedelta(minutes=10))  # its runner is alive
    told = {
        "run": RUN,
        "pipeline": "main",
        "request": {},
        "entries": entries,
        "git": {},
        "reason": "asked for",
    }
    scene.write(f"run/{RUN}", "run.started", told, subject="main")
    monkeypatch.chdir(scene.project.root)
    tuning = Tuning(RUN)
    tuning.view  # noqa: B018 - as a page does
    assert tuning.best_value is None
    for place, (name, loss) in enumerate(zip(names, (0.5, 0.3, 0.4, 0.6), strict=True)):
        _end(scene, name, loss)
        until(lambda: tuning.best_value == min((0.5, 0.3, 0.4, 0.6)[: place + 1]))  # noqa: B023
    until(lambda: "4 complete" in tuning.text())
    assert "log_loss 0.3 (least is best), trial train-1" in tuning.text()
    tuning.close()
    leases.close()
    scene.close()


def _end(scene: Scene, name: str, loss: float) -> None:
    begun = {"entry": name, "attempt": 1, "inputs": {}, "fingerprint": "f", "folder": "/nowhere"}
    scene.write(f"run/{RUN}", "attempt.started", begun, subject="train")
    ended = {
        "entry": name,
        "attempt": 1,
        "outcome": "succeeded",
        "reason": "",
        "seconds": 1.0,
        "cpu_seconds": 1.0,
        "peak_memory_bytes": 1,
        "error": None,
        "tracking_id": None,
        "metrics": {"log_loss": loss},
    }
    scene.write(f"run/{RUN}", "attempt.ended", ended, subject="train")
