from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.insight.experiments.past import BEGIN, VIEWER, Past
from workbench.insight.experiments import (
    RunQuery,
    find_runs,
    group_runs,
    known,
    metric_over_time,
)


@pytest.fixture
def three(past: Past) -> Past:
    """Three runs, a day apart."""
    past.run("a", {"train": {"rate": 0.1}}, {"evaluate": {"auc": 0.71}}, reason="asked for")
    past.run("b", {"train": {"rate": 0.2}}, {"evaluate": {"auc": 0.75}}, outcome="failed", actor="bob@desk")
    past.run("c", {"train": {"rate": 0.1}}, {}, pipeline="nightly", reason="schedule nightly")
    return past


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "cba"),
        ("nightly", "c"),
        ("BOB", "b"),
        ("auc>0.72", "b"),
        ("evaluate/auc<=0.71", "a"),
        ("rate=0.1", "ca"),
        (" auc > 0.72  rate = 0.2 ", "b"),
        ("auc>", ""),
        ("train.rate!=0.1", "b"),
        ("outcome=failed auc>0.7", "b"),
        ('"schedule nightly"', "c"),
        ('"not closed', ""),
        ("auc>high", ""),
        ("nothing=1", ""),
        ("nothing!=1", ""),
    ],
)
def test_words_and_comparisons_choose_runs(three: Past, text: str, expected: str) -> None:
    assert [run.id for run in find_runs(three.store, VIEWER, RunQuery(text))] == list(expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (RunQuery(pipelines=("main",)), "ba"),
        (RunQuery(outcomes=("succeeded",)), "ca"),
        (RunQuery(actors=("bob@desk",)), "b"),
        (RunQuery(since=BEGIN + timedelta(days=1)), "cb"),
        (RunQuery(until=BEGIN + timedelta(days=1)), "a"),
        (RunQuery(descending=False), "abc"),
        (RunQuery(sort="evaluate/auc"), "bac"),
        (RunQuery(sort="evaluate/auc", descending=False), "abc"),
        (RunQuery(sort="train.rate"), "bca"),
        (RunQuery(sort="pipeline", descending=False), "bac"),
    ],
)
def test_choices_and_orders_hold_and_what_has_no_value_comes_last(
    three: Past, query: RunQuery, expected: str
) -> None:
    assert [run.id for run in find_runs(three.store, VIEWER, query)] == list(expected)


def test_what_can_be_chosen_is_known_with_its_counts(three: Past) -> None:
    found = known(three.store, VIEWER)
    assert found.count == 3
    assert dict(found.pipelines) == {"main": 2, "nightly": 1}
    assert dict(found.outcomes) == {"succeeded": 2, "failed": 1}
    assert dict(found.metrics) == {"evaluate/auc": 2}
    assert dict(found.parameters) == {"train.rate": 3}


def test_another_run_changes_what_is_known(past: Past) -> None:
    past.run("a")
    assert dict(known(past.store, VIEWER).outcomes) == {"succeeded": 1}
    past.run("b", outcome="failed")
    assert dict(known(past.store, VIEWER).outcomes) == {"failed": 1, "succeeded": 1}


def test_groups_sum_up_what_runs_have_in_common(three: Past) -> None:
    groups = {
        g.name: g for g in group_runs(three.store, VIEWER, RunQuery(), "train.rate", metric="evaluate/auc")
    }
    assert {name: group.runs for name, group in groups.items()} == {"0.1": 2, "0.2": 1}
    assert (groups["0.1"].least, groups["0.1"].most) == (0.71, 0.71)
    assert (groups["0.2"].ended, groups["0.2"].succeeded) == (1, 0)


def test_days_begin_in_the_viewers_zone(three: Past) -> None:
    def days(zone: str) -> list[str]:
        groups = group_runs(three.store, VIEWER, RunQuery(), "day", zone=ZoneInfo(zone))
        return [group.name for group in groups]

    assert days("UTC") == ["2026-03-04", "2026-03-03", "2026-03-02"]
    assert days("America/New_York") == ["2026-03-03", "2026-03-02", "2026-03-01"]


def test_a_metric_over_time_holds_every_entry_of_a_sweep(three: Past) -> None:
    sweep = {"evaluate-1": "evaluate", "evaluate-2": "evaluate"}
    three.run("s", None, {"evaluate-1": {"auc": 0.8}, "evaluate-2": {"auc": 0.9}}, stages=sweep)
    found = metric_over_time(three.store, VIEWER, "evaluate/auc")
    assert [(one.run, one.entry, one.value) for one in found] == [
        ("a", "evaluate", 0.71),
        ("b", "evaluate", 0.75),
        ("s", "evaluate-1", 0.8),
        ("s", "evaluate-2", 0.9),
    ]
