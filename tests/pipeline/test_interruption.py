"""Ctrl-C at the worst moment: when an event is in the ledger, and nobody has taken note of it yet."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.projects import notebook, write_project
from workbench.ledger import Append
from workbench.pipeline.interruption import undisturbed
from workbench.pipeline.outcome import Outcome
from workbench.workspace import open_workspace

WAITS = """
import pathlib, time
while pathlib.Path({file!r}).exists():
    time.sleep(0.05)
stage.save('one', '1')
"""


def _stages(file: Path) -> dict[str, dict[str, Any]]:
    """Return two stages, of which the first ends only when a file is gone."""
    begin = "import workbench as wb\nstage = wb.stage('{name}')"
    first = notebook(begin.format(name="first"), WAITS.format(file=str(file)))
    second = notebook(begin.format(name="second"), "stage.save('two', stage.load('one'))")
    return {
        "first": {"notebook": first, "outputs": ["one"]},
        "second": {"notebook": second, "inputs": ["one"], "outputs": ["two"]},
    }


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Let a Ctrl-C be heard, also where the tests were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Disturbed:
    """A ledger whose process gets a Ctrl-C as soon as it has kept an event of some kind."""

    def __init__(self, ledger: Any, kind: str) -> None:
        self._ledger = ledger
        self._kind = kind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def append(self, *appends: Append, **more: Any) -> Any:
        written = self._ledger.append(*appends, **more)
        if any(event.kind == self._kind for each in appends for event in each.events):
            self._kind = ""
            os.kill(os.getpid(), signal.SIGINT)
        return written


@pytest.mark.parametrize(
    ("kind", "outcomes"),
    [("attempt.started", ["interrupted", "skipped"]), ("attempt.ended", ["succeeded", "skipped"])],
)
def test_the_run_knows_what_it_has_written(kind: str, outcomes: list[str], tmp_path: Path) -> None:
    """It is interrupted, not taken over by anybody, and goes on from there."""
    file = tmp_path / "goes on"
    if kind == "attempt.started":
        file.touch()
    root = write_project(tmp_path / "shop", _stages(file))
    with open_workspace(root) as workspace:
        whole = workspace.ledger
        workspace.__dict__["ledger"] = Disturbed(whole, kind)
        state = workspace.run()
        assert state.outcome is Outcome.INTERRUPTED
        assert [str(entry.outcome) for entry in state.entries.values()] == outcomes
        assert [a.outcome for a in state.entries["first"].attempts] == [Outcome(outcomes[0])]
        workspace.__dict__["ledger"] = whole
    file.unlink(missing_ok=True)
    with open_workspace(root) as workspace:
        assert workspace.resume(state.run).outcome is Outcome.SUCCEEDED
        assert workspace.ledger.verify().ok


def test_a_signal_waits_until_the_end() -> None:
    """What was handled before is handled then, by whoever handled it; threads are left alone."""
    steps: list[str] = []
    before = signal.getsignal(signal.SIGINT)

    def work() -> None:
        with undisturbed(), undisturbed():
            os.kill(os.getpid(), signal.SIGINT)
            steps.append("whole")
        steps.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["whole"]
    assert signal.getsignal(signal.SIGINT) is before
    with undisturbed():
        thread = threading.Thread(target=undisturbed().__enter__)
        thread.start()
        thread.join()
    assert signal.getsignal(signal.SIGINT) is before
