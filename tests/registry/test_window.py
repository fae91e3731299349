"""What a stage found in a window is written with the stage's own end."""

from __future__ import annotations

from typing import Any

from tests.registry.models import MODEL, Runs
from workbench.ledger import MemoryLedger
from workbench.pipeline.outcome import Outcome
from workbench.registry.window import JUDGED, window_stream


def told(until: str = "2013-03-11T00:00:00+00:00", model: str = MODEL) -> dict[str, Any]:
    """Return a request as `wb.monitor` makes it."""
    return {"kind": "window", "model": model, "report": {"model": model, "until": until, "checks": []}}


def test_a_report_becomes_an_event_of_its_model(runs: Runs, ledger: MemoryLedger) -> None:
    assert runs.end("monitor", requests=[told()]) == 1
    event = ledger.read(window_stream(MODEL))[0]
    assert (event.kind, event.subject, event.key) == (JUDGED, MODEL, "2013-03-11T00:00:00+00:00")
    assert event.data == {"model": MODEL, "run": runs.run, "report": told()["report"]}


def test_what_a_rejected_stage_found_is_kept_too(runs: Runs, ledger: MemoryLedger) -> None:
    runs.end("monitor", requests=[told()], outcome=Outcome.REJECTED)
    assert len(ledger.read(window_stream(MODEL))) == 1


def test_a_stage_may_tell_of_several_windows_and_of_no_unknown_model(
    runs: Runs, ledger: MemoryLedger
) -> None:
    runs.end("monitor", requests=[told("2013-03-11"), told("2013-03-18"), told(model="nobody's")])
    runs.end("monitor", requests=[told("2013-03-25")])
    assert [event.key for event in ledger.read(window_stream(MODEL))] == [
        "2013-03-11",
        "2013-03-18",
        "2013-03-25",
    ]
    assert ledger.read(window_stream("nobody's")) == []
