from __future__ import annotations

import pytest

from tests.insight.experiments.past import VIEWER, Past
from workbench.errors import UnknownNameError, UsageError
from workbench.insight.experiments import compare_runs, figure_names, read_figure, run_detail


@pytest.fixture
def two(past: Past) -> Past:
    """Two runs that differ in a parameter and a metric."""
    past.run("a", {"train": {"rate": 0.1, "seed": 7}}, {"train": {"auc": 0.7, "rows": 5}})
    past.run("b", {"train": {"rate": 0.2, "seed": 7}}, {"train": {"auc": 0.8, "rows": 5}})
    past.file("a", "train", "figures/roc.png", b"a picture")
    return past


def test_what_differs_is_told_apart_from_what_does_not(two: Past) -> None:
    found = compare_runs(two.store, VIEWER, ["a", "b"])
    assert {row.name: (row.values, row.differs) for row in found.parameters} == {
        "train.rate": ((0.1, 0.2), True),
        "train.seed": ((7, 7), False),
    }
    assert {row.name: row.differs for row in found.metrics} == {"train/auc": True, "train/rows": False}
    assert {row.name: row.values for row in found.figures} == {"train/roc": (True, None)}


@pytest.mark.parametrize("runs", [["a"], ["a", "a"], ["a", "b", "c", "d", "e", "f"], []])
def test_two_to_five_runs_can_be_compared(two: Past, runs: list[str]) -> None:
    with pytest.raises(UsageError, match="2 to 5"):
        compare_runs(two.store, VIEWER, runs)


def test_a_run_that_does_not_exist_is_named(two: Past) -> None:
    with pytest.raises(UnknownNameError, match="nobody"):
        compare_runs(two.store, VIEWER, ["a", "nobody"])


def test_figures_are_read_by_the_names_that_were_logged_and_no_others(two: Past) -> None:
    assert figure_names(two.store, VIEWER, "a", "train") == ("roc",)
    assert read_figure(two.store, VIEWER, "a", "train", "roc") == b"a picture"
    for name in ("other", "../notebook", "/etc/passwd"):
        with pytest.raises(UnknownNameError):
            read_figure(two.store, VIEWER, "a", "train", name)
    with pytest.raises(UnknownNameError):
        read_figure(two.store, VIEWER, "a", "../../a/train", "roc")


def test_a_run_shows_who_reads_whose_outputs_and_what_each_took(two: Past) -> None:
    found = run_detail(two.store, VIEWER, "a")
    assert [(edge.source, edge.target, edge.names) for edge in found.edges] == [("train", "evaluate", ("m",))]
    train, evaluate = found.stages
    assert (train.column, evaluate.column) == (0, 1)
    assert (train.seconds, train.cpu_seconds, train.peak_memory_bytes) == (12.5, 11.0, 2 * 10**8)
    assert (found.commit[:3], found.is_dirty, found.is_sweep) == ("ccc", True, False)
