"""Attempts share the machine: cores, memory, and who goes first."""

from __future__ import annotations

import pytest

from workbench.pipeline.budget import Budget, Need, thread_variables
from workbench.pipeline.expectation import Expectation

GIB = 2**30
BUDGET = Budget(slots=4, cpus=4, memory=8 * GIB)


@pytest.mark.parametrize(
    ("need", "running", "admitted"),
    [
        (Need(1), [], True),
        (Need(64, 64 * GIB), [], True),
        (Need(1), [Need(1)] * 3, True),
        (Need(1), [Need(1)] * 4, False),
        (Need(2), [Need(3)], False),
        (Need(1, 3 * GIB), [Need(1, 4 * GIB)], True),
        (Need(1, 5 * GIB), [Need(1, 4 * GIB)], False),
    ],
    ids=["first", "too large but alone", "fits", "no slot", "no core", "memory fits", "no memory"],
)
def test_an_attempt_starts_when_it_fits_beside_the_others(
    need: Need, running: list[Need], admitted: bool
) -> None:
    """Slots, cores and memory all count; the first attempt always starts."""
    assert BUDGET.admits(need, running) is admitted


def test_every_library_is_told_its_threads() -> None:
    """OpenMP, the BLAS flavours, NumExpr, Polars and joblib get the same number."""
    assert set(thread_variables(3).values()) == {"3"}


def test_the_time_left_follows_the_cells() -> None:
    """Before a cell the rest is expected; past the expected end only the cells ahead are."""
    expected = Expectation(10.0, 0, ((2, 1.0), (3, 5.0), (4, 4.0)))
    assert expected.left(2, 0.0) == 10.0
    assert expected.left(3, 6.0) == 4.0
    assert expected.left(3, 12.0) == 4.0
    assert Expectation().left(1, 3.0) is None
