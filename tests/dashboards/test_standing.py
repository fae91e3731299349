from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, PlainText, Span

from workbench.dashboards.app.components import figure
from workbench.dashboards.app.components.standing import renew


def drawn(values: list[float], *, y: str = "auc", labels: tuple[str, ...] = ("a", "b")) -> Any:
    """Return a figure with a line, points, a limit and names on its axis."""
    made = figure(x="time", y=y)
    source = ColumnDataSource({"x": np.arange(len(values)), "y": np.array(values)})
    made.line("x", "y", source=source, legend_label=y)
    made.scatter("x", "y", source=source)
    made.add_layout(Span(location=max(values), dimension="width"))
    made.xaxis.ticker = list(range(len(labels)))
    made.xaxis.major_label_overrides = {n: PlainText(text=name) for n, name in enumerate(labels)}
    return made


def source_of(made: Any) -> Any:
    return made.renderers[0].data_source


def test_a_figure_takes_the_numbers_of_another_and_keeps_its_models() -> None:
    """Data, words of axes and legend, limits and labels; whoever scrolled sees all of it again."""
    standing = drawn([0.1, 0.2])
    before = {model.id for model in standing.references()} - {standing.x_range.id, standing.y_range.id}
    source = source_of(standing)
    scrolled = standing.x_range
    new = drawn([0.5, 0.9, 0.7], y="brier", labels=("a", "c", "d"))
    assert renew(standing, new)
    assert source_of(standing) is source
    assert list(source.data["y"]) == [0.5, 0.9, 0.7]
    assert standing.yaxis[0].axis_label == "brier"
    assert standing.legend[0].items[0].label.value == "brier"
    assert standing.select(type=Span)[0].location == 0.9
    assert [text.text for text in standing.xaxis[0].major_label_overrides.values()] == ["a", "c", "d"]
    assert standing.xaxis[0].ticker.ticks == [0, 1, 2]
    assert standing.x_range is not scrolled
    kept = {model.id for model in standing.references()}
    assert len(before - kept) <= 2  # the names on the axis


def test_a_figure_of_other_parts_is_left_alone() -> None:
    """One renderer more, or another kind of one: the caller shows the other figure."""
    standing = drawn([0.1, 0.2])
    more = drawn([0.5, 0.9])
    more.line([1, 2], [3, 4])
    assert not renew(standing, more)
    other = figure(x="time", y="auc")
    other.scatter([1], [2])
    assert not renew(standing, other)
    assert list(source_of(standing).data["y"]) == [0.1, 0.2]
    assert standing.yaxis[0].axis_label == "auc"


def test_what_is_shared_stays_shared() -> None:
    """Two renderers of one source are no two renderers of two sources."""
    standing = drawn([0.1, 0.2])
    apart = drawn([0.3, 0.4])
    apart.renderers[1].data_source = ColumnDataSource({"x": [1], "y": [2]})
    assert not renew(standing, apart)


def test_a_click_means_what_it_means_in_the_new_figure() -> None:
    """What was to happen on the old one is forgotten."""
    told: list[str] = []
    standing, new = drawn([0.1, 0.2]), drawn([0.3, 0.4])
    standing.on_event("tap", lambda _: told.append("old"))
    new.on_event("tap", lambda _: told.append("new"))
    assert renew(standing, new)
    for callback in standing._event_callbacks["tap"]:
        callback(None)
    assert told == ["new"]
