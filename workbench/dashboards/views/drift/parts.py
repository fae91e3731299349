"""What the views of drift share: their style, names of windows, signs and colours of verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import panel as pn
from bokeh.models import PlainText, Span
from markupsafe import Markup

from workbench.dashboards.app.components import Flow, at_once, block, export_button, html, joined, viewer_zone
from workbench.registry.verdict import Verdict

PAGE = "drift"
"""The path of the page."""

MAP, OUTCOMES, PERFORMANCE, SLICES, ALERTS, REPORT = range(6)
"""The places of the tabs."""

BLUE, ORANGE, RED, GREY = "#3b6fd4", "#d9822b", "#c0392f", "#8a92a2"
FIELD = (4, 12, 4, 0)
"""The margin of a field that stands beside others."""
_NAME = 24  # characters that fit beside an axis


@cache
def _sheet() -> str:
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def styled(content: Markup, **settings: Any) -> pn.pane.HTML:
    """Return markup as a block with the style of these views."""
    return block(Markup(f"<style>{_sheet()}</style>") + content, **settings)  # noqa: S704 - the sheet is ours


def column(*parts: Any, **settings: Any) -> pn.Column:
    """Return parts one below the other, as wide as their place."""
    return pn.Column(*parts, **{"sizing_mode": "stretch_width", "margin": 0, **settings})


def beside(*parts: Any, shares: Sequence[int], least: int = 420) -> Flow:
    """Return parts side by side where there is room, one below the other where there is not.

    Args:
        parts: of the page.
        shares: how much of the width each takes.
        least: pixels that each needs before it gets a line of its own.
    """
    for part, share in zip(parts, shares, strict=True):
        part.styles = {"flex": f"{share} 1 min(100%, {least}px)", "min-width": "0", "width": "auto"}
    return Flow(*parts, sizing_mode="stretch_width", margin=0, gap="0 28px")


def with_csv(panel: pn.Column, frame: Callable[[], Any], name: str) -> pn.Column:
    """Put beside the title of a figure what saves its numbers, and return the whole."""
    button = export_button(frame, name, margin=0)
    panel.margin = (8, 0, 16, 0)
    panel[0] = pn.Row(panel[0], button, sizing_mode="stretch_width", margin=0)
    return panel


def listing(heads: Sequence[Any], rows: Iterable[Sequence[Any]], *, name: str) -> Markup:
    """Return a table of a few rows: text or markup.

    Args:
        heads: of its columns.
        rows: their cells.
        name: for who does not see it.
    """
    lines = (
        html("<tr>{cells}</tr>", cells=joined(html("<td>{each}</td>", each=c) for c in row)) for row in rows
    )
    return html(
        '<div class="scroll"><table class="list" aria-label="{name}"><thead><tr>{heads}</tr></thead>'
        "<tbody>{lines}</tbody></table></div>",
        name=name,
        heads=joined(html("<th>{head}</th>", head=head) for head in heads),
        lines=joined(lines),
    )


def span_text(since: datetime, until: datetime) -> str:
    """Return a window as text in the viewer's zone: its days where it has whole ones, else its minutes."""
    zone = viewer_zone()
    begin, end = since.astimezone(zone), until.astimezone(zone)
    if begin.time() == end.time() and (begin.hour, begin.minute) == (0, 0):
        last = end - timedelta(days=1)
        if last.date() == begin.date():
            return f"{begin:%Y-%m-%d}"
        return (
            f"{begin:%Y-%m-%d} to {last:%m-%d}"
            if last.year == begin.year
            else f"{begin:%Y-%m-%d} to {last:%Y-%m-%d}"
        )
    return f"{begin:%Y-%m-%d %H:%M} to {end:%m-%d %H:%M}"


def wall(moment: datetime) -> datetime:
    """Return a moment as Bokeh's axes take it: as it reads on the viewer's wall."""
    return moment.astimezone(viewer_zone()).replace(tzinfo=None)


def cut(name: str, most: int = _NAME) -> str:
    """Return a name that fits beside an axis."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def ticks(axis: Any, places: Sequence[float], names: Sequence[str]) -> None:
    """Let an axis have names at some places; text, and never a formula."""
    axis.ticker = list(places)
    axis.major_label_overrides = {
        place: PlainText(text=name) for place, name in zip(places, names, strict=True)
    }


def limit_line(made: Any, at: float, *, dimension: str = "width") -> None:
    """Draw a limit."""
    made.add_layout(
        Span(
            location=at, dimension=dimension, line_color=RED, line_dash=[6, 4], line_width=1.3, line_alpha=0.8
        )
    )


def marks(made: Any, source: Any, colour: str) -> None:
    """Draw a point for each answer: filled where it passed, a cross where it failed, hollow where in doubt.

    Args:
        made: the figure.
        source: of the points: `x`, `y`, and `verdict`, the verdicts' words.
        colour: of those that passed.
    """
    verdicts = source.data["verdict"]
    looks = {Verdict.PASS: ("circle", 7, 1.0, colour, 1), Verdict.FAIL: ("x", 11, 1.0, RED, 3)}
    hollow = ("circle", 7, 0.0, colour, 1)
    for place, name in enumerate(("marker", "size", "fill", "colour", "width")):
        source.add([looks.get(verdict, hollow)[place] for verdict in verdicts], name)
    made.scatter(
        "x",
        "y",
        source=source,
        name="points",
        marker="marker",
        size="size",
        color="colour",
        fill_alpha="fill",
        line_width="width",
    )


def whiskers(made: Any, source: Any, colour: str) -> None:
    """Draw points with their intervals; see `marks`. The source has `lower` and `upper`, too."""
    from bokeh.models import TeeHead, Whisker

    def head() -> Any:
        return TeeHead(size=7, line_color=colour)

    made.add_layout(
        Whisker(
            base="x",
            lower="lower",
            upper="upper",
            source=source,
            line_color=colour,
            lower_head=head(),
            upper_head=head(),
        )
    )
    made.segment("x", "lower", "x", "upper", source=source, color=colour, alpha=0)  # makes room for them
    marks(made, source, colour)


def on_tap(made: Any, act: Callable[[float, float], None]) -> None:
    """Let something happen where a figure is clicked, given the place in its own units."""

    def tapped(event: Any) -> None:
        with at_once():
            act(event.x, event.y)

    made.on_event("tap", tapped)
