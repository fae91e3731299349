"""Runs side by side in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workbench.cli.amount import number_text, plural
from workbench.widgets.parts.text import moment

if TYPE_CHECKING:
    from workbench.insight.experiments import Comparison
    from workbench.pipeline.run_diff import RunDiff

_AROUND = 2  # lines that are the same, before and after those that are not


def said(comparison: Comparison, diffs: Sequence[RunDiff]) -> str:
    """Return what was changed from the first run to each of the others, and what came of it."""
    lines = [
        f"{run.id}  {run.pipeline}  {run.state}  {moment(run.started)}  {run.actor}"
        for run in comparison.runs
    ]
    for found in diffs:
        lines += ["", f"{found.difference.new} against {found.difference.old}:", *_changes(found)]
    return "\n".join(lines)


def no_change(found: RunDiff) -> str:
    """Return what is said when nothing was changed."""
    if found.difference.unknown:
        return f"What {', '.join(found.difference.unknown)} ran is not recorded in one of the runs."
    return "The same code, parameters, data and environment."


def change_lines(found: RunDiff) -> list[str]:
    """Return what was changed, a line each."""
    texts = [
        f"{name}: {plural(number, 'cell')} of text or comments differ" for name, number in found.texts.items()
    ]
    hidden = [f"{name}: the code cannot be shown: {why}" for name, why in found.hidden.items()]
    return [*(change.line for change in found.difference.changes), *texts, *hidden]


def near(lines: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Return the lines that differ, with a few around them; what is left out is one line `…`."""
    shown = {
        j
        for i, (sign, _) in enumerate(lines)
        if sign != " "
        for j in range(max(0, i - _AROUND), min(len(lines), i + _AROUND + 1))
    }
    for i, line in enumerate(lines):
        if i in shown:
            yield line
        elif i - 1 in shown or i == 0:
            yield " ", "…"


def _changes(found: RunDiff) -> Iterator[str]:
    changes = change_lines(found)
    yield from (f"  {line}" for line in changes or [no_change(found)])
    for name, cells in found.cells.items():
        for cell in cells:
            yield f"  {name}, cell {cell.new or cell.old} ({cell.change}):"
            yield from (f"    {sign} {text}" for sign, text in near([(n.sign, n.text) for n in cell.lines]))
    effects = found.difference.consequences
    if effects:
        yield "  What came of it:"
    for effect in effects:
        if effect.kind == "metric":
            by = _by(effect.before, effect.after)
            yield (
                f"    {effect.entry}: {effect.name} {number_text(effect.before)} → "
                f"{number_text(effect.after)}{by}"
            )
        else:
            yield f"    {effect.entry}: {effect.text}"


def _by(before: object, after: object) -> str:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return f" ({after - before:+.4g})"
    return ""
