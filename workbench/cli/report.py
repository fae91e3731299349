"""Tells of runs in words: the list, one run, and the end of the one just watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.cli.amount import bytes_text, plural, seconds_text, time_text
from workbench.cli.mark import entry_word, mark_of, marked
from workbench.cli.output import plain_table, print_next
from workbench.cli.stage_report import failed, outputs_text, print_failure
from workbench.cli.sweep_report import is_sweep, print_combinations
from workbench.pipeline.outcome import Outcome

if TYPE_CHECKING:
    from rich.console import Console

RUNNING = "running"
_NARROW = 72  # columns of a terminal that is too narrow for all that is told of runs


def print_runs(console: Console, found: Sequence[dict[str, Any]]) -> None:
    """Print the list of runs, newest first."""
    if not found:
        console.print("No run is recorded yet.")
        print_next(
            console, ("workbench plan", "what would run, and why"), ("workbench run", "make the first")
        )
        return
    columns = ("run", "pipeline", "outcome", "started", "took", "stages", "by", "why")
    shown = (0, 2) if console.width < _NARROW else range(len(columns))
    table = plain_table(*(columns[place] for place in shown), right=("took",))
    for state in found:
        cells = (
            state["run"],
            state["pipeline"],
            marked(state["outcome"] or RUNNING),
            time_text(state.get("started")),
            seconds_text(state.get("seconds")),
            _counts(state),
            state.get("actor") or "–",
            state.get("because") or "–",
        )
        table.add_row(*(cells[place] for place in shown))
    console.print(table)
    print_next(console, (f"workbench show {found[0]['run']}", "what happened in the newest"))


def print_run(console: Console, state: dict[str, Any]) -> None:
    """Print one run: its stages, what went wrong, and what can be done next."""
    _print_headline(console, state)
    why = f": {state['because']}" if state.get("because") else ""
    who = state.get("actor") or "somebody"
    console.print(f"  started {time_text(state.get('started'))} by {who}{why}", style="dim", soft_wrap=True)
    _print_resumed(console, state)
    if is_sweep(state):
        print_combinations(console, state)
    else:
        _print_stages(console, state)
    _print_failures(console, state)
    print_next(console, *next_steps(state))


def _print_resumed(console: Console, state: dict[str, Any]) -> None:
    for resumed in state.get("resumed") or ():
        console.print(f"  gone on with {time_text(resumed['at'])} by {resumed['actor']}", style="dim")
        for name, what in resumed["mended"].items():
            console.print(f"    {name} mended: {'; '.join(what['reasons'])}", style="dim", soft_wrap=True)
        for name, reasons in resumed["kept"].items():
            said = f"{name} kept, though changed since: {'; '.join(reasons)}"
            console.print(f"    {said}", style="yellow", soft_wrap=True)


def print_end(console: Console, state: dict[str, Any]) -> None:
    """Print what a person wants to know when the run that they watched has ended."""
    console.print()
    _print_headline(console, state)
    if is_sweep(state):
        print_combinations(console, state)
    _print_failures(console, state)


def _print_stages(console: Console, state: dict[str, Any]) -> None:
    table = plain_table(
        "stage",
        "outcome",
        "took",
        "cpu",
        "memory",
        "tries",
        "result",
        right=("took", "cpu", "memory", "tries"),
    )
    for entry in state["stages"]:
        table.add_row(
            entry["name"],
            marked(entry_word(state, entry)),
            seconds_text(entry.get("seconds")),
            seconds_text(entry.get("cpu_seconds")),
            bytes_text(entry.get("peak_memory_bytes")),
            str(entry.get("attempts") or "–"),
            entry.get("reason") or outputs_text(entry.get("outputs") or {}),
        )
    console.print(table)


def next_steps(state: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the commands that come next, each with what it does."""
    run, outcome = state["run"], state["outcome"]
    bad = [entry for entry in state["stages"] if failed(entry)]
    steps = [(f"workbench show {run} {entry['name']}", f"all about {entry['name']}") for entry in bad[:3]]
    if outcome is None:
        return [*steps, (f"workbench resume {run}", "go on with it, should its runner have vanished")]
    if outcome == Outcome.REJECTED or Outcome(outcome).is_success:
        steps.append((f"workbench show {run}", "what happened"))
        if _made_models(state):
            steps.append(("workbench models", "versions and champions"))
        return steps
    opens = [(f"workbench open {run} {e['name']}", "mend it in JupyterLab, on its inputs") for e in bad[:1]]
    return [*steps, *opens, (f"workbench resume {run}", "go on from there, once mended")]


def _print_headline(console: Console, state: dict[str, Any]) -> None:
    from rich.text import Text

    word = state["outcome"] or RUNNING
    took = f" in {seconds_text(state['seconds'])}" if state.get("seconds") is not None else ""
    console.print(
        Text.assemble(
            mark_of(word), (f" {state['pipeline']} {word}{took}", "bold"), (f"  run {state['run']}", "dim")
        )
    )
    if state.get("reason") and not any(map(failed, state["stages"])):
        console.print(Text(f"  {state['reason']}"))
    console.print(Text(f"  {_counts(state)}", style="dim"))


def _print_failures(console: Console, state: dict[str, Any]) -> None:
    for entry in state["stages"]:
        if failed(entry):
            print_failure(console, entry)


def _counts(state: dict[str, Any]) -> str:
    counts = Counter(entry_word(state, entry) for entry in state["stages"])
    parts = ", ".join(f"{number} {word}" for word, number in counts.items())
    return f"{plural(len(state['stages']), 'stage')}: {parts}" if parts else "no stages"


def _made_models(state: dict[str, Any]) -> bool:
    saved = (record for entry in state["stages"] for record in entry["outputs"].values())
    return any(record.get("kind") == "model" for record in saved)
