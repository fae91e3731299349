"""Runs found, ordered, chosen: only a page of them leaves the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.insight.experiments.past import Past
from workbench.errors import UnknownNameError, UsageError
from workbench.widgets import Runs
from workbench.widgets.runs.view import View


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Past]:
    """A project of 45 runs; the test sits in it."""
    past = Past(tmp_path / "many")
    for number in range(45):
        past.run(
            f"run-{number:02d}",
            parameters={"train": {"rate": number / 100}},
            metrics={"evaluate": {"auc": 0.5 + number / 100}},
            outcome="failed" if number % 9 == 0 else "succeeded",
        )
    monkeypatch.chdir(past.project.root)
    yield past
    past.close()


def test_the_query_is_that_of_the_dashboards(many: Past) -> None:
    runs = Runs("auc>0.9 outcome=succeeded", sort="auc", descending=False)
    assert [run.id for run in runs.find()] == ["run-41", "run-42", "run-43", "run-44"]
    runs.query = "train.rate<0.02"
    assert [run.id for run in runs.find()] == ["run-00", "run-01"]


def test_the_text_is_the_first_page(many: Past) -> None:
    lines = Runs(sort="auc").text().splitlines()
    assert lines[0] == "45 runs; the first 20 of them."
    assert lines[1].split() == ["run", "pipeline", "outcome", "started", "took", "auc", "by"]
    assert lines[2].split()[:3] == ["run-44", "main", "succeeded"]
    assert len(lines) == 22


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"sort": "auk"}, "auc"),
        ({"pipeline": "mian"}, "main"),
        ({"outcome": "faild"}, "failed"),
        ({"columns": ["rat"]}, "rate"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(
    many: Past, arguments: dict[str, object], hint: str
) -> None:
    with pytest.raises(UnknownNameError) as refused:
        Runs(**arguments)  # type: ignore[arg-type]
    assert hint in refused.value.hint


def test_a_date_that_is_none_is_refused(many: Past) -> None:
    with pytest.raises(UsageError, match="yesterday"):
        Runs(since="yesterday")


def test_a_page_holds_twenty_rows_and_turning_it_shows_the_next(many: Past) -> None:
    view = View(Runs())
    assert [pick.description for pick in view._picks][:2] == ["run-44", "run-43"]
    assert view._table.value.count("<tr>") == 21
    view._pager._next.click()
    view._pager._next.click()
    shown = [pick.description for pick in view._picks if pick.layout.display != "none"]
    assert shown == [f"run-{number:02d}" for number in range(4, -1, -1)]


def test_what_is_ticked_is_selected_and_stays_so_on_other_pages(many: Past) -> None:
    runs = Runs()
    view = View(runs)
    view._picks[1].value = True
    view._pager._next.click()
    view._picks[0].value = True
    assert runs.selected == ("run-43", "run-24")
    assert view._compare.description == "Compare 2"
    assert not view._compare.disabled
    runs.selected = ()
    assert view._compare.disabled
    assert not any(pick.value for pick in view._picks)


def test_filters_on_the_page_and_traits_in_code_are_one(many: Past) -> None:
    runs = Runs()
    view = View(runs)
    view._outcome.value = "failed"
    assert runs.outcome == "failed"
    assert len(runs.find()) == 5
    runs.query = "auc>0.8"
    assert view._query.value == "auc>0.8"
    shown = [pick.description for pick in view._picks if pick.layout.display != "none"]
    assert shown == ["run-36"]
    view._sort.value = "evaluate/auc"
    assert runs.sort == "evaluate/auc"


def test_runs_are_chosen_by_the_beginnings_of_their_ids(many: Past) -> None:
    runs = Runs()
    runs.select("last", "run-03")
    assert runs.selected == ("run-44", "run-03")
    with pytest.raises(UsageError, match="10 runs begin with 'run-3'"):
        runs.select("run-3")
    with pytest.raises(UsageError, match="Compare takes 2 to 5 runs, but got 1"):
        runs.compare("last")


def test_a_new_run_shows_by_itself(many: Past) -> None:
    import time

    runs = Runs()
    runs.view  # noqa: B018
    many.run("run-99")
    until = time.monotonic() + 20
    while "46" not in str(runs.view.children[4].children[0].children[2].value):
        assert time.monotonic() < until
        time.sleep(0.05)
    runs.close()
