"""Figures as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from workbench.dashboards.app.components import figure, legend_above
from workbench.dashboards.app.components.figures import set_narrow


def drawn(*labels: str) -> Any:
    """Return a figure of time with a line for each label."""
    made = figure(x="Time", y="auc", x_axis_type="datetime")
    for label in labels:
        made.line([datetime(2026, 3, 2, tzinfo=UTC)], [0.7], legend_label=label)
    return made


def test_a_single_moment_stands_in_its_day() -> None:
    """Not in the microseconds around it, as Bokeh has it by itself."""
    made = drawn("one")
    assert made.x_range.default_span == 24 * 3600 * 1000
    assert made.y_range.default_span == 2.0


@pytest.mark.parametrize(
    ("narrow", "labels", "columns"),
    [
        (False, ["predictions of version 1", "predictions of version 2", "truths (late)"], "auto"),
        (True, ["predictions of version 1", "predictions of version 2", "truths (late)"], 1),
        (True, ["version 1, p99", "version 1, p50", "version 2, p99", "version 2, p50"], 2),
        (True, ["training saw", "this window"], "auto"),
    ],
)
def test_a_legend_stands_above_and_breaks_where_the_screen_ends(
    narrow: bool, labels: list[str], columns: str | int
) -> None:
    """Neither does it cover points, nor is it cut."""
    with set_curdoc(Document()):
        set_narrow(narrow=narrow)
        made = drawn(*labels)
        legend_above(made)
    (legend,) = made.legend
    assert legend in made.above
    assert legend not in made.center
    assert legend.ncols == columns
