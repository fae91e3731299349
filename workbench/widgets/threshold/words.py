"""An operating point in words, for a terminal, a log and a screen reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workbench.widgets.threshold.judged import RATES, Apart, apart

if TYPE_CHECKING:
    from workbench.widgets.threshold.points import Point
    from workbench.widgets.threshold.widget import Threshold

RATE_WORDS = {
    "selection_rate": "called positive",
    "recall": "found",
    "false_positive_rate": "false alarms",
}


def share_words(share: float | None) -> str:
    """Return a share in per cent."""
    return "–" if share is None else f"{100 * share:.3g} %"


def said(threshold: Threshold) -> str:
    """Return everything that a threshold comes to."""
    point, judged = threshold.point, threshold.judged
    lines = [
        f"Threshold {point.threshold:.4g}: {judged.about or 'the rows that were given'}",
        f"  {point.rows:,} rows, {share_words(judged.whole.positives / point.rows)} of them positive"
        + (f"; {judged.left_out:,} without truth or score are left out" if judged.left_out else ""),
        f"  alerts     {point.alerts:.4g} per 1,000 rows",
        f"  precision  {share_words(point.precision)} of what is called positive",
        f"  recall     {share_words(point.recall)} of what is positive is found; {point.missed:,} missed",
        f"  false      {share_words(point.false_positive_rate)} of the rest; {point.false_alarms:,} alarms",
    ]
    if threshold.cost is not None:
        best = threshold.cheapest
        least = threshold.cost.of(judged.whole.at(best))
        lines.append(
            f"  cost       {threshold.cost.of(point):.5g} per 1,000 rows; least {least:.5g}, at {best:.4g}"
        )
    for column in judged.groups:
        points = judged.by_group(column, point.threshold)
        lines.append(f"  by {column}, {len(points)} groups")
        lines += [f"    {apart_words(apart(points, rate), points)}" for rate in RATES]
    return "\n".join(lines)


def apart_words(found: Apart, points: Mapping[str, Point]) -> str:
    """Return how far apart groups are in a rate, and which they are."""
    what = f"{RATE_WORDS[found.rate]:<15}"
    if found.value is None:
        return f"{what} fewer than two groups have it"
    least, most = (f"{name} ({points[name].rows:,} rows)" for name in (found.least, found.greatest))
    return f"{what} {100 * found.value:.3g} points apart: {least} least, {most} most"
