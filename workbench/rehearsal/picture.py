"""The timeline as a picture: how good the answers were, who gave them, and what happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.rehearsal import lanes
from workbench.rehearsal.lanes import INK, LINE, QUIET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workbench.rehearsal.comparison import Comparison, Difference, Week
    from workbench.rehearsal.timeline import Timeline

SERVED, FIRST = "#1f5f99", "#8a93a3"
_GAIN, _LOSS = "#2e8b57", "#c0392b"
_NAMES = {
    "auc": "AUC",
    "log_loss": "Log loss",
    "mae": "Mean absolute error",
    "rmse": "Root mean square error",
}


def draw(timeline: Timeline) -> Figure:
    """Return the picture: weekly metrics above, who served and what happened below, on one time axis."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(
        {"font.size": 10, "font.family": "sans-serif", "axes.edgecolor": LINE, "text.color": INK}
    ):
        figure = Figure(figsize=(13, 10.4), facecolor="white")
        grid = figure.add_gridspec(
            4, 1, height_ratios=(3, 3, 1.1, 2.9), left=0.085, right=0.875, top=0.88, bottom=0.055, hspace=0.13
        )
        upper, middle = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
        gains, lower = figure.add_subplot(grid[2]), figure.add_subplot(grid[3])
        _title(figure, timeline)
        if timeline.comparison is None:
            _silent(upper, timeline.missing)
            _silent(middle, "")
            _silent(gains, "")
        else:
            for axes, each in zip((upper, middle), timeline.comparison.differences, strict=True):
                _curves(axes, timeline, timeline.comparison, each)
            _gains(gains, timeline, timeline.comparison)
        lanes.draw(lower, timeline)
        for axes in (upper, middle, gains):
            _behind(axes, timeline)
            axes.tick_params(labelbottom=False, bottom=False)
        for axes in (upper, middle, gains, lower):
            _time_axis(axes, timeline)
    return figure


def _title(figure: Figure, timeline: Timeline) -> None:
    figure.text(0.085, 0.955, timeline.title, fontsize=17, fontweight="bold")
    figure.text(0.085, 0.918, timeline.sentence, fontsize=11, color=QUIET)


def _curves(axes: Any, timeline: Timeline, comparison: Comparison, each: Difference) -> None:
    metric = each.metric
    weeks = comparison.weeks
    times = [_middle(week, timeline) for week in weeks]
    served, first = _values(weeks, "served", metric), _values(weeks, "first", metric)
    higher = each.better == "higher"
    for colour, wins in ((_GAIN, higher), (_LOSS, not higher)):
        where = served >= first if wins else served <= first
        axes.fill_between(
            times, served, first, where=where, color=colour, alpha=0.16, linewidth=0, interpolate=True
        )
    axes.plot(times, first, color=FIRST, linewidth=1.6, linestyle=(0, (4, 2)), zorder=3)
    axes.plot(times, served, color=SERVED, linewidth=2.2, marker="o", markersize=3.6, zorder=4)
    axes.set_ylabel(f"{_NAMES.get(metric, metric)}\n{each.better} is better", color=QUIET, fontsize=9.5)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.grid(axis="y", color=LINE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0, labelcolor=QUIET, labelsize=9)
    _beside(axes, comparison, each)


def _gains(axes: Any, timeline: Timeline, comparison: Comparison) -> None:
    """Draw by how much each week was better than the first version alone would have been."""
    import numpy as np

    each = comparison.differences[-1]
    served, first = (_values(comparison.weeks, side, each.metric) for side in ("served", "first"))
    gain = np.nan_to_num(served - first if each.better == "higher" else first - served)
    times = [_middle(week, timeline) for week in comparison.weeks]
    axes.bar(
        times, gain, width=timedelta(days=4.6), color=[_GAIN if g >= 0 else _LOSS for g in gain], alpha=0.75
    )
    axes.axhline(0, color=QUIET, linewidth=0.8)
    axes.set_ylabel("better by", color=QUIET, fontsize=9.5)
    axes.spines[["top", "right", "bottom", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=QUIET, labelsize=8.5)
    axes.locator_params(axis="y", nbins=3)
    told = f"{_NAMES.get(each.metric, each.metric).lower()},\nweek by week"
    axes.text(1.015, 0.5, told, transform=axes.transAxes, color=QUIET, fontsize=9, va="center")


def _middle(week: Week, timeline: Timeline) -> datetime:
    """Return the middle of that part of a week which the timeline is about."""
    begins = max(week.begins, timeline.since)
    return begins + (min(week.begins + timedelta(days=7), timeline.until) - begins) / 2


def _values(weeks: Sequence[Week], side: str, metric: str) -> Any:
    import numpy as np

    return np.array([getattr(week, side)[metric] for week in weeks], dtype=np.float64)


def _beside(axes: Any, comparison: Comparison, each: Difference) -> None:
    """Write the numbers of the whole time at the right of the curves."""
    tone = {"better": _GAIN, "worse": _LOSS}.get(each.says, QUIET)
    lines = (
        (0.93, f"{each.served:.4f}", SERVED, 14, "bold"),
        (0.83, "what answered", SERVED, 9, "normal"),
        (0.68, f"{each.first:.4f}", FIRST, 14, "bold"),
        (0.58, f"version {comparison.first} alone", FIRST, 9, "normal"),
        (0.41, _signed(each.difference), tone, 14, "bold"),
        (0.31, f"{_signed(each.lower)} to {_signed(each.upper)}", tone, 9, "normal"),
        (0.22, f"{comparison.confidence:.0%} interval,", QUIET, 8.5, "normal"),
        (0.14, f"{comparison.blocks} blocks of {comparison.block}", QUIET, 8.5, "normal"),
    )
    for height, text, colour, size, weight in lines:
        axes.text(
            1.015,
            height,
            text,
            transform=axes.transAxes,
            color=colour,
            fontsize=size,
            fontweight=weight,
            va="center",
        )


def _signed(number: float) -> str:
    return f"{number:+.4f}".replace("-", "−")


def _silent(axes: Any, words: str) -> None:
    axes.set_yticks([])
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", color=QUIET, wrap=True)


def _behind(axes: Any, timeline: Timeline) -> None:
    """Tint the time in which each version was champion, and mark where it changed."""
    for each in timeline.champions:
        axes.axvspan(
            each.since, each.until, color=lanes.colour_of(each.version), alpha=0.09, linewidth=0, zorder=0
        )
    for each in timeline.champions[1:]:
        axes.axvline(each.since, color=lanes.colour_of(each.version), linewidth=1, alpha=0.7, zorder=1)


def _time_axis(axes: Any, timeline: Timeline) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    zone = ZoneInfo(timeline.timezone)
    locator = AutoDateLocator(zone, minticks=4, maxticks=13)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, zone, show_offset=False))
    axes.set_xlim(timeline.since, timeline.until)
    axes.tick_params(axis="x", colors=QUIET, labelsize=9.5, length=0)
