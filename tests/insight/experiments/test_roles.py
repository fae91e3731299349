from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from tests.insight.experiments.past import NOBODY, VIEWER, Past
from workbench.errors import AccessError
from workbench.insight import experiments
from workbench.insight.experiments import LaunchRequest, RunQuery

GIVEN = {
    "run": "a",
    "runs": ("a", "b"),
    "old": "a",
    "new": "b",
    "entry": "train",
    "name": "roc",
    "query": RunQuery(),
    "by": "pipeline",
    "metric": "train/auc",
    "request": LaunchRequest("main"),
    "launched": None,
    "stages": ("train",),
}
ASKED = [
    getattr(experiments, name)
    for name in experiments.__all__
    if inspect.isfunction(getattr(experiments, name))
    and "person" in inspect.signature(getattr(experiments, name)).parameters
]


def ask(past: Past, function: Callable[..., Any], who: Any) -> Any:
    wanted = inspect.signature(function).parameters
    given = {name: value for name, value in GIVEN.items() if name in wanted}
    return function(past.store, who, **given)


@pytest.mark.parametrize("function", ASKED, ids=lambda function: function.__name__)
def test_who_lost_their_role_is_told_nothing(past: Past, function: Callable[..., Any]) -> None:
    past.run("a")
    past.run("b")
    with pytest.raises(AccessError):
        ask(past, function, NOBODY)


def test_every_function_that_reads_the_store_asks_who_it_is() -> None:
    functions = {n for n in experiments.__all__ if inspect.isfunction(getattr(experiments, n))}
    assert functions - {f.__name__ for f in ASKED} == {"as_text", "importance", "is_sweep", "value_of"}


@pytest.mark.parametrize("name", ["find_runs", "known", "run_detail", "compare_runs", "group_runs"])
def test_a_viewer_may_look(past: Past, name: str) -> None:
    past.run("a")
    past.run("b")
    assert ask(past, getattr(experiments, name), VIEWER)
