from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.models import MODEL, Runs, mlflow_of
from workbench.errors import TrackingError
from workbench.ledger import MemoryLedger
from workbench.registry import Registry, mlflow_models, read_model
from workbench.registry.projection import Projection
from workbench.registry.shown import MemoryModels, Shown, ShownModels, as_it_should_be


@pytest.fixture(params=["memory", "mlflow"])
def shown(request: pytest.FixtureRequest, runs: Runs) -> ShownModels:
    """Every store that shows models."""
    return MemoryModels() if request.param == "memory" else mlflow_of(runs.project)


@pytest.fixture
def projection(shown: ShownModels, runs: Runs, tmp_path: Path) -> Projection:
    return Projection(runs.ledger, shown, tmp_path / "state")


def test_nothing_is_known_of_a_model_that_was_never_shown(shown: ShownModels) -> None:
    """Looking at what is not there is no error."""
    assert shown.look("delay") == Shown()


def test_versions_verdicts_and_aliases_are_shown(
    runs: Runs, shown: ShownModels, projection: Projection
) -> None:
    """After a projection the store shows what the ledger says, before and after each change."""
    for step in (
        lambda: runs.train("a"),
        lambda: runs.evaluate("a"),
        lambda: runs.promote("a"),
        lambda: runs.champion("b"),
        lambda: Registry(runs.project, runs.ledger, projection).rollback(MODEL),
    ):
        step()
        projection.project()
        assert shown.look(MODEL) == as_it_should_be(runs.state)
    assert shown.look(MODEL) == Shown({1: "pass", 2: "pass"}, {"champion": 1})


def test_showing_a_version_twice_counts_once(runs: Runs, shown: ShownModels, projection: Projection) -> None:
    """Two machines that show the same version at once leave one that counts."""
    runs.train("a")
    shown.show(runs.state.versions[1])
    shown.show(runs.state.versions[1])
    runs.evaluate("a")
    runs.promote("a")
    projection.project()
    assert shown.look(MODEL) == Shown({1: "pass"}, {"champion": 1})


def test_an_alias_moved_by_hand_is_reported_noted_once_and_put_back(
    runs: Runs, shown: ShownModels, projection: Projection
) -> None:
    """The ledger says that it happened and that it was mended, and never adopts it."""
    runs.champion("a")
    runs.champion("b")
    projection.project()
    shown.point(MODEL, "champion", 1)
    shown.point(MODEL, "challenger", 2)
    for _ in range(2):
        assert [(str(d), d.by_hand) for d in projection.differences()] == [
            ("delay: alias champion is version 1 in MLflow, version 2 in the ledger", True),
            ("delay: alias challenger is version 2 in MLflow, nobody in the ledger", True),
        ]
    assert shown.look(MODEL).aliases == {"champion": 1, "challenger": 2}
    assert [(s.alias, s.ledger, s.shown) for s in runs.state.strays.values()] == [
        ("champion", 2, 1),
        ("challenger", None, 2),
    ]
    projection.project(anew=True)
    assert shown.look(MODEL).aliases == {"champion": 2}
    assert (projection.differences(), runs.state.champion, runs.state.strays) == ([], 2, {})
    noted = runs.ledger.find(kinds=("alias.strayed", "alias.restored"))
    assert [(event.kind, event.data["alias"], event.data["shown"]) for event in noted] == [
        ("alias.strayed", "champion", 1),
        ("alias.strayed", "challenger", 2),
        ("alias.restored", "champion", 1),
        ("alias.restored", "challenger", 2),
    ]


def test_an_alias_moved_by_hand_is_noted_before_a_promotion_overwrites_it(
    runs: Runs, shown: ShownModels, projection: Projection
) -> None:
    """Whoever brings MLflow level for another reason does not hide it."""
    runs.champion("a")
    runs.champion("b")
    projection.project()
    shown.point(MODEL, "champion", 1)
    runs.champion("c")
    projection.project()
    assert shown.look(MODEL).aliases == {"champion": 3}
    kinds = [event.kind for event in runs.ledger.find(kinds=("alias.strayed", "alias.restored"))]
    assert kinds == ["alias.strayed", "alias.restored"]


def test_a_store_that_lags_was_not_moved_by_hand(
    runs: Runs, shown: ShownModels, projection: Projection
) -> None:
    """What an alias named when it was last brought level, or since, is only late."""
    runs.champion("a")
    projection.project()
    runs.champion("b")
    runs.champion("c")
    told = [(d.what, d.shown, d.by_hand) for d in projection.differences()]
    assert ("alias champion", 1, False) in told
    shown.point(MODEL, "champion", None)
    told = [(d.what, d.shown, d.by_hand) for d in projection.differences()]
    assert ("alias champion", "nobody", True) in told


def test_mlflows_tables_tell_what_its_client_tells(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking costs no import, and says what MLflow's own client says."""
    runs.champion("a")
    runs.train("b")
    opened = mlflow_of(runs.project)
    Projection(runs.ledger, opened, runs.project.layout.state).project()
    opened.point(MODEL, "challenger", 2)
    wanted = Shown({1: "pass", 2: "not evaluated"}, {"champion": 1, "challenger": 2})
    unopened = mlflow_of(runs.project)
    assert unopened.look(MODEL) == wanted
    assert "_client" not in unopened.__dict__
    monkeypatch.setattr(mlflow_models, "read_tables", lambda uri, model: None)
    assert opened.look(MODEL) == wanted


def test_nothing_is_opened_when_nothing_happened(runs: Runs, projection: Projection, tmp_path: Path) -> None:
    """The memory of the last projection saves the seconds that a store takes to open."""
    runs.champion("a")
    projection.project()

    class Closed(MemoryModels):
        def look(self, model: str) -> Shown:
            raise AssertionError("opened")

    again = Projection(runs.ledger, Closed(), tmp_path / "state")
    again.project()
    other_store = Projection(runs.ledger, Closed(), tmp_path / "state", "another store")
    with pytest.raises(AssertionError, match="opened"):
        other_store.project()
    runs.train("b")
    with pytest.raises(AssertionError, match="opened"):
        again.project()


def test_a_projection_that_broke_off_is_done_again(runs: Runs, tmp_path: Path) -> None:
    """What a killed process left half done is not taken for done."""
    runs.champion("a")
    store = MemoryModels()
    Projection(runs.ledger, store, tmp_path / "state").project()
    runs.champion("b")

    class Breaks(MemoryModels):
        def point(self, model: str, alias: str, number: int | None) -> None:
            raise KeyboardInterrupt

    broken = Breaks()
    broken.models = store.models
    with pytest.raises(KeyboardInterrupt):
        Projection(runs.ledger, broken, tmp_path / "state").project()
    Projection(runs.ledger, store, tmp_path / "state").project()
    assert store.look(MODEL) == as_it_should_be(runs.state)


def test_a_slow_writer_that_puts_an_old_alias_back_sees_it_and_repeats(runs: Runs, tmp_path: Path) -> None:
    """Between its reading of the ledger and its write, another promoted and projected elsewhere."""
    runs.champion("a")
    elsewhere = tmp_path / "another-machine"

    class Slow(MemoryModels):
        overtaken = False

        def point(self, model: str, alias: str, number: int | None) -> None:
            if not self.overtaken:
                self.overtaken = True
                runs.champion("b")
                fast = MemoryModels()
                fast.models = self.models
                Projection(runs.ledger, fast, elsewhere).project()
                assert self.look(model).aliases == {"champion": 2}
            super().point(model, alias, number)

    store = Slow()
    Projection(runs.ledger, store, tmp_path / "state").project()
    assert store.look(MODEL) == as_it_should_be(runs.state)
    assert store.look(MODEL).aliases == {"champion": 2}


def test_a_store_that_never_agrees_is_an_error(runs: Runs, tmp_path: Path) -> None:
    """The repetition is bounded."""
    runs.champion("a")

    class Stubborn(MemoryModels):
        def look(self, model: str) -> Shown:
            return Shown({1: "pass"}, {"champion": None})

    with pytest.raises(TrackingError, match="did not become what the ledger says"):
        Projection(runs.ledger, Stubborn(), tmp_path / "state").project()


def test_a_promotion_stands_when_mlflow_does_not_answer(runs: Runs, tmp_path: Path) -> None:
    """The decision is in the ledger; that MLflow does not show it yet is a warning."""
    runs.train("a")
    runs.evaluate("a")

    class Silent(MemoryModels):
        def look(self, model: str) -> Shown:
            raise TrackingError("MLflow's registry refused: no answer")

    registry = Registry(runs.project, runs.ledger, Projection(runs.ledger, Silent(), tmp_path / "state"))
    decided = registry.promote(MODEL, 1)
    assert (decided.after, decided.warning) == (1, "MLflow's registry refused: no answer")
    assert runs.state.champion == 1


def test_mlflow_shows_where_a_version_comes_from(runs: Runs) -> None:
    """Its own pages lead to the run and the files, and versions made by hand there stay."""
    from mlflow.tracking import MlflowClient

    client = MlflowClient(runs.project.layout.tracking_url, runs.project.layout.tracking_url)
    client.create_registered_model(MODEL)
    client.create_model_version(MODEL, "/somewhere", await_creation_for=0)
    client.set_registered_model_alias(MODEL, "mine", "1")
    client.set_registered_model_alias(MODEL, "champion", "1")
    runs.champion("a")
    runs.extension.project()
    version = client.get_model_version_by_alias(MODEL, "champion")
    assert (str(version.version), version.source, version.run_id) == ("2", "/models/a", "t1")
    assert version.tags["workbench.version"] == "1"
    assert version.tags["workbench.run"] == runs.run
    assert version.tags["workbench.verdict"] == "pass"
    assert client.get_registered_model(MODEL).aliases.keys() == {"champion", "mine"}


def test_two_people_who_roll_back_at_once_go_back_one_step(
    runs: Runs, ledger: MemoryLedger, tmp_path: Path
) -> None:
    """The second is told that the champion is another by now."""
    from workbench.errors import RejectedError
    from workbench.ledger import Append, Event, NewEvent
    from workbench.registry.rollback import rollback

    for name in "abc":
        runs.champion(name)

    class Overtaken(MemoryLedger):
        done = False

        def append(self, *appends: Append, actor: str | None = None) -> tuple[Event, ...]:
            if not self.done:
                self.done = True
                state = read_model(self, MODEL)
                events: tuple[NewEvent, ...] = tuple(rollback(state, holder=state.champion))
                super().append(Append("model/delay", state.version, events))
            return super().append(*appends, actor=actor)

    ledger.__class__ = Overtaken
    registry = Registry(runs.project, ledger, Projection(ledger, MemoryModels(), tmp_path / "state"))
    with pytest.raises(RejectedError, match="was version 3 a moment ago, but is version 2 now"):
        registry.rollback(MODEL)
    assert runs.state.champion == 2
