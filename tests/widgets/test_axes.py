from __future__ import annotations

import math
import re

import pytest

from workbench.widgets.parts.axes import Axes
from workbench.widgets.parts.tiles import legend, share_bar, tiles

ATTACK = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "ends", [(0.0, 1.0), (5.0, 5.0), (0.0, 0.0), (-3e-7, 2e-7), (1e9, 3e9), (-1.0, -0.2)]
)
def test_any_range_has_some_round_numbers(ends: tuple[float, float]) -> None:
    """Between two and a dozen, each within the range, whatever its size."""
    svg = str(Axes("a line", x="x", y="y", across=ends, up=ends).svg())
    names = re.findall(r'class="wb-tick"[^>]*>([^<]*)<', svg)
    numbers = [float(name.replace(",", "")) for name in names]
    assert 4 <= len(numbers) <= 26
    assert all(math.isfinite(number) for number in numbers)


def test_where_nothing_is_known_a_line_is_interrupted() -> None:
    """And what lies beyond the range stays at its edge."""
    axes = Axes("a line", x="x", y="y", across=(0, 4), up=(0, 1))
    axes.line([0, 1, 2, 3, 4], [0.0, None, float("nan"), 1.0, 99.0])
    path = re.search(r' d="([^"]*)"', str(axes.svg()))
    assert path is not None
    assert path[1].count("M") == 2
    assert path[1].count("L") == 1
    assert all(-10 <= float(y) <= 250 for y in re.findall(r",([\d.-]+)", path[1]))


def test_steps_keep_a_value_until_the_next() -> None:
    """As the best so far does."""
    axes = Axes("best", x="trial", y="value", across=(0, 2), up=(0, 2))
    axes.steps([0, 1, 2], [None, 2.0, 1.0])
    path = re.search(r' d="([^"]*)"', str(axes.svg()))
    assert path is not None
    assert path[1].count("L") == 2


def test_words_are_text() -> None:
    """Of axes, points, tiles, keys and bars."""
    axes = Axes(ATTACK, x=ATTACK, y=ATTACK, across=(0, 1), up=(0, 1))
    axes.points([0.5], [0.5], titles=[ATTACK])
    axes.points([0.5], [0.5], titles=[ATTACK], crossed=True)
    made = axes.svg([(0.5, ATTACK)]) + tiles([(ATTACK, ATTACK, ATTACK)]) + legend([("brand", ATTACK)])
    made += share_bar(0.5, ATTACK) + share_bar(None, ATTACK) + share_bar(7.0, ATTACK)
    assert ATTACK not in made
    assert "width:100.0%" in made
