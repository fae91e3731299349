"""What is kept on disk of a long ledger: the same state as all of it read, or nothing."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.insight.happenings import Happenings
from tests.insight.scene import Scene
from tests.registry.models import MODEL
from workbench.insight import Store
from workbench.insight.drafts import Runs
from workbench.insight.folded import Folded
from workbench.insight.keeping import FILE, keep, kept
from workbench.ledger import Append, Event, NewEvent

LONG = 2500  # events that are worth keeping
SEEDS = 30


def test_another_process_begins_with_what_one_kept(scene: Scene, long: Path) -> None:
    """It knows the same, and has read of runs and windows only what came after."""
    Happenings(2).write(scene.ledger, 50)
    scene.propose(2, 2)
    read = _told_reading(scene)
    assert read == _state(_whole(scene))
    assert long.exists()


def test_what_it_kept_is_not_read_again(scene: Scene, long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the long past, only streams on which decisions rest are read."""
    taken: list[int] = []
    plain = Runs.take

    def take(runs: Runs, event: Event) -> None:
        taken.append(event.position)
        plain(runs, event)

    monkeypatch.setattr(Runs, "take", take)
    head = scene.ledger.head().position
    Happenings(5).write(scene.ledger, 10)
    _told_reading(scene)
    assert taken == list(range(head + 1, head + 11))


@pytest.mark.soak
def test_it_is_the_same_as_all_of_the_ledger_read(
    scene: Scene, long: Path, soak_count: Callable[[int], int], tmp_path: Path
) -> None:
    """Wherever the past was cut, whatever strange events it holds, while others go on writing it."""
    for seed in range(soak_count(SEEDS)):
        chance = random.Random(seed)
        past = Happenings(100 + seed, strange=0.05)
        past.write(scene.ledger, chance.randrange(1, 400))
        folded = Folded()
        folded.take(scene.ledger.find(limit=chance.randrange(1, scene.ledger.head().position)))
        keep(long, folded)
        writer = threading.Thread(target=past.write, args=(scene.ledger, 200))
        writer.start()
        first = _told_reading(scene)
        writer.join()
        assert _told_reading(scene) == _state(_whole(scene))
        assert first["runs"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:-9] + b"x" + content[-8:],
        lambda content: b"0" * 64 + content[64:],
        lambda content: b"\xff" * 500,
    ],
    ids=["empty", "cut", "edited", "made by other code", "something else"],
)
def test_a_file_that_is_not_right_is_passed_over(
    scene: Scene, long: Path, damage: Callable[[bytes], bytes]
) -> None:
    """The ledger is read as if there were none, and a right one takes its place."""
    right = long.read_bytes()
    long.write_bytes(damage(right))
    assert kept(long) is None
    read = _told_reading(scene)
    assert long.read_bytes() == right
    assert read == _state(_whole(scene))


def test_a_file_of_another_ledger_is_passed_over(scene: Scene, long: Path, tmp_path: Path) -> None:
    """Its end is not in this one, though a position of that number is."""
    other = Scene(tmp_path / "other")
    other.all()
    Happenings(9).write(other.ledger, LONG + 100)
    (other.project.layout.state / FILE).write_bytes(long.read_bytes())
    assert _told_reading(other) == _state(_whole(other))
    other.close()


def test_a_short_past_is_not_kept(scene: Scene, store: Store) -> None:
    """Nothing is written where nothing is won."""
    assert store.runs()
    assert not _file(scene).exists()


def test_what_cannot_be_kept_stops_nobody(scene: Scene) -> None:
    """Numbers and texts that only JSON can hold, or a folder in the file's place."""
    entry = {"name": "train", "stage": "train", "parameters": {"wide": 2**70, "half": "\ud800"}}
    started = {"pipeline": "main", "reason": "", "entries": [entry]}
    scene.ledger.append(Append("run/odd", 0, (NewEvent("run.started", started),)))
    Happenings(1).write(scene.ledger, LONG)
    assert "odd" in {run.id for run in _whole(scene).runs()}
    assert not _file(scene).exists()
    _file(scene).mkdir()
    assert _told_reading(scene) == _state(_whole(scene))
    assert not list(_file(scene).parent.glob(f".{FILE}.*"))


@pytest.fixture
def long(scene: Scene) -> Path:
    """The file that is kept of a long past."""
    Happenings(1, strange=0.02).write(scene.ledger, LONG)
    _told_reading(scene)
    assert kept(_file(scene)) is not None
    return _file(scene)


def _file(scene: Scene) -> Path:
    return scene.project.layout.state / FILE


def _told_reading(scene: Scene) -> dict[str, object]:
    """Return what a new store knows, which may begin with the file."""
    return _state(_looked(Store(scene.project, scene.clock, every=0.0, patience=20.0)))


def _whole(scene: Scene) -> Store:
    """Return a store that has read all of the ledger."""
    made = Store(scene.project, scene.clock, every=0.0, patience=20.0)
    made._kept_to = 0
    return _looked(made)


def _looked(store: Store) -> Store:
    store._noticed = float("inf")  # nobody notices that these runs have no runner, which would be written
    store.refresh()
    assert store.trouble is None
    store.close()
    return store


def _state(store: Store) -> dict[str, object]:
    folded = store._folded
    runs = store.runs()
    return {
        "runs": runs,
        "types": [
            [type(value) for value in (*run.metrics.values(), *run.parameters.values())] for run in runs
        ],
        "windows": store.windows(MODEL),
        "models": [vars(model) for model in store.models()],
        "alerts": store.alerts(),
        "changed": store.changed("run", "model", "alert", "monitoring"),
        "unread": folded.unread,
        "end": (folded.position, folded.hash),
    }
