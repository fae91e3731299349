"""What `workbench demo` shows while it goes on."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from rich.console import Console

from workbench.cli.rehearsing import LineWatcher, LiveWatcher, story, watching
from workbench.pipeline.outcome import Outcome
from workbench.rehearsal.moment import ALERT, PROMOTION, Moment
from workbench.rehearsal.watcher import SilentWatcher

BEGIN, END = date(2013, 3, 1), date(2013, 3, 10)
AT = datetime(2013, 3, 4, 12, tzinfo=UTC)


def moment(kind: str, what: str, why: str = "") -> Moment:
    return Moment(AT, kind, what, "workbench judge", why, 7, "model/delay", "alias.moved")


def tell(watcher: LineWatcher) -> None:
    """What happens in a short rehearsal."""
    watcher.begun(BEGIN, END)
    watcher.doing("the first champion is trained")
    watcher.reporter.run_started("r1", "training", ("train",))
    watcher.reporter.cell_started("train", 3, 9, "x = 1")
    watcher.doing("04 March")
    watcher.day(date(2013, 3, 5), 1234, 1000)
    watcher.happened(moment(ALERT, "drift-1: drift of temp", "mean 5, 12 in the reference"))
    watcher.warning("it takes long")


def test_a_file_gets_a_line_for_each_thing_that_happens_and_none_for_each_day() -> None:
    said = io.StringIO()
    tell(LineWatcher(Console(file=said, width=160)))
    told = [line.strip().partition("  ")[2] for line in said.getvalue().splitlines()]
    assert told == [
        "01 March 2013 to 10 March 2013 once more, 10 days",
        "… the first champion is trained",
        "✗ drift-1: drift of temp  mean 5, 12 in the reference",
        "! it takes long",
    ]


def test_a_terminal_sees_how_far_it_is_and_what_goes_on() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=160)
    with LiveWatcher(console) as watcher:
        tell(watcher)
        assert "1,234 asked about  04 March" in watcher.view().plain
        assert "05 Mar 2013" in watcher.view().plain
        watcher.reporter.cell_started("train", 3, 9, "x = 1")
        assert watcher.view().plain.endswith("04 March  train, cell 3 of 9")
        watcher.reporter.run_ended("r1", Outcome.SUCCEEDED, 1.0, "")
        assert watcher.view().plain.endswith("04 March")


def test_a_moment_is_told_with_its_day_its_tone_and_its_reason() -> None:
    text = story(moment(PROMOTION, "Version 2 became champion", "no worse"))
    assert text.plain == "04 Mar 2013  ✓ Version 2 became champion  no worse"
    assert "green" in {str(span.style) for span in text.spans}


@pytest.mark.parametrize(("terminal", "kind"), [(True, LiveWatcher), (False, LineWatcher)])
def test_who_watches_depends_on_where_it_is_shown(terminal: bool, kind: type) -> None:
    with watching(Console(file=io.StringIO(), force_terminal=terminal)) as watcher:
        assert type(watcher) is kind
    with watching(None) as silent:
        assert type(silent) is SilentWatcher
