"""The tables of gates that were kept whole with the run: every slice, every pair of groups."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.insight.experiments.places import place_of

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.widgets.session import Session

_BEGIN = "gate_"
_ROWS = 100_000


def gate_tables(session: Session, run: str) -> dict[str, Path]:
    """Return the files of tables that a run's gates left, by the gate's name; none where they are gone."""
    if not run:
        return {}
    try:
        state = session.store.run_state(run)
        places = [place_of(session.store, state, entry) for entry in state.entries]
    except WorkbenchError:
        return {}
    return {
        name.removeprefix(_BEGIN): path
        for place in places
        for name, path in place.figures(".csv").items()
        if name.startswith(_BEGIN)
    }


def read_table(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a table, all as texts; what cannot be read is an empty one."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [dict(row) for _, row in zip(range(_ROWS), csv.DictReader(file), strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []
