from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cli.said import type_in
from tests.serving.model.models import registered, version_of
from tests.serving.replay.answered import END, START, Answered, booster, table
from workbench.errors import IntegrityError, UnknownNameError, UsageError
from workbench.serving.model import load_served
from workbench.serving.replay import Replay, replay


def replayed(answered: Answered, number: int = 2, **more: object) -> Replay:
    return replay(answered.version(number), answered.project, since=START, until=END, **more)  # type: ignore[arg-type]


def test_the_version_that_answered_disagrees_with_itself_nowhere(answered: Answered) -> None:
    """To the last bit: numbers, names and numbered names come back from the log as callers sent them."""
    found = replayed(answered, 1)
    assert (found.rows, found.compared, found.refused, found.against) == (300, 300, 0, {1: 300})
    assert (found.mean, found.maximum, found.shift, found.changed, found.share) == (0.0, 0.0, 0.0, 0, 0.0)
    assert found.disagreements == ()


def test_another_version_is_compared_row_by_row(answered: Answered) -> None:
    """Mean, greatest difference and changed decisions are those of the two score columns."""
    batch = answered.answer(answered.first, 50, seed=6)
    rows = table(300, 5).astype({"carrier": object, "terminal": object})
    batch.rows = [*[list(row) for row in rows.itertuples(index=False, name=None)], *batch.rows]
    old, new = (
        np.array(load_served(version, answered.project).score(batch).predictions)
        for version in (answered.first, answered.second)
    )
    found = replayed(answered, bar=0.3)
    assert found.rows == 350
    assert found.mean == pytest.approx(np.abs(new - old).mean(), rel=1e-12)
    assert found.maximum == np.abs(new - old).max()
    assert found.shift == pytest.approx((new - old).mean(), rel=1e-9)
    assert (found.changed, found.decided_at) == (int(((old >= 0.3) != (new >= 0.3)).sum()), 0.3)
    assert (found.changed or 0) > 30
    furthest = found.disagreements[0]
    assert furthest.difference == found.maximum
    assert answered.answers[furthest.prediction_id] == furthest.answered
    assert abs(furthest.replayed - furthest.answered) == furthest.difference


def test_slices_say_for_whom_the_versions_disagree(answered: Answered) -> None:
    """The carriers that only one of them holds for late come first; each row is in one slice of a column."""
    found = replayed(answered)
    carriers = [each for each in found.slices if each.column == "carrier"]
    assert {carriers[0].value, carriers[1].value} == {"AA", "B6"}
    assert carriers[2].value == "UA"
    assert (carriers[2].changed, carriers[0].share) != (None, None)
    for column in ("carrier", "terminal"):
        assert sum(each.rows for each in found.slices if each.column == column) == 300
    assert sum(each.changed or 0 for each in carriers) == found.changed


def test_columns_are_sliced_by_when_asked_for(answered: Answered) -> None:
    """Many numbers by quarters, and what the log has besides the model's columns."""
    found = replayed(answered, by=("distance", "version", "caller"))
    assert [each.column for each in found.slices].count("distance") == 4
    quarters = [each.rows for each in found.slices if each.column == "distance"]
    assert sum(quarters) == 300
    assert all(70 <= rows <= 80 for rows in quarters)
    assert [(e.value, e.rows) for e in found.slices if e.column == "caller"] == [("tester", 300)]
    with pytest.raises(UnknownNameError, match="'carier'") as caught:
        replayed(answered, by=("carier",))
    assert "Did you mean 'carrier'?" in caught.value.hint


def test_the_gates_say_which_slices_and_which_bar(answered: Answered) -> None:
    """What the model was judged by is what it is looked at by."""
    gates = (
        '[models.delay.gates]\nslices = { by = ["terminal"], metric = "auc", at_least = 0.6 }\n'
        'found = { kind = "fairness", by = ["carrier"], metric = "selection_rate", threshold = 0.2, '
        "max_difference = 0.2 }\n"
    )
    answered.declare("[stages.train]", f"{gates}\n[stages.train]")
    found = replayed(answered)
    assert {each.column for each in found.slices} == {"terminal"}
    assert found.decided_at == 0.2


def test_shadows_and_other_times_are_left_out(answered: Answered) -> None:
    """Only what callers were answered, in the window."""
    answered.answer(answered.second, 20, arm="shadow")
    assert replayed(answered).against == {1: 300}
    half = replay(
        answered.second, answered.project, since=START, until=START + timedelta(hours=1, minutes=100)
    )
    assert half.rows == 100
    with pytest.raises(UsageError, match="Nothing was logged of 'delay' from 2013-06-08 00:00"):
        replay(answered.second, answered.project, since=END, until=END + timedelta(days=7))


def test_rows_that_would_be_turned_away_are_counted(answered: Answered) -> None:
    """Under a strict policy a category that this version never saw is an error, and callers would see it."""
    narrow = table(600, 3)
    narrow = narrow[narrow["carrier"] != "UA"].copy()
    narrow["carrier"] = narrow["carrier"].cat.remove_unused_categories()
    import lightgbm

    late = (narrow["distance"] > 1000).astype(int)
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    model = lightgbm.train(settings, lightgbm.Dataset(narrow, late), num_boost_round=3)
    number = registered(answered.project, version_of(answered.project, model, narrow.head(), 3))
    assert replayed(answered, number).refused == 0
    answered.declare("[stages.train]", '[models.delay.serving]\nunknown_category = "refuse"\n[stages.train]')
    found = replayed(answered, number)
    united = int((table(300, 5)["carrier"] == "UA").sum())
    assert (found.refused, found.compared) == (united, 300 - united)
    assert "Column 'carrier' has \"UA\" in row 1, which the model never saw." in found.refusal


def test_a_column_that_was_never_logged_is_named(answered: Answered) -> None:
    """A new feature cannot be replayed; a shadow can score it."""
    import lightgbm

    data = table(200, 4).assign(wind=np.arange(200.0))
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    model = lightgbm.train(settings, lightgbm.Dataset(data, data.wind > 100), num_boost_round=3)
    number = registered(answered.project, version_of(answered.project, model, data.head(), 3))
    with pytest.raises(UsageError, match="takes wind, which nothing was logged of") as caught:
        replayed(answered, number)
    assert caught.value.hint.endswith("workbench promote delay 3 --shadow")


@pytest.mark.parametrize("how", ["hash", "drop"])
def test_sensitive_columns_count_as_missing(tmp_path: Path, how: str) -> None:
    """The log does not hold them as they came, and the report says so."""
    answered = Answered(tmp_path / "shop", extra=f'sensitive = "{how}"')
    answered.declare("target = ", 'sensitive = ["carrier"]\ntarget = ')
    answered.answer(answered.first, 40)
    found = replayed(answered, 1)
    answered.close()
    assert found.unknown == ("carrier",)
    assert (found.compared, found.refused) == (40, 0)
    assert found.mean is not None
    assert found.mean > 0


def test_a_version_whose_files_are_damaged_is_not_loaded(answered: Answered) -> None:
    """The digest is checked first."""
    record = answered.second.record()
    path = answered.project.root / record["uri"] / "model.lgb"
    if not path.exists():
        path = next((answered.project.root / record["uri"]).rglob("model*"))
    path.write_bytes(path.read_bytes() + b"#")
    with pytest.raises(IntegrityError):
        replayed(answered)


def test_a_replay_is_told_and_written_as_json(answered: Answered) -> None:
    """The command's words, its JSON, and what comes next."""
    root = answered.project.root
    line = "replay delay --version 2 --window 7d --until 2013-06-08 --by carrier"
    said = type_in(root, line)
    assert (said.code, said.err) == (0, "")
    assert "delay version 2 on 300 rows from" in said.out
    assert "answered by version 1 (300)" in said.out
    assert "would be decided otherwise, with 1 from 0.5 on" in said.out
    assert "workbench promote delay 2 --shadow" in said.out
    document = type_in(root, f"{line} --json").document
    found = replayed(answered, by=("carrier",))
    assert document == json.loads(json.dumps(replace(found).to_dict()))
    assert document["share"] == document["changed"] / 300


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("replay delay --version 2", 2, "Nothing was logged of 'delay'"),
        ("replay delay --version 9", 2, "no version of 'delay' named '9'"),
        ("replay dealy --version 1", 2, "Did you mean 'delay'?"),
        ("replay delay --version 1 --window soon", 2, "Write 7d for a week."),
        ("replay delay --version 1 --window 999999d", 2, "before the year 1"),
        ("replay delay --version 1 --until later", 2, "it is no time"),
        ("replay delay --version 1 --at 2", 2, "--at"),
    ],
)
def test_wrong_words_are_told(answered: Answered, line: str, code: int, told: str) -> None:
    """One sentence each."""
    said = type_in(answered.project.root, line)
    assert (said.code, told in said.err) == (code, True), said.err


def test_the_models_of_these_tests_disagree() -> None:
    """Otherwise all of this would be about nothing."""
    rows = table(100, 1)
    one, other = (np.asarray(booster(n, c).predict(rows)) for n, c in ((1, "AA"), (2, "B6")))
    assert isinstance(rows, pd.DataFrame)
    assert np.abs(one - other).mean() > 0.1
