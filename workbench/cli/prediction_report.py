"""Tells of one answered row: what was asked, what was answered, by which version, and what came true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.cli.amount import number_text, plural, time_text
from workbench.cli.output import plain_table
from workbench.registry.share import share_text

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.registry import Deployment
    from workbench.serving.log import Prediction

_PER_LINE = 4  # columns of the model


def print_prediction(console: Console, found: Prediction, then: Deployment) -> None:
    """Print a row of the prediction log.

    Args:
        console: where to.
        found: the row.
        then: which versions served when it was answered.
    """
    from rich.text import Text

    console.print(Text(f"prediction {found.prediction_id}", style="bold"), soft_wrap=True)
    console.print(
        Text.assemble(
            f"  {found.model} version {found.version} answered ",
            (answer_text(found), "bold green"),
            f" as {found.arm}{_share_text(found, then)}",
        ),
        soft_wrap=True,
    )
    who = f" to {found.caller}" if found.caller else ""
    console.print(Text(f"  {time_text(found.at)}{who}, after {found.latency_us / 1000:.2f} ms"))
    if found.entity is not None:
        console.print(Text(f"  about {found.entity}"), soft_wrap=True)
    console.print(_truth(found), soft_wrap=True)
    for shadow in found.shadows:
        told = f"  its shadow, version {shadow.version}, said {answer_text(shadow)}"
        console.print(Text(told, style="dim"), soft_wrap=True)
    _print_features(console, found)
    console.print()


def answer_text(found: Prediction) -> str:
    """Return what a row was answered with."""
    if found.score is None:
        return found.answer or "nothing"
    return ", ".join(number_text(value) for value in found.score)


def _share_text(found: Prediction, then: Deployment) -> str:
    if found.arm == "challenger" and then.challenger == found.version:
        return f", which got {share_text(then.share)} of the traffic then"
    return ""


def _truth(found: Prediction) -> Any:
    from rich.text import Text

    if found.label is None:
        return Text("  what came true is not known yet", style="dim")
    return Text(f"  what came true: {number_text(found.label)}, known on {time_text(found.labelled_at)}")


def _print_features(console: Console, found: Prediction) -> None:
    if not found.features:
        return
    table = plain_table(*["", ""] * _PER_LINE)
    table.show_header = False
    cells = [text for name, value in found.features.items() for text in (name, _value_text(value))]
    for start in range(0, len(cells), 2 * _PER_LINE):
        table.add_row(*cells[start : start + 2 * _PER_LINE])
    console.print(f"  {plural(len(found.features), 'column')}:", style="dim")
    console.print(table)


def _value_text(value: Any) -> str:
    return "missing" if value is None else number_text(value)
