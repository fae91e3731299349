"""Tells of one stage of a run: how it ended, what it read, saved and measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.cli.amount import bytes_text, count_text, number_text, plural, seconds_text
from workbench.cli.cell_source import cell_source
from workbench.cli.mark import entry_word, marked
from workbench.cli.output import plain_table, print_next
from workbench.pipeline.outcome import Outcome

if TYPE_CHECKING:
    from rich.console import Console


def print_stage(console: Console, run: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
    """Print everything about one entry, the whole traceback included."""
    from rich.text import Text

    console.print(
        Text.assemble(
            (entry["name"], "bold"), "  ", marked(entry_word(run, entry)), (f"  run {run['run']}", "dim")
        )
    )
    _print_facts(console, entry)
    _print_records(console, "read", entry.get("inputs") or {})
    _print_records(console, "saved", entry.get("outputs") or {})
    parameters, metrics = entry.get("parameters") or {}, entry.get("metrics") or {}
    _print_values(console, "parameter", {name: str(value) for name, value in parameters.items()})
    if metrics:
        print_metrics(console, "metric", metrics)
    _print_about(console, entry)
    if failed(entry):
        print_failure(console, entry, whole=True)
        print_next(
            console,
            (f"workbench open {run['run']} {entry['name']}", "that stage in JupyterLab, with its inputs"),
            (f"workbench resume {run['run']}", "go on from there, once mended"),
        )


def failed(entry: Mapping[str, Any]) -> bool:
    """Whether an entry was tried and did not succeed."""
    outcome = entry["outcome"]
    return bool(outcome) and outcome != Outcome.SKIPPED and not Outcome(outcome).is_success


def _print_about(console: Console, entry: Mapping[str, Any]) -> None:
    """Print how a result came about, where that was out of the ordinary."""
    behind, by_hand = entry.get("checkpoint"), entry.get("interactive")
    if behind:
        said = f"begun behind the checkpoint {behind['name']!r}, which run {behind['run']} kept"
        console.print(f"  {said}", style="yellow")
    if by_hand:
        console.print(f"  committed by {by_hand} from a session, not by a runner", style="yellow")


def print_failure(console: Console, entry: Mapping[str, Any], *, whole: bool = False) -> None:
    """Print how an entry failed: its cell's source and the error; with `whole`, the traceback too."""
    from rich.text import Text

    error = entry.get("error") or {}
    cell = error.get("cell")
    place = f", cell {cell}" if cell else ""
    console.print()
    console.print(Text.assemble(marked(entry["outcome"]), (f"  {entry['name']}{place}", "bold")))
    if entry.get("notebook"):
        console.print(Text(f"  {entry['notebook']}", style="dim"))
    source = cell_source(entry.get("notebook"), cell)
    for line in (source or "").rstrip().splitlines():
        console.print(Text(f"  │ {line}", style="cyan"), soft_wrap=True)
    if error:
        console.print(Text(f"  {error['ename']}: {error['evalue']}", style="red"), soft_wrap=True)
    elif entry.get("reason"):
        console.print(Text(f"  {entry['reason']}"), soft_wrap=True)
    if entry.get("difference"):
        from workbench.registry.compared import difference_words

        for line in difference_words(entry["difference"]):
            console.print(Text(f"  {line}"), soft_wrap=True)
    if whole and error.get("traceback"):
        console.print()
        console.print(Text(error["traceback"].rstrip()), soft_wrap=True)


def print_metrics(console: Console, title: str, metrics: Mapping[str, float]) -> None:
    """Print metrics under a title, in the order in which they were logged.

    Where a name is another metric's with somebody before it, as `logistic_auc` beside `auc`, each of those
    gets a row of its own below the candidate's.
    """
    others = {name: pair for name in metrics if (pair := _whose(name, metrics))}
    columns = dict.fromkeys(metric for _, metric in others.values())
    alone = [name for name in metrics if name not in others and name not in columns]
    _print_values(console, title, {name: number_text(metrics[name]) for name in alone})
    if others:
        value = {pair: number_text(metrics[name]) for name, pair in others.items()}
        value |= {("candidate", metric): number_text(metrics[metric]) for metric in columns}
        table = plain_table(title, *columns, right=tuple(columns))
        for who in dict.fromkeys(["candidate", *(who for who, _ in others.values())]):
            table.add_row(who, *(value.get((who, column), "–") for column in columns))
        console.print(table)


def _whose(name: str, metrics: Mapping[str, float]) -> tuple[str, str] | None:
    ends = (metric for metric in metrics if name.endswith(f"_{metric}"))
    metric = max(ends, key=len, default=None)
    return (name.removesuffix(f"_{metric}"), metric) if metric else None


def outputs_text(outputs: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the saved things on one line: `features 336,776 rows v3, candidate model`."""
    return ", ".join(f"{name} {_about(record)}".strip() for name, record in outputs.items())


def _about(record: Mapping[str, Any]) -> str:
    version = f"v{record['version']}" if record.get("version") is not None else ""
    rows = plural(record["rows"], "row") if record.get("rows") is not None else ""
    kind = "" if record.get("kind") == "dataset" else str(record.get("kind") or "")
    return " ".join(part for part in (kind, rows, version) if part)


def _print_facts(console: Console, entry: Mapping[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    facts = {
        "why": entry.get("reason"),
        "took": seconds_text(entry.get("seconds")),
        "cpu": seconds_text(entry.get("cpu_seconds")),
        "memory": bytes_text(entry.get("peak_memory_bytes")),
        "attempts": entry.get("attempts"),
        "notebook": entry.get("notebook"),
    }
    for name, value in facts.items():
        if value not in (None, "", "–"):
            grid.add_row(Text(f"  {name}", style="dim"), Text(str(value), overflow="fold"))
    console.print(grid)


def _print_records(console: Console, title: str, records: Mapping[str, Mapping[str, Any]]) -> None:
    if not records:
        return
    table = plain_table(title, "kind", "version", "rows", "fingerprint", right=("version", "rows"))
    for name, record in records.items():
        version = record.get("version")
        table.add_row(
            name,
            str(record.get("kind") or "–"),
            "–" if version is None else str(version),
            count_text(record.get("rows")),
            str(record.get("fingerprint") or "–")[:12],
        )
    console.print(table)


def _print_values(console: Console, title: str, values: Mapping[str, str]) -> None:
    if not values:
        return
    table = plain_table(title, "value", right=("value",))
    for name, value in values.items():
        table.add_row(name, value)
    console.print(table)
