"""One answer, traced to everything behind it, with what each column contributed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.insight.deployments.deployed import VIEWER
from tests.registry.models import MODEL
from tests.serving.replay.answered import START, Answered
from tests.serving.replay.test_trace_of_prediction import decide
from workbench.clock import ManualClock
from workbench.errors import UnknownNameError
from workbench.insight import Store
from workbench.insight.deployments import trace_prediction
from workbench.serving.log import encode_label


@pytest.fixture
def answered(tmp_path: Path) -> Iterator[Answered]:
    made = Answered(tmp_path / "shop")
    decide(made, START + timedelta(minutes=1), share=0.1)
    yield made
    made.close()


def _store(answered: Answered) -> Store:
    made = Store(answered.project, ManualClock(answered.clock.now()), every=0.0, patience=20)
    made.refresh(wait=20)
    return made


def _asked(answered: Answered) -> str:
    """Let the challenger answer a row, whose truth becomes known; then it gets another share."""
    answered.answer(answered.second, 1, arm="challenger")
    (made,) = answered.answers
    decide(answered, answered.clock.now(), share=0.5)
    answered.spool.append(
        encode_label(MODEL, 1, received=answered.clock.now(), prediction_id=made, caller="tester")
    )
    return made


def test_an_answer_leads_to_row_version_share_truth_and_contributions(answered: Answered) -> None:
    """Base and contributions add up to the score, and the row is answered today as it was then."""
    made = _asked(answered)
    store = _store(answered)
    found = trace_prediction(store, VIEWER, f"  {made} ")
    assert (found.row.version, found.row.arm, found.row.label) == (2, "challenger", 1.0)
    assert (found.then.champion, found.then.share) == (1, 0.1)
    assert found.trace.version.number == 2
    explained = found.explained
    assert explained is not None
    assert found.silent == ""
    assert {part.column for part in explained.contributions} == {"distance", "carrier", "terminal"}
    assert explained.base + sum(p.value for p in explained.contributions) == pytest.approx(explained.score)
    assert (explained.scale, explained.method) == ("log-odds", "tree")
    assert explained.answer == pytest.approx(answered.answers[made])
    sizes = [abs(part.value) for part in explained.contributions]
    assert sizes == sorted(sizes, reverse=True)
    store.close()


@pytest.mark.parametrize("wanted", ["0" * 32 + "-0", "<script>", "", "x" * 10_000])
def test_an_answer_that_nobody_gave_is_told_so(answered: Answered, wanted: str) -> None:
    """With where ids come from."""
    store = _store(answered)
    with pytest.raises(UnknownNameError, match="prediction") as caught:
        trace_prediction(store, VIEWER, wanted)
    assert "x-prediction-id" in caught.value.hint
    store.close()


def test_a_row_that_was_logged_masked_is_traced_without_contributions(answered: Answered) -> None:
    """For nobody knows what was asked."""
    answered.declare("target = ", 'sensitive = ["carrier"]\ntarget = ')
    made = _asked(answered)
    store = _store(answered)
    found = trace_prediction(store, VIEWER, made)
    assert found.explained is None
    assert "masked" in found.silent
    store.close()
