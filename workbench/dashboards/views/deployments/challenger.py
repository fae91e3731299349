"""A challenger's paired sequence: the mean difference narrowing within its bounds, against the margin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, Label, Span
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Column,
    Live,
    Select,
    Status,
    chip,
    empty_state,
    figure,
    html,
    joined,
    legend_above,
    moment_text,
    of_verdict,
    percent,
    short,
    shown,
    table,
    viewer_zone,
    zoned,
)
from workbench.dashboards.app.theme import COLOURS
from workbench.dashboards.views.deployments.parts import saving, styled
from workbench.insight.deployments import ACTIONS, VERDICTS, Challenge, Look, challenges

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_TONES = {"promote": "good", "rollback": "bad", "inconclusive": "unsure"}
_ENDS = {
    "promoted": ("good", "champion"),
    "withdrawn": ("bad", "withdrawn"),
    "rolled_back": ("bad", "rolled back"),
    "expired": ("unsure", "withdrawn"),
}
_ROOM = 0.15  # of the range, left above and below
_NOTE = (
    "Below zero the challenger is better than the champion. The band holds the true difference at all times "
    "together, so that one may look whenever one likes; where it lies below the margin as a whole, the "
    "challenger is no worse."
)
_COLUMNS = (
    Column("when", "Looked at", width=140),
    Column("mean", "Mean difference", "number", digits=5),
    Column("lower", "at least", "number", digits=5),
    Column("upper", "at most", "number", digits=5),
    Column("blocks", "Blocks", "number", digits=0),
    Column("rows", "Rows", "number", digits=0),
    Column("verdict", "Verdict", width=110),
    Column("action", "What was done", width=180),
    Column("share", "Traffic, %", "number", digits=1),
)


def challenger(store: Store, person: Person, location: Location, model: str) -> Any:
    """Return the part of the page about challengers; it follows new looks by itself."""
    return Live(
        store,
        lambda: tuple((each.version, each.against) for each in challenges(store, person, model)),
        lambda found: _choose(store, person, location, model) if found else _nothing(model),
        "judgement",
        "model",
    ).panel


def _nothing(model: str) -> Any:
    return empty_state(
        "No challenger was judged yet",
        "Say how one is judged, make a version challenger, and let what comes true decide.",
        f"[models.{model}.challenge]\n\nworkbench judge {model}",
    )


def _choose(store: Store, person: Person, location: Location, model: str) -> Any:
    every = challenges(store, person, model)
    names = {_name(each): place for place, each in enumerate(reversed(every))}
    chosen = Select(
        label="Challenge",
        options=dict(reversed(names.items())),
        value=len(every) - 1,
        max_width=420,
        margin=(4, 0),
    )
    location.bind(chosen, "challenge")

    def read() -> Challenge:
        found = tuple(reversed(challenges(store, person, model)))
        return found[min(int(chosen.value), len(found) - 1)]

    live: Live[Challenge] = Live(store, read, _draw, "judgement", "model")
    chosen.param.watch(lambda _: live.refresh(), "value")
    return pn.Column(chosen, live.panel, sizing_mode="stretch_width", margin=0)


def _name(each: Challenge) -> str:
    days = f"{moment_text(each.looks[0].at)[:10]} to {moment_text(each.last.at)[:10]}"
    now = "now, " if each.present else ""
    return f"Version {each.version} against version {each.against} · {now}{days}"


def _draw(found: Challenge) -> Any:
    frame = _frame(found)
    return pn.Column(
        styled(_verdict(found)),
        _figure(found),
        styled(_guardrails(found)),
        saving(lambda: zoned(frame, "when"), "challenge"),
        table(frame, _columns(), name="Looks at the challenger", page_size=10, margin=0),
        sizing_mode="stretch_width",
        margin=0,
    )


def _columns() -> list[Column]:
    """Return the columns, the zone of the times beside their heading."""
    when, *others = _COLUMNS
    return [replace(when, title=f"{when.title} ({viewer_zone()})"), *others]


def _verdict(found: Challenge) -> Markup:
    last = found.last
    facts = (
        ("mean difference", _signed(last.mean)),
        ("at least", _signed(last.lower)),
        ("at most", _signed(last.upper)),
        ("margin", _signed(found.margin)),
        ("blocks", short(last.blocks)),
        ("rows", short(last.rows)),
        ("traffic", percent(last.share)),
    )
    numbers = (html("<div><dt>{name}</dt><dd>{value}</dd></div>", name=name, value=v) for name, v in facts)
    return html(
        '<p class="verdict">{chip} {sentence}</p><dl class="facts">{numbers}</dl>'
        '<p class="quiet">Last look: {reason}</p>',
        chip=chip(_status(found)),
        sentence=found.sentence,
        numbers=joined(numbers),
        reason=last.reason,
    )


def _status(found: Challenge) -> Status:
    """Return how a challenge stands while it goes on, and how it ended."""
    last = found.last
    if not found.present and last.action in _ENDS:
        return Status(*_ENDS[last.action])
    return Status(_TONES.get(last.verdict, "unsure"), VERDICTS.get(last.verdict, last.verdict))


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.5f}"


def _figure(found: Challenge) -> Any:
    looks = [look for look in found.looks if look.mean is not None]
    if not looks:
        return empty_state(
            "No truth is known yet", "The picture begins with the first block of time whose labels came."
        )
    low, high = _range(found, looks)
    made = figure(
        x=f"Looked at ({viewer_zone()})",
        y=f"{found.metric}, version {found.version} less version {found.against}",
        height=340,
        x_axis_type="datetime",
        y_range=(low, high),
        tools="pan,box_zoom,reset",
    )
    source = _source(looks, low, high)
    made.varea(
        "at", "low", "high", source=source, color=COLOURS[0], alpha=0.18, legend_label="sure at any time"
    )
    made.line("at", "mean", source=source, color=COLOURS[0], line_width=2, legend_label="mean difference")
    dots = made.scatter("at", "mean", source=source, color=COLOURS[0], size=7)
    made.add_layout(Span(location=0, dimension="width", line_color="#8a8f9a", line_width=1))
    made.add_layout(
        Span(location=found.margin, dimension="width", line_color="#c0564b", line_dash="dashed", line_width=2)
    )
    made.add_layout(
        Label(
            x=8, x_units="screen", y=found.margin, text=f"margin {found.margin:+g}: worse beyond",
            text_color="#c0564b", text_font_size="12px", y_offset=3,
        )
    )  # fmt: skip
    made.add_tools(
        HoverTool(
            renderers=[dots],
            tooltips=[
                ("looked at", "@when"),
                ("mean", "@mean{+0.00000}"),
                ("bounds", "@bounds"),
                ("blocks", "@blocks"),
                ("verdict", "@verdict"),
                ("done", "@action"),
            ],
        )
    )
    legend_above(made)
    return shown(made, title="The difference, look after look", name="challenge", note=_NOTE)


def _range(found: Challenge, looks: list[Look]) -> tuple[float, float]:
    """Return between which values the picture lies: everything that is known, and some room."""
    known = [look.mean for look in looks if look.mean is not None]
    known += [edge for look in looks for edge in (look.lower, look.upper) if edge is not None]
    known += [0.0, found.margin]
    low, high = min(known), max(known)
    room = (high - low or abs(high) or 1.0) * _ROOM
    return low - room, high + room


def _source(looks: list[Look], low: float, high: float) -> ColumnDataSource:
    zone = viewer_zone()
    return ColumnDataSource(
        {
            "at": [look.at.astimezone(zone).replace(tzinfo=None) for look in looks],
            "when": [moment_text(look.at) for look in looks],
            "mean": [look.mean for look in looks],
            "low": [_edge(look.lower, look, low) for look in looks],
            "high": [_edge(look.upper, look, high) for look in looks],
            "bounds": [f"{_signed(look.lower)} to {_signed(look.upper)}" for look in looks],
            "blocks": [look.blocks for look in looks],
            "verdict": [VERDICTS.get(look.verdict, look.verdict) for look in looks],
            "action": [ACTIONS.get(look.action, look.action) for look in looks],
        }
    )


def _edge(bound: float | None, look: Look, beyond: float) -> float:
    """Return a bound; the picture's end where only the other one is known, nothing where neither is."""
    if bound is not None:
        return bound
    return beyond if (look.lower, look.upper) != (None, None) else float("nan")


def _guardrails(found: Challenge) -> Markup:
    if not found.guardrails:
        return Markup("")
    rows = (
        html(
            '<li>{chip}<div><b>{name}</b><p class="quiet">{note}</p></div></li>',
            chip=chip(of_verdict(check.verdict)),
            name=check.name.replace("_", " "),
            note=check.note,
        )
        for check in found.guardrails
    )
    return html('<h3>Guardrails at the last look</h3><ul class="checks">{rows}</ul>', rows=joined(rows))


def _frame(found: Challenge) -> pd.DataFrame:
    rows = [
        {
            "when": moment_text(look.at),
            "mean": look.mean,
            "lower": look.lower,
            "upper": look.upper,
            "blocks": look.blocks,
            "rows": look.rows,
            "verdict": VERDICTS.get(look.verdict, look.verdict),
            "action": ACTIONS.get(look.action, look.action),
            "share": look.share * 100,
            "reason": look.reason,
        }
        for look in reversed(found.looks)
    ]
    return pd.DataFrame(rows, columns=[*(column.key for column in _COLUMNS), "reason"])
