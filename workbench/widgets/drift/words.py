"""A model's drift in words and signs, for a terminal, a log and a screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.insight.drift import DriftCell, DriftMap, MapWindow, PerformancePoint, better
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.widgets.drift.widget import Drift

_FEATURES, _WINDOWS = 8, 40
_SIGNS = {None: " ", Verdict.PASS: "·", Verdict.INCONCLUSIVE: "?", Verdict.FAIL: "✗"}


def said(drift: Drift) -> str:
    """Return what the windows came to: the columns that drifted most, one of them, the performance."""
    found, brief = drift.map, drift.summary
    if not found.windows:
        stage = f"; its stage is {brief.stage}" if brief.is_declared else ""
        return (
            f"{drift.model}: no window was looked at yet{stage}.\n"
            f"  Look at one: workbench monitor {drift.model}"
        )
    lines = [f"{drift.model}: {brief.windows:,} windows, the last {span(found.windows[-1])}"]
    lines += [
        f"  {answer.verdict.mark if answer.verdict else '–'} {answer.question.lower()}: {answer.words}"
        for answer in brief.answers
    ]
    lines += signs(found)
    if drift.cell is not None:
        lines.append(f"  {drift.cell.verdict.mark} {in_words(drift.cell)}")
    lines += performance_words(drift)
    return "\n".join(lines)


def signs(found: DriftMap) -> list[str]:
    """Return the map as signs, those columns first that drifted most often."""
    worst = found.worst_first()[:_FEATURES]
    width = max((len(found.features[place]) for place in worst), default=0)
    shown = range(max(0, len(found.windows) - _WINDOWS), len(found.windows))
    lines = []
    for place in worst:
        row = "".join(_SIGNS[found.verdict_of(place, number)] for number in shown)
        failed = int((found.verdict[place] == 2).sum())
        lines.append(f"    {found.features[place]:<{width}}  {row}  {failed} of {len(found.windows)}")
    more = len(found.features) - len(worst)
    rest = f"; {more} more columns" if more > 0 else ""
    each = "window" if found.every == "window" else f"{found.every}'s worst window"
    return [f"  columns that drifted (✗), are in doubt (?) or stable (·), by {each}{rest}", *lines]


def in_words(cell: DriftCell) -> str:
    """Return what is known of a column in a window."""
    when = f"{day(cell.since)} to {day(cell.until)}"
    method = (
        f" {cell.method_name} {cell.score:.4g}, limit {cell.limit_words}." if cell.score is not None else ""
    )
    note = f" {cell.note[:1].upper()}{cell.note[1:]}." if cell.note and cell.note not in cell.effect else ""
    return f"{cell.feature}, {when}: {cell.effect}{method}{note} {cell.chance}".strip()


def performance_words(drift: Drift) -> list[str]:
    """Return the newest value of each metric that is held to something, or of the model's own."""
    found = drift.performance
    lines = []
    for metric in found.metrics:
        points = [
            point for point in found.of(metric) if point.best is not None and point.best.value is not None
        ]
        if not points:
            continue
        last = points[-1]
        if metric == found.metric or (last.best is not None and last.best.limit is not None):
            lines.append(
                f"  {metric} {value_words(last)}, {day(last.since)} to {day(last.until)}; {better(metric)}"
            )
    return lines


def value_words(point: PerformancePoint) -> str:
    """Return what is known of a metric in a window."""
    best = point.best
    if best is None or best.value is None:
        return "not known"
    bounds = (
        f" ({best.lower:.4g} to {best.upper:.4g})"
        if best.lower is not None and best.upper is not None
        else ""
    )
    limit = f", limit {best.limit:.4g}" if best.limit is not None else ""
    how = " estimated, for the truth is missing" if point.is_estimate else ""
    return f"{best.value:.4g}{bounds}{limit} {best.verdict.mark}{how}"


def span(window: MapWindow) -> str:
    """Return a window's days, with its rows."""
    return f"{day(window.since)} to {day(window.until)}, {window.rows:,} rows"


def day(moment: datetime) -> str:
    """Return a day in the zone of whoever sits here."""
    here = moment.astimezone()
    return f"{here.day} {here:%b %Y}"
