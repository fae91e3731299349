from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.cli.said import type_in
from tests.registry.models import MODEL
from tests.rehearsal.told import BEGIN, DAY, Told
from workbench.errors import UsageError
from workbench.ledger.audit import export
from workbench.registry.metric import auc, log_losses
from workbench.rehearsal.timeline import Timeline, read, write
from workbench.serving.log import PredictionLog
from workbench.serving.model import load_served
from workbench.serving.replay.rescore import rescore

STORY = [
    ("training", 0, 1),
    ("promotion", 0, 1),
    ("alert", 21, None),
    ("training", 21, 2),
    ("refusal", 21, 2),
    ("training", 24, 3),
    ("trial", 24, 3),
    ("promotion", 31, 3),
    ("alert", 45, None),
    ("training", 49, 4),
    ("trial", 49, 4),
    ("rollback", 55, 4),
    ("override", 62, 3),
]


@pytest.fixture(scope="module")
def written(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    """The whole story, written once."""
    return write(told.workspace, MODEL, folder=tmp_path_factory.mktemp("out") / "made")


def test_the_ledger_alone_tells_what_happened_in_order(told: Told) -> None:
    """Each thing once, on its day, about its version."""
    found = read(told.workspace, MODEL)
    assert [(each.kind, (each.at - BEGIN).days, each.version) for each in found.moments] == STORY
    assert found.comparison is None
    assert found.sentence == (
        "2 alerts · 4 trainings · 2 promotions · 1 refusal · 1 rollback · 1 decision by hand"
    )


def test_each_moment_says_who_and_why(told: Told) -> None:
    """The machine by its own name, a person by theirs; a training because of what started it."""
    found = {(each.kind, each.version): each for each in read(told.workspace, MODEL).moments}
    assert found["training", 3].why == "alert drift-1 fired"
    assert found["refusal", 2].why == "quality: auc 0.502 is below 0.7"
    rolled_back, by_hand = found["rollback", 4], found["override", 3]
    assert (rolled_back.who, rolled_back.why) == ("workbench judge", "worse by 0.04 log loss")
    assert (by_hand.who, by_hand.why) == ("bob@desk", "the desk does not trust it")
    assert found["promotion", 1].who == "ada@lab"


def test_an_alert_lasts_until_it_is_resolved(told: Told) -> None:
    """The second one four days, the first one until its cause was gone."""
    alerts = [each for each in read(told.workspace, MODEL).moments if each.kind == "alert"]
    assert [each.until - each.at for each in alerts if each.until] == [10 * DAY, 4 * DAY]
    assert alerts[0].what == "drift-1: drift of terminal, carrier"  # the worst first
    assert alerts[0].why == "terminal: terminal moved; carrier: carrier moved"
    assert alerts[1].what == "performance-1: performance of terminal=2 auc"


def test_each_moment_is_found_in_the_export_by_its_number(told: Told) -> None:
    """Its position, its stream and its kind are those of the exported event."""
    events = {event["position"]: event for event in map(json.loads, export(told.ledger))}
    for each in read(told.workspace, MODEL).moments:
        event = events[each.position]
        assert (event["stream"], event["kind"], event["actor"]) == (each.stream, each.event, each.who)


def test_who_answered_covers_the_time_without_a_gap(told: Told) -> None:
    """Champions follow each other; a challenger's share is what the champion lacks."""
    found = read(told.workspace, MODEL)
    champions = found.champions
    assert [each.version for each in champions] == [1, 3, 1]
    assert (champions[0].since, champions[-1].until) == (found.since, found.until)
    assert all(a.until == b.since for a, b in pairwise(champions))
    trials = [(each.version, each.share) for each in found.reigns if each.alias == "challenger"]
    assert trials == [(3, 0.25), (4, 0.05)]


def test_a_part_of_the_time_is_told_by_itself(told: Told) -> None:
    """From the first moment on, up to the last and without it; who was champion before is known."""
    found = read(told.workspace, MODEL, since=BEGIN + 24 * DAY, until=BEGIN + 49 * DAY)
    assert [each.kind for each in found.moments] == ["training", "trial", "promotion", "alert"]
    assert [each.version for each in found.champions] == [1, 3]
    with pytest.raises(UsageError, match="Nothing lies between"):
        read(told.workspace, MODEL, since=BEGIN + 9 * DAY, until=BEGIN)


def test_the_comparison_is_of_the_same_predictions(told: Told, written: Timeline) -> None:
    """Both metrics are those of the log's own scores, and of the first version asked about every row."""
    found = written.comparison
    assert found is not None
    frame = PredictionLog(told.project).labelled(MODEL, written.since, written.until)
    first = load_served(told.registry.model(MODEL).find(1), told.project)
    y = frame["label"].to_numpy()
    served = frame["score"].list.get(0).to_numpy()
    alone = np.array(rescore(first, frame).answers, dtype=float)
    assert (found.first, found.labelled, found.answered) == (1, frame.height, 63 * 120)
    assert found.versions == dict(frame["version"].value_counts().iter_rows())
    area, loss = found.differences
    assert (area.served, area.first) == (auc(y, served), auc(y, alone))
    assert loss.served == pytest.approx(log_losses(y, served).mean(), rel=1e-12)
    assert loss.first == pytest.approx(log_losses(y, alone).mean(), rel=1e-12)
    for each in found.differences:
        assert each.difference == pytest.approx(each.served - each.first, abs=1e-9)
        assert each.lower < each.difference < each.upper
        assert each.says == "better"
    assert sum(week.rows for week in found.weeks) == frame.height
    assert [week.begins.weekday() for week in found.weeks] == [0] * 10


def test_what_went_worse_is_said_as_plainly(told: Told) -> None:
    """From the day on which a person went back to the first version, it is worse than staying."""
    since = BEGIN + 31 * DAY
    found = write(told.workspace, MODEL, since=since, folder=told.project.root / "out")
    assert found.comparison is not None
    assert found.comparison.first == 3
    assert {each.says for each in found.comparison.differences} == {"worse"}
    last = found.comparison.weeks[-1]
    assert (last.served["log_loss"] or 0) > (last.first["log_loss"] or 9)


def test_without_labels_the_story_is_told_all_the_same(told: Told, tmp_path: Path) -> None:
    """The page says that nothing could be compared, and why."""
    night = {"since": BEGIN + timedelta(hours=6), "until": BEGIN + timedelta(hours=12)}
    found = write(told.workspace, MODEL, **night, folder=tmp_path / "out")
    assert found.comparison is None
    assert "has a label" in found.missing
    assert found.missing in unescape(found.files["html"].read_text())


def test_the_page_needs_nothing_beside_it(written: Timeline) -> None:
    """Nothing is loaded from elsewhere, no script runs, and what people wrote is no markup."""
    page = written.files["html"].read_text()
    assert "default-src 'none'" in page
    assert not re.search(r"<script|src=\"(?!data:)|href=", page)
    assert "Better than version 1 alone" in page
    assert page.count("<tr>") >= len(STORY)
    assert {path.suffix for path in written.files.values()} == {".html", ".png", ".svg", ".json"}
    assert written.files["png"].read_bytes().startswith(b"\x89PNG")
    told = json.loads(written.files["json"].read_text())
    assert [each["position"] for each in told["moments"]] == [each.position for each in written.moments]


def test_a_page_that_nobody_could_keep_is_refused_before_it_is_drawn(told: Told, tmp_path: Path) -> None:
    """With the folder, and why."""
    (tmp_path / "file").touch()
    said = type_in(told.workspace.project.root, f"timeline {MODEL} --in {tmp_path}/file/pages")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"error: The folder {tmp_path}/file/pages cannot be made: Not a directory.")


def test_the_command_prints_the_story_and_says_where_the_page_is(told: Told) -> None:
    """As a table with both comparisons, or as JSON."""
    line = f"timeline {MODEL} --since 2013-03-04 --until 2013-05-10"
    said = type_in(told.project.root, line)
    assert said.code == 0, said.err
    assert "the desk does not trust it" in said.out
    assert "version 1 alone" in said.out
    document = type_in(told.project.root, f"{line} --json").document
    assert document["counts"]["rollback"] == 1
    assert Path(document["files"]["html"]).is_file()
    assert document["comparison"]["differences"][1]["metric"] == "log_loss"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("timeline dealy", "Did you mean 'delay'?"),
        (f"timeline {MODEL} --since yesterday", "--since cannot be 'yesterday'"),
        (f"timeline {MODEL} --since 2013-05-01 --until 2013-04-01", "Nothing lies between"),
    ],
)
def test_wrong_words_are_one_clear_error(told: Told, line: str, words: str) -> None:
    """With what to do."""
    said = type_in(told.project.root, line)
    assert (said.code, words in said.err) == (2, True), said.err
