from __future__ import annotations

import random
from typing import Any

import pytest

from tests.insight.experiments.past import VIEWER, Past
from workbench.errors import UnknownNameError
from workbench.insight.experiments import (
    ENTRIES,
    Trial,
    Trials,
    importance,
    read_trials,
    searches,
)

TABLE = "trial,state,value,rounds,leaves,booster\n0,complete,0.5,10,31,gbdt\n1,pruned,,3,63,dart\n"


def test_a_sweep_is_a_search_of_its_entries(past: Past) -> None:
    stages = {f"train-{n}": "train" for n in (1, 2)}
    parameters = {"train-1": {"rate": 0.1, "seed": 1}, "train-2": {"rate": 0.2, "seed": 1}}
    past.run("s", parameters, {"train-1": {"loss": 0.5}, "train-2": {"loss": 0.4}}, stages=stages)
    (search,) = searches(past.store, VIEWER)
    assert (search.run.id, search.entry, search.count) == ("s", ENTRIES, 2)
    found = read_trials(past.store, VIEWER, "s")
    assert found.parameters == ("rate",)
    assert [(t.name, t.parameters["rate"], t.metrics["loss"]) for t in found.trials] == [
        ("train-1", 0.1, 0.5),
        ("train-2", 0.2, 0.4),
    ]


def test_a_logged_table_of_trials_is_a_search(past: Past) -> None:
    past.run("a")
    past.file("a", "train", "figures/trials.csv", TABLE)
    (search,) = searches(past.store, VIEWER)
    assert (search.run.id, search.entry) == ("a", "train")
    found = read_trials(past.store, VIEWER, "a", "train")
    assert found.parameters == ("leaves", "booster")
    assert found.trials[0] == Trial(
        "0", "complete", {"leaves": 31.0, "booster": "gbdt"}, {"value": 0.5, "rounds": 10.0}
    )
    assert "value" not in found.trials[1].metrics


def test_optunas_own_table_names_its_parameters(past: Past) -> None:
    past.run("a")
    past.file(
        "a",
        "train",
        "figures/trials.csv",
        "number,value,params_x,state\n0,1.5,2,COMPLETE\n1,1.0,3,COMPLETE\n",
    )
    found = read_trials(past.store, VIEWER, "a", "train")
    assert found.parameters == ("x",)
    assert found.trials[0].state == "complete"


def test_a_stage_that_logged_no_trials_is_told_how_to(past: Past) -> None:
    past.run("a")
    with pytest.raises(UnknownNameError, match="trials"):
        read_trials(past.store, VIEWER, "a", "train")


def test_what_matters_is_found_and_what_does_not_is_near_nothing() -> None:
    draw = random.Random(3)
    trials = []
    for number in range(80):
        given: dict[str, Any] = {
            "strong": draw.random(),
            "weak": draw.random(),
            "idle": draw.random(),
            "kind": draw.choice("ab"),
        }
        value = 3 * given["strong"] + 0.5 * given["weak"] + (2.0 if given["kind"] == "b" else 0.0)
        trials.append(Trial(str(number), "complete", given, {"value": value}))
    found = importance(Trials(("strong", "weak", "idle", "kind"), ("value",), tuple(trials)), "value")
    shares = {one.name: one.share for one in found.parameters}
    trends = {one.name: one.trend for one in found.parameters}
    assert shares["kind"] > 0.3
    assert shares["strong"] > 0.25
    assert shares["idle"] < 0.05
    assert 0.95 < sum(shares.values()) + found.together <= 1.0001
    assert trends["kind"] is None
    assert (trends["strong"] or 0) > 0.5
    assert (found.held or 0) > 0.8
    assert found == importance(Trials(("strong", "weak", "idle", "kind"), ("value",), tuple(trials)), "value")


@pytest.mark.parametrize(
    ("count", "value", "expected"),
    [(5, lambda n: n, "fewer than 10"), (20, lambda _: 1.0, "in every trial")],
)
def test_nothing_is_said_of_what_cannot_be_known(count: int, value: object, expected: str) -> None:
    trials = tuple(Trial(str(n), "complete", {"x": n}, {"value": float(value(n))}) for n in range(count))  # type: ignore[operator]
    found = importance(Trials(("x",), ("value",), trials), "value")
    assert found.parameters == ()
    assert expected in found.note
