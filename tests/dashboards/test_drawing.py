from __future__ import annotations

from typing import Any

import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import Drawing, Tabs, block, figure, put, shown, tabbed


def drawing(name: str, values: list[float], *more: Any) -> Drawing:
    """Return words, a figure and what comes after."""
    made = figure(x="time", y=name)
    made.line(list(range(len(values))), values)
    title = shown(made, title=f"{name} over time", name=name, note=f"note of {name}")
    return Drawing(block(Markup(f"<p>{name}</p>")), pn.Spacer(height=8), title, *more)


def test_the_next_drawing_goes_into_the_parts_that_stand() -> None:
    """Words and numbers are the new ones; what saves the figure still finds it."""
    place = pn.Column()
    put(place, drawing("auc", [0.1, 0.2]))
    (standing,) = place
    words, _, title = standing
    put(place, drawing("brier", [0.5, 0.6, 0.7]))
    assert list(place) == [standing]
    assert standing[0] is words
    assert words.object == "<p>brier</p>"
    assert "brier over time" in title[0].object
    assert "note of brier" in title[0].object
    assert f'data-figure="{title.made.name}"' in title[0].object
    assert 'data-file="brier"' in title[0].object
    assert list(title.made.renderers[0].data_source.data["y"]) == [0.5, 0.6, 0.7]


def test_what_cannot_become_another_gives_way() -> None:
    """A part alone where the others can, all of them where there are more or fewer."""
    place = pn.Column()
    put(place, drawing("auc", [0.1, 0.2]))
    (standing,) = place
    other = drawing("brier", [0.5, 0.6])
    other[2].made.scatter([1], [2])
    figure_of_other = other[2]
    put(place, other)
    assert list(place) == [standing]
    assert standing[2] is figure_of_other
    longer = drawing("auc", [0.1], block(Markup("<p>more</p>")))
    put(place, longer)
    assert list(place) == [longer]
    alone = block(Markup("<p>nothing</p>"))
    put(place, alone)
    assert list(place) == [alone]


def test_a_title_with_a_button_of_its_own_is_no_part_that_becomes_another() -> None:
    """The button saves the numbers that it was made for."""
    place = pn.Column()
    first, second = drawing("auc", [0.1])[2], drawing("auc", [0.2])[2]
    for each in (first, second):
        each[0] = pn.Row(each[0], block(Markup("<p>CSV</p>")))
    put(place, first)
    put(place, second)
    assert list(place) == [second]


def test_a_part_is_made_when_it_is_looked_at_and_kept_aside_after() -> None:
    """It stays as wide as it was, and nobody sees or reaches it."""
    made: list[str] = []

    def maker(name: str) -> Any:
        return lambda: made.append(name) or block(Markup(f"<p>{name}</p>"))  # type: ignore[func-returns-value]

    tabs = Tabs(["one", "two"])
    places = tabbed(tabs, [maker("one"), maker("two")])
    assert made == ["one"]
    tabs.value = 1
    assert made == ["one", "two"]
    assert [place.styles["visibility"] for place in places] == ["hidden", "inherit"]
    tabs.value = 0
    assert made == ["one", "two"]
    assert [place.styles["visibility"] for place in places] == ["inherit", "hidden"]
