"""Where a rehearsal was: who comes there later goes by its time."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from workbench.clock import VARIABLE, SharedClock, SystemClock
from workbench.rehearsal.place import Place, clock_of

ENDED = datetime(2014, 1, 1, 5, tzinfo=UTC)


def test_in_the_folder_of_a_rehearsal_its_clock_counts_for_all_that_is_started_there(tmp_path: Path) -> None:
    place = Place(tmp_path)
    SharedClock.create(place.clock, ENDED)
    place.note(project="flights", ended=ENDED.isoformat())
    assert clock_of(tmp_path).now() == ENDED
    assert os.environ[VARIABLE] == str(place.clock)


def test_elsewhere_it_is_the_walls(tmp_path: Path) -> None:
    """A stray file of that name is no rehearsal's."""
    assert isinstance(clock_of(tmp_path), SystemClock)
    SharedClock.create(Place(tmp_path).clock, ENDED)
    assert isinstance(clock_of(tmp_path), SystemClock)
    assert VARIABLE not in os.environ
