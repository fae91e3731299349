from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from workbench.cli.progress import LineReporter, LiveReporter, progress
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.reporter import RecordingReporter, Reporter, SilentReporter


def a_run(reporter: Reporter) -> None:
    reporter.run_started("20130101-000000-abcd", "training", ("ingest", "features", "train"))
    reporter.entry_ended("ingest", Outcome.REUSED, 0.0, "nothing changed")
    reporter.entry_started("features", 1, 2)
    reporter.cell_started("features", 1, 2, "x = [1]  # [bold]not markup[/bold]")
    reporter.entry_retrying("features", 2, 1.5, "ValueError: odd")
    reporter.entry_started("features", 2, 2)
    reporter.warning("the tracking store was away for a moment")
    reporter.entry_ended("features", Outcome.FAILED, 2.0, "cell 1: ValueError: odd")
    reporter.entry_ended("train", Outcome.SKIPPED, 0.0, "features did not succeed")
    reporter.run_ended("20130101-000000-abcd", Outcome.FAILED, 3.5, "features failed")


def test_a_file_gets_one_line_for_each_thing_that_happens() -> None:
    """Each begins with the time; nothing is markup, nothing is wrapped."""
    out = io.StringIO()
    reporter = LineReporter(
        Console(file=out, width=40, markup=False), now=lambda: datetime(2013, 1, 1, 3, 4, 5, tzinfo=UTC)
    )
    a_run(reporter)
    assert out.getvalue().splitlines() == [
        "03:04:05 run 20130101-000000-abcd of training: ingest, features, train",
        "03:04:05 ingest: reused in 0.0 s: nothing changed",
        "03:04:05 features: started, 2 cells",
        "03:04:05 features: cell 1/2  x = [1]  # [bold]not markup[/bold]",
        "03:04:05 features: attempt 2 follows in 1.5 s: ValueError: odd",
        "03:04:05 features: started, 2 cells (attempt 2)",
        "03:04:05 warning: the tracking store was away for a moment",
        "03:04:05 features: failed in 2.0 s: cell 1: ValueError: odd",
        "03:04:05 train: skipped in 0.0 s: features did not succeed",
        "03:04:05 run 20130101-000000-abcd: failed in 3.5 s: features failed",
    ]


def seen(reporter: LiveReporter, console: Console) -> list[str]:
    with console.capture() as capture:
        console.print(reporter.view())
    return [line.rstrip() for line in capture.get().splitlines()]


@pytest.fixture
def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, color_system=None, width=72, height=24)


def test_a_terminal_shows_one_line_for_each_stage(terminal: Console) -> None:
    """Mark, name, the cell at work with its first line, and the seconds so far."""
    at = [0.0]
    reporter = LiveReporter(terminal, monotonic=lambda: at[0])
    assert seen(reporter, terminal) == ["starting …"]
    reporter.run_started("20130101-000000-abcd", "training", ("ingest", "features", "train"))
    reporter.entry_ended("ingest", Outcome.REUSED, 0.0, "nothing changed")
    reporter.entry_started("features", 1, 4)
    reporter.cell_started("features", 3, 4, "features = build(flights)  # [bold]" + "long " * 20)
    at[0] = 12.34
    title, ingest, features, train = seen(reporter, terminal)
    assert title == "training  run 20130101-000000-abcd"
    assert ingest == "= ingest   reused  nothing changed"
    assert features[2:].startswith("features cell 3/4  features = build(flights)  # [bold]long")
    assert features.endswith("… 12.3 s")
    assert train == "· train    waiting"


def test_when_all_is_over_the_terminal_keeps_the_outcomes(terminal: Console) -> None:
    """The last picture stays; warnings stand above it."""
    with progress(terminal) as reporter:
        a_run(reporter)
    assert isinstance(terminal.file, io.StringIO)
    last = terminal.file.getvalue()
    assert "! the tracking store was away for a moment" in last
    assert "✗ features failed  cell 1: ValueError: odd" in last
    assert "– train    skipped  features did not succeed" in last


def test_a_low_terminal_counts_what_it_does_not_show() -> None:
    """A sweep of many combinations stays within the screen."""
    low = Console(file=io.StringIO(), force_terminal=True, color_system=None, width=72, height=8)
    reporter = LiveReporter(low)
    reporter.run_started("r1", "sweep", tuple(f"train-{n}" for n in range(30)))
    reporter.entry_started("train-20", 1, 3)
    lines = seen(reporter, low)
    assert len(lines) == 6
    assert any("train-20" in line for line in lines)
    assert lines[-1] == "  and 26 more: 29 waiting, 1 running"


def test_each_console_gets_the_reporter_that_suits_it(terminal: Console) -> None:
    """With --json there is no console and nothing is said."""
    with progress(None) as silent:
        assert isinstance(silent, SilentReporter)
    with progress(Console(file=io.StringIO())) as lines:
        assert isinstance(lines, LineReporter)
    with progress(terminal) as live:
        assert isinstance(live, LiveReporter)


def test_the_reporters_understand_every_call_that_a_run_makes(terminal: Console) -> None:
    """The recording fake, the lines and the live view follow one protocol."""
    recording = RecordingReporter()
    a_run(recording)
    for reporter in (LineReporter(terminal), LiveReporter(terminal)):
        for name, *arguments in recording.calls:
            getattr(reporter, name)(*arguments)
