"""Widgets become parameters, and what only a click would run is run once or named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.messy import adopted, code

IMPORTS = """import ipywidgets as widgets
from ipywidgets import interact, interact_manual, interactive_output, fixed
"""


@pytest.mark.parametrize(
    ("widget", "line", "rewritten"),
    [
        (
            "depth_slider = widgets.IntSlider(value=3, min=1, max=9)",
            "depth: Annotated[int, Ge(1), Le(9)] = 3  # was the widget depth_slider",
            "depth_slider = widgets.IntSlider(value=depth, min=1, max=9)",
        ),
        (
            "rate = widgets.FloatText(0.5, description='Rate:')",
            "rate_value: float = 0.5  # Rate",
            "rate = widgets.FloatText(rate_value, description='Rate:')",
        ),
        (
            "kind = widgets.Dropdown(options=['a', 'b'], value='b')",
            'kind_value: Literal["a", "b"] = "b"  # was the widget kind',
            "kind = widgets.Dropdown(options=['a', 'b'], value=kind_value)",
        ),
        (
            "kind = widgets.RadioButtons(options=[('A', 1), ('B', 2)])",
            "kind_value: Literal[1, 2] = 1  # was the widget kind",
            "kind = widgets.RadioButtons(options=[('A', 1), ('B', 2)], value=kind_value)",
        ),
        (
            "on = widgets.Checkbox()",
            "on_value: bool = False  # was the widget on",
            "on = widgets.Checkbox(value=on_value)",
        ),
    ],
)
def test_a_widgets_value_becomes_a_parameter(root: Path, widget: str, line: str, rewritten: str) -> None:
    """With its bounds or choices; the widget itself stays, for whoever opens the notebook."""
    proposal = adopted(root, IMPORTS, widget)
    assert [setting.line for setting in proposal.settings] == [line]
    assert code(proposal)[1] == rewritten


@pytest.mark.parametrize(
    ("source", "call", "lines"),
    [
        (
            "@interact(n=(1, 9), kind=['a', 'b'])\ndef plot(n=3, kind='b'):\n    pass",
            "def plot(n=3, kind='b'):\n    pass\n\nplot(n=n, kind=kind)",
            ["n: Annotated[int, Ge(1), Le(9)] = 3  # of plot", 'kind: Literal["a", "b"] = "b"  # of plot'],
        ),
        (
            "def plot(n, on):\n    pass\ninteract(plot, n=(0, 10), on=True);",
            "def plot(n, on):\n    pass\nplot(n=n, on=on);",
            ["n: Annotated[int, Ge(0), Le(10)] = 5  # of plot", "on: bool = True  # of plot"],
        ),
        (
            "def plot(n, t):\n    pass\nw = interact_manual(plot, n=widgets.IntText(2), t=fixed([1]))",
            "def plot(n, t):\n    pass\nw = plot(n=n, t=[1])",
            ["n: int = 2  # of plot"],
        ),
        (
            "@interact\ndef plot(n=3):\n    pass",
            "def plot(n=3):\n    pass\n\nplot(n=n)",
            ["n: int = 3  # of plot"],
        ),
        (
            "n = len('a')\n@interact(n=(1, 9))\ndef plot(n):\n    pass",
            "n = len('a')\ndef plot(n):\n    pass\n\nplot(n=plot_n)",
            ["plot_n: Annotated[int, Ge(1), Le(9)] = 5  # of plot"],
        ),
    ],
)
def test_interact_becomes_one_call(root: Path, source: str, call: str, lines: list[str]) -> None:
    """Headless, `interact` would swallow the errors of what it calls."""
    proposal = adopted(root, IMPORTS, source)
    assert code(proposal)[1] == call
    assert [setting.line for setting in proposal.settings] == lines


def test_interactive_output_becomes_a_call_with_the_widgets_values(root: Path) -> None:
    """The widgets stand, with parameters as their values."""
    source = "n = widgets.IntText(2)\ndef f(a):\n    pass\nout = interactive_output(f, {'a': n})"
    assert code(adopted(root, IMPORTS, source))[1].endswith("out = f(a=n.value)")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("b = widgets.Button()\nb.on_click(print)", "waits for a click"),
        ("x = len('a')\ninteract(print, n=x)", "left as it is"),
        ("n = widgets.IntText(value=len('a'))", "made at run time"),
        ("out = widgets.Output()\nwith out:\n    1 / 0", "unnoticed"),
    ],
)
def test_what_is_left_is_named(root: Path, source: str, words: str) -> None:
    """With what it means headless."""
    proposal = adopted(root, IMPORTS, source)
    assert [words in f.text for f in proposal.findings if f.kind == "widget"] == [True]
    assert code(proposal)[1] == source
