"""The lower part of the picture: one lane each for champions, challengers, alerts, trainings, decisions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.registry.share import share_text
from workbench.registry.version import CHALLENGER
from workbench.rehearsal.moment import (
    ALERT,
    FAILURE,
    OVERRIDE,
    PROMOTION,
    REFUSAL,
    RETRAINING,
    ROLLBACK,
    WITHDRAWAL,
)

if TYPE_CHECKING:
    from workbench.rehearsal.moment import Moment
    from workbench.rehearsal.reign import Reign
    from workbench.rehearsal.timeline import Timeline

INK, QUIET, LINE = "#1b2130", "#5c6575", "#dfe3ea"
_RED, _GREEN, _AMBER, _BLUE = "#c0392b", "#2e8b57", "#c77d0a", "#1f5f99"
_VERSIONS = ("#4e79a7", "#e08a2c", "#59a14f", "#b07aa1", "#3f9c9c", "#c9a227", "#d1605e", "#8c6d5a")
_LANES = ("Champion", "Challenger", "Alerts", "Training", "Decisions")
_MARKS = {
    RETRAINING: ("o", _BLUE, "trained"),
    REFUSAL: ("X", _AMBER, "refused by a gate"),
    FAILURE: ("x", _RED, "training failed"),
    PROMOTION: ("^", _GREEN, "promoted"),
    ROLLBACK: ("v", _RED, "rolled back"),
    WITHDRAWAL: ("d", _AMBER, "withdrawn"),
    OVERRIDE: ("s", "#6b4fa0", "by hand"),
}
_LANE_OF = {RETRAINING: 3, REFUSAL: 3, FAILURE: 3, PROMOTION: 4, ROLLBACK: 4, WITHDRAWAL: 4, OVERRIDE: 4}
_LEAST = 0.006  # of the axis: the width of an alert that was over at once
_HEIGHT = 0.56  # of a lane


def colour_of(version: int) -> str:
    """Return a version's colour; after so many it comes again."""
    return _VERSIONS[(version - 1) % len(_VERSIONS)]


def draw(axes: Any, timeline: Timeline) -> None:
    """Draw the lanes, the first on top."""
    axes.set_ylim(len(_LANES) - 0.5, -0.5)
    axes.set_yticks(range(len(_LANES)), _LANES)
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=10, pad=12)
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    for lane in range(len(_LANES)):
        axes.axhspan(lane - 0.5, lane + 0.5, color="#f4f6f9" if lane % 2 else "white", zorder=0, linewidth=0)
    for reign in (*timeline.champions, *(each for each in timeline.reigns if each.alias == CHALLENGER)):
        _draw_reign(axes, reign, timeline)
    _draw_alerts(axes, timeline)
    ended = {each.run for each in timeline.moments if each.kind in (REFUSAL, FAILURE) and each.run}
    for moment in timeline.moments:
        if moment.kind in _MARKS and not (moment.kind == RETRAINING and moment.run in ended):
            _draw_mark(axes, moment)
    _draw_legend(axes, timeline)


def _draw_reign(axes: Any, reign: Reign, timeline: Timeline) -> None:
    lane = 1 if reign.alias == CHALLENGER else 0
    strong = 1.0 if lane == 0 else 0.35 + 0.65 * reign.share
    axes.broken_barh(
        [(reign.since, reign.until - reign.since)],
        (lane - _HEIGHT / 2, _HEIGHT),
        facecolor=colour_of(reign.version),
        alpha=strong,
        linewidth=0,
    )
    wide = (reign.until - reign.since) / (timeline.until - timeline.since)
    name = f"version {reign.version}" if wide > 0.06 else f"v{reign.version}"
    told = f"{name} · {share_text(reign.share)}" if lane == 1 and wide > 0.11 else name
    if wide > 0.012:
        axes.text(
            _middle(reign.since, reign.until),
            lane,
            told,
            ha="center",
            va="center",
            color="white" if strong > 0.6 else INK,
            fontsize=9 if wide > 0.03 else 7.5,
            fontweight="bold",
            clip_on=True,
        )


def _draw_alerts(axes: Any, timeline: Timeline) -> None:
    """Draw each alert from when it fired to when it was resolved, those of one rule in one row."""
    fired = [moment for moment in timeline.moments if moment.kind == ALERT]
    rules = list(dict.fromkeys(_rule(moment) for moment in fired))
    least = (timeline.until - timeline.since) * _LEAST
    for moment in fired:
        high = _HEIGHT * 1.3 / len(rules)
        top = 2 - _HEIGHT * 0.65 + rules.index(_rule(moment)) * high
        ends = max(min(moment.until or timeline.until, timeline.until), moment.at + least)
        spans = [(moment.at, ends - moment.at)]
        axes.broken_barh(spans, (top, high * 0.9), facecolor=_RED, alpha=0.22, linewidth=0)
        axes.plot([moment.at] * 2, [top, top + high * 0.9], color=_RED, linewidth=2, clip_on=False)


def _rule(moment: Moment) -> str:
    return moment.what.partition(":")[0].rpartition("-")[0]


def _draw_mark(axes: Any, moment: Moment) -> None:
    mark, colour, _ = _MARKS[moment.kind]
    lane = _LANE_OF[moment.kind]
    axes.plot([moment.at], [lane], mark, color=colour, markersize=9, zorder=4, mec="white", clip_on=False)
    if moment.version is not None:
        axes.annotate(
            f"v{moment.version}",
            (moment.at, lane),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=QUIET,
        )


def _draw_legend(axes: Any, timeline: Timeline) -> None:
    from matplotlib.lines import Line2D

    there = {moment.kind for moment in timeline.moments}
    handles = [
        Line2D([], [], marker=mark, color=colour, linestyle="none", markersize=8, mec="white", label=words)
        for kind, (mark, colour, words) in _MARKS.items()
        if kind in there
    ]
    if handles:
        axes.legend(
            handles=handles,
            loc="center left",
            bbox_to_anchor=(1.0, 0.3),
            frameon=False,
            fontsize=9,
            labelcolor=QUIET,
        )


def _middle(since: datetime, until: datetime) -> datetime:
    return since + (until - since) / 2
