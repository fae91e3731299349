"""Five days of a stall, lived through once more: real service, real schedules, real trainings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.rehearsal.stall import ROWS, write_stall
from workbench.clock import VARIABLE
from workbench.errors import ConfigurationError, UsageError
from workbench.project import Project, load_project
from workbench.rehearsal.moment import PROMOTION, Moment
from workbench.rehearsal.place import Place
from workbench.rehearsal.rehearse import Rehearsed, rehearse
from workbench.rehearsal.watcher import SilentWatcher
from workbench.serving.log import PredictionLog
from workbench.workspace import Workspace, open_workspace

BEGIN = datetime(2013, 2, 28, 23, tzinfo=UTC)  # midnight in Berlin
END = BEGIN + timedelta(days=5)
HOUR = timedelta(hours=1)


class Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


class Watcher(SilentWatcher):
    """Remembers what it is told, and interrupts after a day if it shall."""

    def __init__(self, last: date | None = None) -> None:
        self.days: list[date] = []
        self.moments: list[Moment] = []
        self._last = last

    def day(self, day: date, rows: int, labels: int) -> None:
        self.days.append(day)
        if day == self._last:
            raise Interrupted

    def happened(self, moment: Moment) -> None:
        self.moments.append(moment)


@pytest.fixture(scope="module")
def stall(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return load_project(write_stall(tmp_path_factory.mktemp("stall") / "stall"))


@pytest.fixture(scope="module")
def lived(stall: Project) -> tuple[Rehearsed, Watcher, Watcher]:
    """The five days, interrupted after the second."""
    folder = stall.root / "again"
    first, then = Watcher(last=date(2013, 3, 2)), Watcher()
    with pytest.raises(Interrupted):
        rehearse(stall, folder, first)
    return rehearse(stall, folder, then), first, then


@pytest.fixture
def copy(lived: tuple[Rehearsed, Watcher, Watcher]) -> Iterator[Workspace]:
    with open_workspace(lived[0].root) as opened:
        yield opened


def test_every_row_is_answered_once_in_its_time(copy: Workspace) -> None:
    """Also those of the day at whose end it was interrupted, and of the next."""
    rows = PredictionLog(copy.project).window("stall", BEGIN, END)
    assert sorted(rows["entity"]) == sorted(f"stand-{number}" for number in range(5 * ROWS))
    number = rows["entity"].str.strip_prefix("stand-").cast(int)
    asked = [BEGIN + int(each) * HOUR for each in number]
    late = [at - wanted for at, wanted in zip(rows["at"], asked, strict=True)]
    assert min(late) > timedelta(0)
    assert max(late) < 6 * HOUR


def test_labels_come_after_what_they_are_about(copy: Workspace) -> None:
    """Those of the last five hours do not come any more."""
    rows = PredictionLog(copy.project).labelled("stall", BEGIN, END)
    assert rows.height == 5 * ROWS - 5
    assert (rows["labelled_at"] > rows["at"] - timedelta(hours=1)).all()
    number = rows["entity"].str.strip_prefix("stand-").cast(int)
    known = [BEGIN + (int(each) + 5) * HOUR for each in number]
    assert rows["labelled_at"].to_list() == known


def test_schedules_come_due_and_steps_are_done_in_project_time(
    lived: tuple[Rehearsed, Watcher, Watcher], copy: Workspace
) -> None:
    """Noon in London is not looked at before the afternoon in Berlin; the second champion answers at once."""
    claims = copy.ledger.find(kinds=("schedule.claimed",))
    noons = [datetime(2013, 3, day, 12, tzinfo=UTC) for day in range(1, 6)]
    assert [datetime.fromisoformat(claim.data["due"]) for claim in claims] == noons
    assert [claim.at - noon for claim, noon in zip(claims, noons, strict=True)] == [5 * HOUR] * 5
    step = datetime(2013, 3, 3, 23, tzinfo=UTC)
    promoted = [each.at for each in lived[0].timeline.moments if each.kind == PROMOTION]
    assert promoted == [BEGIN, step]
    rows = PredictionLog(copy.project).window("stall", BEGIN, END)
    assert rows["version"].to_list() == [1 + (at >= step) for at in rows["at"]]


def test_what_happens_is_told_once_and_ends_in_a_timeline(lived: tuple[Rehearsed, Watcher, Watcher]) -> None:
    ended, first, then = lived
    assert [each.what for each in first.moments] == ["Trained version 1", "Version 1 became champion"]
    assert "Version 2 became champion in place of version 1" in [each.what for each in then.moments]
    assert [*first.days, *then.days] == [date(2013, 3, day) for day in range(1, 6)]
    assert ended.rows == 3 * ROWS
    assert ended.timeline.files["html"].read_text(encoding="utf-8").startswith("<!doctype html>")
    assert VARIABLE not in os.environ


def test_one_that_has_ended_is_kept_unless_a_fresh_one_is_wished(
    lived: tuple[Rehearsed, Watcher, Watcher], stall: Project
) -> None:
    with pytest.raises(UsageError, match="has ended") as caught:
        rehearse(stall, lived[0].root, Watcher())
    assert "--fresh" in caught.value.hint


def test_a_folder_with_something_else_is_left_alone(stall: Project, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="no rehearsal"):
        Place(tmp_path).prepare(stall, fresh=True)
    with pytest.raises(UsageError, match="no rehearsal"):
        Place(stall.root).prepare(stall, fresh=True)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_project_without_a_rehearsal_is_told_how_to_declare_one(stall: Project, tmp_path: Path) -> None:
    config = stall.config.model_copy(update={"rehearsal": None})
    with pytest.raises(ConfigurationError, match="no rehearsal") as caught:
        rehearse(Project(stall.root, config), tmp_path / "again", Watcher())
    assert "[rehearsal]" in caught.value.hint


def test_a_fresh_one_takes_the_place_of_another(stall: Project, tmp_path: Path) -> None:
    place = Place(tmp_path / "again")
    assert not place.prepare(stall, fresh=False)
    (place.root / "left").write_text("of the first")
    place.note(ended="2013-03-05")
    assert not place.prepare(stall, fresh=True)
    assert not (place.root / "left").exists()
    assert place.mark == {"project": str(stall.root)}
    assert [path.name for path in tmp_path.iterdir()] == ["again"]
    assert place.prepare(stall, fresh=False)
