"""Tells of a sweep: one line for each combination, what was varied and what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.cli.amount import number_text, seconds_text
from workbench.cli.mark import entry_word, marked
from workbench.cli.output import plain_table

if TYPE_CHECKING:
    from rich.console import Console

_MOST_METRICS = 8


def is_sweep(state: dict[str, Any]) -> bool:
    """Return whether a run holds several entries of one stage."""
    entries = state["stages"]
    return len(entries) > 1 and len({entry["stage"] for entry in entries}) == 1


def print_combinations(console: Console, state: Mapping[str, Any]) -> None:
    """Print the combinations of a sweep side by side."""
    entries = state["stages"]
    varied = varied_parameters(entries)
    metrics = list(dict.fromkeys(name for entry in entries for name in entry["metrics"]))[:_MOST_METRICS]
    table = plain_table("entry", *varied, "outcome", "took", *metrics, right=(*varied, "took", *metrics))
    for entry in entries:
        table.add_row(
            entry["name"],
            *(number_text(entry["parameters"].get(name)) for name in varied),
            marked(entry_word(state, entry)),
            seconds_text(entry["seconds"]),
            *(number_text(entry["metrics"].get(name)) for name in metrics),
        )
    console.print(table)


def varied_parameters(entries: Sequence[dict[str, Any]]) -> list[str]:
    """Return the names of the parameters that are not the same in all entries."""
    names = dict.fromkeys(name for entry in entries for name in entry["parameters"])
    return [
        n for n in names if any(e["parameters"].get(n) != entries[0]["parameters"].get(n) for e in entries)
    ]
