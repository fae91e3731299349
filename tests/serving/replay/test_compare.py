from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from workbench.serving.replay.compare import compare


def compared(task: str, old: list[Any], new: list[Any], bar: float = 0.5) -> list[tuple[Any, ...]]:
    """Return difference, shift and changed of each row."""
    lists = [None if isinstance(o, str) else o if isinstance(o, list) else [o] for o in old]
    frame = pl.DataFrame(
        {"score": lists, "answer": [o if isinstance(o, str) else None for o in old]},
        schema={"score": pl.List(pl.Float64), "answer": pl.String},
    )
    found = compare(frame, new, task, bar)
    return found.select("difference", "shift", "changed").rows()


@pytest.mark.parametrize(
    ("task", "old", "new", "row"),
    [
        ("binary", 0.25, 0.75, (0.5, 0.5, True)),
        ("binary", 0.75, 0.5, (0.25, -0.25, False)),
        ("binary", 1, False, (1.0, -1.0, True)),
        ("binary", [0.75, 0.25], [0.25, 0.75], (0.5, None, True)),
        ("binary", "yes", "no", (None, None, True)),
        ("binary", "yes", "yes", (None, None, False)),
        ("multiclass", 2, 0, (None, None, True)),
        ("multiclass", 2, 2.0, (None, None, False)),
        ("multiclass", [0.5, 0.25, 0.25], [0.25, 0.5, 0.25], (0.25, None, True)),
        ("multiclass", [0.5, 0.25, 0.25], 1, (None, None, True)),
        ("multiclass", "late", "late", (None, None, False)),
        ("regression", 10.0, 12.5, (2.5, 2.5, None)),
        ("regression", "high", 12.5, (None, None, None)),
    ],
)
def test_two_answers_are_compared_as_the_task_means_them(
    task: str, old: Any, new: Any, row: tuple[Any, ...]
) -> None:
    """A class's number is a name, a probability is not; only decisions can change."""
    assert compared(task, [old], [new]) == [row]


def test_rows_that_were_turned_away_are_left_out() -> None:
    """Each of the others keeps its own answer."""
    assert compared("regression", [1.0, 2.0, 3.0], [1.5, None, 3.0]) == [(0.5, 0.5, None), (0.0, 0.0, None)]
    assert compared("binary", [0.2, 0.4], [None, None]) == []


def test_the_bar_decides() -> None:
    """On it is 1."""
    assert compared("binary", [0.3, 0.29], [0.29, 0.3], bar=0.3) == [
        (pytest.approx(0.01), pytest.approx(-0.01), True),
        (pytest.approx(0.01), pytest.approx(0.01), True),
    ]
