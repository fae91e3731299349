"""The threshold as people move it: a slider, numbers, the curve, and the groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets

from workbench.errors import WorkbenchError
from workbench.widgets.parts import block, frame, html, joined, notice
from workbench.widgets.parts.axes import Axes
from workbench.widgets.parts.tiles import legend, share_bar, tiles
from workbench.widgets.threshold.judged import RATES, apart
from workbench.widgets.threshold.words import RATE_WORDS, apart_words, share_words

if TYPE_CHECKING:
    from markupsafe import Markup

    from workbench.widgets.threshold.points import Point
    from workbench.widgets.threshold.widget import Threshold

_EDITED = {"false_positive": "A false alarm costs", "false_negative": "A miss costs"}


def build(threshold: Threshold) -> tuple[Any, Callable[[], None]]:
    """Return the view, and what ends its following of the threshold."""
    view = _View(threshold)
    threshold.observe(view.draw, "value")
    return view.panel, lambda: threshold.unobserve(view.draw, "value")


class _View:
    def __init__(self, threshold: Threshold) -> None:
        self._of = threshold
        self._is_drawing = False
        self._curve = [threshold.at(value) for value in threshold.thresholds]
        self._slider = ipywidgets.IntSlider(
            description="Threshold", min=0, max=len(threshold.thresholds) - 1, readout=False
        )
        self._slider.layout.width = "420px"
        self._exact = ipywidgets.FloatText(step=0.01, layout={"width": "110px"})
        self._tiles, self._picture, self._groups, self._error = (block() for _ in range(4))
        self._column = ipywidgets.Dropdown(options=list(threshold.judged.groups), description="Groups by")
        self._column.layout.display = None if len(threshold.judged.groups) > 1 else "none"
        self._slider.observe(self._slid, "value")
        self._exact.observe(self._typed, "value")
        self._column.observe(self.draw, "value")
        self.panel = frame(
            block(_about(threshold)),
            ipywidgets.HBox([self._slider, self._exact], layout={"flex_flow": "row wrap"}),
            self._tiles,
            *self._costs(),
            self._picture,
            self._column,
            self._groups,
            self._error,
            title="Where to act",
        )
        self.draw()

    def draw(self, _change: object = None) -> None:
        """Show what the threshold comes to now."""
        of, point = self._of, self._of.point
        self._is_drawing = True  # what is set here is not what a person did
        self._slider.value, self._exact.value = of.place(), float(f"{of.value:.6g}")
        self._is_drawing = False
        self._tiles.value = _numbers(of, point)
        self._picture.value = self._drawn()
        if self._column.value is not None:
            self._groups.value = _by_group(of, self._column.value)

    def _slid(self, change: Mapping[str, Any]) -> None:
        if not self._is_drawing:
            self._of.value = self._of.thresholds[change["new"]]

    def _typed(self, change: Mapping[str, Any]) -> None:
        if not self._is_drawing:
            self._of.value = change["new"]

    def _costs(self) -> list[Any]:
        cost = self._of.cost
        if cost is None:
            return []
        fields = {
            name: ipywidgets.FloatText(
                value=getattr(cost, name),
                description=words,
                style={"description_width": "initial"},
                layout={"width": "210px"},
            )
            for name, words in _EDITED.items()
        }
        cheapest = ipywidgets.Button(description="Go to the cheapest")

        def changed(_change: object) -> None:
            kept = vars(self._of.cost) if self._of.cost is not None else {}
            try:
                self._of.cost = {**kept, **{name: field.value for name, field in fields.items()}}
                self._error.value = ""
            except WorkbenchError as error:
                self._error.value = notice(error)

        def go(_button: object) -> None:
            self._of.value = self._of.cheapest

        for field in fields.values():
            field.observe(changed, "value")
        cheapest.on_click(go)
        return [ipywidgets.HBox([*fields.values(), cheapest], layout={"flex_flow": "row wrap"})]

    def _drawn(self) -> Markup:
        of, curve = self._of, self._curve
        xs = [point.threshold for point in curve]
        axes = Axes(
            f"Precision, recall and alerts by threshold, now {of.value:.4g}",
            x="threshold",
            y="per cent",
            across=(xs[0], xs[-1]),
            up=(0, 100),
        )
        lines = [
            ("quiet", "alerts, of all rows", [point.selection_rate for point in curve]),
            ("warn", "precision", [point.precision for point in curve]),
            ("brand", "recall", [point.recall for point in curve]),
        ]
        for tone, _, shares in lines:
            axes.line(xs, [None if share is None else 100 * share for share in shares], tone)
        if of.cost is not None:
            costs = [of.cost.of(point) for point in curve]
            low, high = min(costs), max(costs)
            axes.line(xs, [100 * (each - low) / ((high - low) or 1) for each in costs], "bad")
            axes.upright(of.cheapest, "bad", dashed=True)
            lines.append(("bad", f"cost, from {low:.4g} to {high:.4g}; cheapest where dashed", []))
        axes.upright(of.value, "text")
        return axes.svg() + legend((tone, what) for tone, what, _ in lines)


def _about(threshold: Threshold) -> Markup:
    judged = threshold.judged
    left = f"; {judged.left_out:,} without truth or score are left out" if judged.left_out else ""
    return html(
        '<span class="wb-quiet">{about}: {rows:,} rows, {share} positive{left}</span>',
        about=judged.about or "The rows that were given",
        rows=judged.whole.rows,
        share=share_words(judged.whole.positives / judged.whole.rows),
        left=left,
    )


def _numbers(of: Threshold, point: Point) -> Markup:
    numbers = [
        (f"{point.alerts:.4g}", "alerts per 1,000", f"{point.selected:,} of {point.rows:,} rows"),
        (share_words(point.precision), "precision", "of what is called positive, is"),
        (share_words(point.recall), "recall", "of what is positive, is found"),
        (f"{point.false_alarms:,}", "false alarms", f"{share_words(point.false_positive_rate)} of the rest"),
        (f"{point.missed:,}", "missed", f"of {point.positives:,} positive rows"),
    ]
    if of.cost is not None:
        least = of.cost.of(of.at(of.cheapest))
        why = f"least {least:.5g}, at {of.cheapest:.4g}"
        numbers.append((f"{of.cost.of(point):.5g}", "cost per 1,000", why))
    return tiles(numbers)


def _by_group(of: Threshold, column: str) -> Markup:
    points = of.judged.by_group(column, of.value)
    head = joined(html('<th scope="col">{what}</th>', what=RATE_WORDS[rate]) for rate in RATES)
    rows = joined(
        html(
            '<tr><td>{name}</td><td class="wb-number">{rows:,}</td>{rates}</tr>',
            name=name,
            rows=point.rows,
            rates=joined(_rate(getattr(point, rate)) for rate in RATES),
        )
        for name, point in points.items()
    )
    last = joined(html("<td><b>{words}</b></td>", words=_points(apart(points, rate).value)) for rate in RATES)
    told = joined(html("<li>{words}</li>", words=apart_words(apart(points, rate), points)) for rate in RATES)
    return html(
        '<div class="wb-scroll"><table class="wb-table"><thead><tr><th scope="col">{column}</th>'
        '<th scope="col" class="wb-number">rows</th>{head}</tr></thead><tbody>{rows}'
        "<tr><td><b>apart</b></td><td></td>{last}</tr></tbody></table></div>"
        "<details><summary>Which groups are furthest apart</summary><ul>{told}</ul></details>",
        column=column,
        head=head,
        rows=rows,
        last=last,
        told=told,
    )


def _rate(share: float | None) -> Markup:
    return html("<td>{bar}</td>", bar=share_bar(share, share_words(share)))


def _points(difference: float | None) -> str:
    return "–" if difference is None else f"{100 * difference:.3g} points"
