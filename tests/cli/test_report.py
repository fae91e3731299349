from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from workbench.cli.report import next_steps, print_end, print_run, print_runs
from workbench.cli.stage_report import outputs_text, print_failure, print_metrics, print_stage

Make = Callable[..., dict[str, Any]]


def words(work: Callable[[Console], None]) -> str:
    console = Console(file=io.StringIO(), width=160, markup=False, highlight=False)
    work(console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_list_of_runs_is_a_table(run: Make, entry: Make) -> None:
    """The newest comes first; a living run has no outcome yet."""
    living = run(entry(outcome=None, running=True), run="20130502-030000-beef", outcome=None, seconds=None)
    said = words(lambda console: print_runs(console, [living, run()]))
    first, second = (line for line in said.splitlines() if line.startswith("2013"))
    assert "… running" in first
    assert "1 stage: 1 running" in first
    assert "✓ succeeded" in second
    assert "1 min 15 s" in second
    assert "ada@desk" in second
    assert "workbench show 20130502-030000-beef" in said


def test_a_narrow_terminal_shows_runs_one_to_a_line(run: Make) -> None:
    """Their ids stay whole, to be copied."""
    console = Console(file=io.StringIO(), width=40, markup=False, highlight=False)
    print_runs(console, [run(run="20131230-110000-b8ae5bb6")])
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    (line,) = (line for line in said.splitlines() if line.startswith("2013"))
    assert line.split() == ["20131230-110000-b8ae5bb6", "✓", "succeeded"]
    assert "  workbench show 20131230-110000-b8ae5bb6\n" in said


def test_an_empty_list_says_how_to_begin() -> None:
    """The first thing that a new project shows is the next command."""
    said = words(lambda console: print_runs(console, []))
    assert "No run is recorded yet." in said
    assert "workbench run" in said


def test_a_run_shows_every_stage_with_what_it_saved(run: Make) -> None:
    """Outcome, seconds, memory, outputs with rows and version."""
    said = words(lambda console: print_run(console, run()))
    assert "✓ training succeeded in 1 min 15 s" in said
    assert "12.3 s" in said
    assert "1.2 GB" in said
    assert "flights 336,776 rows v3" in said


def test_after_a_failure_come_the_cell_the_error_and_the_next_commands(
    run: Make, entry: Make, failed: dict[str, Any]
) -> None:
    """Stage, number and source of the cell, what it raised, and how to go on."""
    skipped = entry(name="evaluate", outcome="skipped", reason="train did not succeed")
    state = run(entry(), failed, skipped, outcome="failed", reason="train failed")
    said = words(lambda console: print_end(console, state))
    assert "✗ training failed" in said
    assert "✗ failed  train, cell 3" in said
    assert "  │ fit(\n  │     rows)\n  ValueError: no rows\n" in said
    assert "evaluate, cell" not in said
    assert "Traceback" not in said
    assert [command for command, _ in next_steps(state)] == [
        "workbench show 20130501-030000-abcd train",
        "workbench open 20130501-030000-abcd train",
        "workbench resume 20130501-030000-abcd",
    ]


@pytest.mark.parametrize(
    ("outcome", "command"),
    [
        ("succeeded", "workbench show 20130501-030000-abcd"),
        ("reused", "workbench show 20130501-030000-abcd"),
        ("rejected", "workbench show 20130501-030000-abcd promote"),
        ("killed", "workbench resume 20130501-030000-abcd"),
        ("interrupted", "workbench resume 20130501-030000-abcd"),
        ("lost", "workbench resume 20130501-030000-abcd"),
        (None, "workbench resume 20130501-030000-abcd"),
    ],
)
def test_every_outcome_has_a_next_command(run: Make, entry: Make, outcome: str | None, command: str) -> None:
    """What went wrong can be gone on with; a gate's no can be looked at."""
    state = run(entry(name="promote", outcome=outcome), outcome=outcome)
    assert command in [step for step, _ in next_steps(state)]


def test_a_stage_that_was_not_begun_is_not_said_to_run(run: Make, entry: Make) -> None:
    """It waits, or its runner vanished before it came to it."""
    entries = entry(name="at-work", outcome=None, running=True), entry(name="later", outcome=None)
    said = words(lambda console: print_run(console, run(*entries, outcome=None)))
    assert "2 stages: 1 running, 1 waiting" in said
    lost = run(entries[1], entry(outcome="lost"), outcome="lost")
    assert "2 stages: 1 never ran, 1 lost" in words(lambda console: print_run(console, lost))


def test_a_rejection_gives_the_gate_s_reason(entry: Make) -> None:
    """A gate's no is no error: the reason stands in its place."""
    rejected = entry(name="promote", outcome="rejected", reason="auc 0.61, at least 0.68 wanted")
    said = words(lambda console: print_failure(console, rejected))
    assert "⊘ rejected  promote\n  auc 0.61, at least 0.68 wanted\n" in said


@pytest.mark.parametrize("notebook", [None, "/gone/notebook.ipynb"])
def test_a_notebook_that_is_gone_leaves_the_error(failed: dict[str, Any], notebook: str | None) -> None:
    """What the ledger holds is shown, whatever became of the file."""
    said = words(lambda console: print_failure(console, {**failed, "notebook": notebook}))
    assert "ValueError: no rows" in said
    assert "│" not in said


def test_a_failed_stage_shows_the_whole_traceback(run: Make, failed: dict[str, Any]) -> None:
    """Together with parameters, inputs, and where its notebook is."""
    said = words(lambda console: print_stage(console, run(failed), failed))
    assert "Traceback …\nValueError: no rows" in said
    assert failed["notebook"] in said
    assert "year" in said
    assert "workbench resume" in said


def test_a_sweep_lines_up_what_was_varied_and_measured(run: Make, entry: Make) -> None:
    """Parameters that are the same everywhere stay out of the table."""
    entries = [
        entry(
            name=f"train-{n}",
            stage="train",
            parameters={"rate": n / 10, "seed": 7},
            metrics={"auc": 0.7 + n / 100},
        )
        for n in (1, 2)
    ]
    said = words(lambda console: print_end(console, run(*entries)))
    assert "seed" not in said
    lines = [line.split() for line in said.splitlines() if line.startswith("train-")]
    assert lines == [
        ["train-1", "0.1", "✓", "succeeded", "12.3", "s", "0.71"],
        ["train-2", "0.2", "✓", "succeeded", "12.3", "s", "0.72"],
    ]


def test_outputs_fit_on_one_line() -> None:
    """Datasets say rows and version, other things what they are."""
    outputs: dict[str, dict[str, Any]] = {
        "a": {"kind": "dataset", "rows": 1, "version": 0},
        "b": {"kind": "model", "version": None},
    }
    assert outputs_text(outputs) == "a 1 row v0, b model"


def test_a_run_that_made_a_model_points_to_the_models(run: Make, entry: Make) -> None:
    """Only then: a pipeline without models need not hear of them."""
    made = run(entry(outputs={"candidate": {"kind": "model"}}))
    assert "workbench models" in [command for command, _ in next_steps(made)]
    assert "workbench models" not in [command for command, _ in next_steps(run())]


def test_metrics_named_after_who_they_belong_to_become_a_table() -> None:
    """A candidate and its baselines stand below each other."""
    metrics = {
        "auc": 0.71,
        "log_loss": 0.42,
        "logistic_auc": 0.65,
        "logistic_log_loss": 0.5,
        "base_rate_auc": 0.5,
    }
    metrics["rows"] = 1200.0
    said = words(lambda console: print_metrics(console, "evaluate", metrics))
    lines = [line.split() for line in said.splitlines()]
    assert ["rows", "1,200"] in lines
    assert ["evaluate", "auc", "log_loss"] in lines
    assert ["candidate", "0.71", "0.42"] in lines
    assert ["logistic", "0.65", "0.5"] in lines
    assert ["base_rate", "0.5", "–"] in lines
