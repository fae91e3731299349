"""`workbench trace PREDICTION_ID`: from one answer to everything behind it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.cli.said import type_in
from tests.registry.models import MODEL
from tests.serving.replay.answered import START, Answered
from workbench.clock import ManualClock
from workbench.ledger import Append, open_ledger
from workbench.registry import read_model
from workbench.registry.promotion import moved
from workbench.registry.traffic import share_event
from workbench.serving.log import encode_label


def decide(answered: Answered, at: datetime, *, share: float) -> None:
    """Let version 2 challenge version 1 with a share."""
    ledger = open_ledger(answered.project.layout.ledger_url, ManualClock(at))
    state = read_model(ledger, MODEL)
    champion = [] if state.champion else [moved(state, "champion", 1, why="promotion")]
    challenger = [] if state.challenger else [moved(state, "challenger", 2, why="promotion")]
    events = (*champion, *challenger, share_event(state, 2, share, reason="", why="traffic"))
    ledger.append(Append(f"model/{MODEL}", state.version, events), actor="ada@lab")
    ledger.close()


@pytest.fixture
def challenged(answered: Answered) -> str:
    """Version 2, a challenger with a tenth, has answered a row, its shadow too; then it got half.

    Returns:
        The prediction's id.
    """
    decide(answered, START + timedelta(minutes=1), share=0.1)
    before = set(answered.answers)
    answered.answer(answered.second, 1, arm="challenger")
    (made,) = set(answered.answers) - before
    decide(answered, answered.clock.now(), share=0.5)
    answered.spool.append(
        encode_label(MODEL, 1, received=answered.clock.now(), prediction_id=made, caller="tester")
    )
    return made


def test_an_answer_is_followed_to_row_version_arm_and_truth(answered: Answered, challenged: str) -> None:
    """The share is the one of that moment; the version's own trace follows."""
    said = type_in(answered.project.root, f"trace {challenged}")
    assert (said.code, said.err) == (0, "")
    assert f"prediction {challenged}" in said.out
    assert "as challenger, which got 10 % of the traffic then" in said.out
    assert " to tester, after 0.01 ms" in said.out
    assert "about flight" in said.out
    assert "what came true: 1, known on" in said.out
    assert "distance" in said.out
    assert "delay version 2  challenger" in said.out
    assert "trained by stage train of run r" in said.out


def test_the_trace_of_an_answer_is_json(answered: Answered, challenged: str) -> None:
    """The version's trace, with the row and what served then beside it."""
    document = type_in(answered.project.root, f"trace {challenged} --json").document
    assert (document["model"], document["version"]) == (MODEL, 2)
    row = document["prediction"]
    assert (row["version"], row["arm"], row["label"]) == (2, "challenger", 1.0)
    assert row["score"] == [answered.answers[challenged]]
    assert set(row["features"]) == {"distance", "carrier", "terminal"}
    assert document["deployment"] == {"champion": 1, "challenger": 2, "share": 0.1, "shadows": []}


def test_an_unknown_answer_is_told_so(answered: Answered) -> None:
    """An id of no row here, with where ids come from."""
    said = type_in(answered.project.root, f"trace {'0' * 31}1-0")
    assert said.code == 2
    assert "x-prediction-id" in said.err
