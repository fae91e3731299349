"""One answer as people look into it: what raised it, what lowered it, and what if."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from workbench.errors import WorkbenchError
from workbench.widgets.explain.words import classes, headline, method, summed, truth, value_text
from workbench.widgets.parts import block, frame, html, joined, notice
from workbench.widgets.parts.axes import Axes
from workbench.widgets.parts.tiles import share_bar

if TYPE_CHECKING:
    from markupsafe import Markup

    from workbench.widgets.explain.widget import Explain

_MOST = 12
_BARS = 15
_MISSING = "– missing –"


class View:
    """Draws an explanation.

    Args:
        explain: whose it is.
    """

    def __init__(self, explain: Explain) -> None:
        self._explain = explain
        self._is_drawing = False
        self._head, self._bars, self._along, self._said = (block() for _ in range(4))
        ordered = [part.column for part in explain.before.contributions]
        chosen = next(reversed(explain.changes), ordered[0])
        self._column = ipywidgets.Dropdown(description="What if", options=ordered, value=chosen)
        self._number = ipywidgets.FloatText(layout={"width": "150px"})
        self._name = ipywidgets.Dropdown(layout={"width": "220px"})
        self._slider = ipywidgets.SelectionSlider(options=[0.0], readout=False, layout={"width": "300px"})
        self._none = ipywidgets.Button(description="Missing", layout={"width": "90px"})
        self._reset = ipywidgets.Button(description="As it was")
        self._column.observe(self.draw, "value")
        self._number.observe(self._set, "value")
        self._name.observe(self._set, "value")
        self._slider.observe(self._set, "value")
        self._none.on_click(lambda _: self._change(None))
        self._reset.on_click(lambda _: self._undo())
        inputs = [self._column, self._number, self._slider, self._name, self._none, self._reset]
        self.panel = frame(
            self._head,
            self._bars,
            ipywidgets.HBox(inputs, layout={"flex_flow": "row wrap", "align_items": "center"}),
            self._said,
            self._along,
            title="What this answer rests on",
        )
        self.draw()

    def draw(self, _change: object = None) -> None:
        """Show the answer to the row as it is now."""
        explain, name = self._explain, self._column.value
        self._head.value = _head(explain)
        self._bars.value = _contributions(explain)
        self._offer(name)
        self._along.value = _along(explain, name)

    def _offer(self, name: str) -> None:
        """Let the chosen column's value be set: a number, or one of its names."""
        seen, value = self._explain.asked.check(name), self._explain.row[name]
        self._is_drawing = True
        for each in (self._number, self._slider):
            each.layout.display = None if seen.is_number else "none"
        self._name.layout.display = "none" if seen.is_number else None
        if seen.is_number:
            self._number.value = float(value) if value is not None else 0.0
            steps = sorted({*seen.numbers, *([float(value)] if value is not None else [])}) or [0.0]
            self._slider.options = [(f"{step:.6g}", step) for step in steps]
            self._slider.value = float(value) if value is not None else steps[len(steps) // 2]
        else:
            names = list(dict.fromkeys([*seen.names, *([value] if value is not None else [])]))
            self._name.options = [(_MISSING, None), *((str(each), each) for each in names)]
            self._name.value = value
        self._reset.disabled = not self._explain.changes
        self._is_drawing = False

    def _set(self, change: dict[str, Any]) -> None:
        if not self._is_drawing:
            self._change(change["new"])

    def _change(self, value: Any) -> None:
        name = self._column.value
        if value is not None and self._explain.asked.check(name).kind == "integer":
            value = round(value)
        try:
            self._explain.change({name: value})
            self._said.value = self._unseen(name, value)
        except WorkbenchError as error:
            self._said.value = notice(error)
            self._offer(name)

    def _undo(self) -> None:
        self._said.value = ""
        self._explain.reset()

    def _unseen(self, name: str, value: Any) -> Any:
        if self._explain.asked.check(name).has(value):
            return ""
        return notice(f"Training saw no {name} of {value_text(value)}: the answer is a guess.", "warn")


def _head(explain: Explain) -> Markup:
    before, now = explain.answer_before, explain.answer
    moved = ""
    if explain.changes:
        arrow = "↑" if now > before else "↓" if now < before else "="
        moved = html(
            '<span class="wb-moved">{arrow} from {before}</span>', arrow=arrow, before=f"{before:.4g}"
        )
    notes = joined(notice(note, "quiet") for note in explain.notes)
    logged = explain.logged
    answered = (
        html(
            '<div class="wb-quiet">Prediction {id}, answered as {arm}; {truth}.</div>',
            id=logged.prediction_id,
            arm=logged.arm,
            truth=truth(explain),
        )
        if logged is not None
        else ""
    )
    group = explain.before.group
    which = f" · class {classes(explain)[group]}" if group is not None else ""
    return html(
        '<div class="wb-answer" aria-label="{said}"><b>{now}</b> {moved} '
        '<span class="wb-quiet">{name}{which}</span></div>{answered}{notes}',
        said=headline(explain),
        now=f"{now:.4g}",
        moved=moved,
        name=explain.asked.name,
        which=which,
        answered=answered,
        notes=notes,
    )


def _contributions(explain: Explain) -> Markup:
    told = explain.explained
    changed = explain.changes
    parts = summed(told.contributions, _MOST, changed)
    most = max((abs(value) for *_, value in parts), default=0.0) or 1.0
    rows = joined(
        html(
            '<tr{tone}><td>{name}</td><td>{given}</td><td>{bar}</td><td class="wb-number">{value}</td></tr>',
            tone=html(' class="wb-differs"') if name in changed else "",
            name=name,
            given=given,
            bar=_bar(value, most),
            value=f"{value:+.3g}",
        )
        for name, given, value in parts
    )
    return html(
        '<div class="wb-scroll"><table class="wb-table"><thead><tr><th scope="col">column</th>'
        '<th scope="col">value</th><th scope="col">lowers · raises</th>'
        '<th scope="col" class="wb-number">{scale}</th></tr></thead><tbody>{rows}</tbody></table></div>'
        '<p class="wb-quiet">From {base}, the score of nobody in particular, to {score} '
        "({scale}, {method}).</p>",
        scale=told.scale,
        rows=rows,
        base=f"{told.base:.4g}",
        score=f"{told.score:.4g}",
        method=method(told.method),
    )


def _bar(value: float, most: float) -> Markup:
    wide = 50 * abs(value) / most
    return html(
        '<span class="wb-split"><i class="wb-on-{tone}" style="left:{left}%;width:{wide}%"></i></span>',
        tone="warn" if value > 0 else "brand",
        left=f"{50.0 if value > 0 else 50 - wide:.1f}",
        wide=f"{wide:.1f}",
    )


def _along(explain: Explain, name: str) -> Markup:
    """Return how the answer moves along the chosen column, everything else as it is."""
    try:
        found = explain.asked.along(explain.row, name, explain.before.group)
    except WorkbenchError as error:
        return notice(error)
    if len(found) < 2:
        return html('<p class="wb-quiet">Nothing was kept of what training saw of {name}.</p>', name=name)
    if not explain.asked.check(name).is_number:
        return _names(found, explain.row[name], name)
    xs, ys = [float(value) for value, _ in found], [score for _, score in found]
    room = 0.08 * ((max(ys) - min(ys)) or abs(ys[0]) or 1.0)
    axes = Axes(
        f"The answer along {name}",
        x=name,
        y="answer",
        across=(xs[0], xs[-1]),
        up=(min(ys) - room, max(ys) + room),
        height=190,
    )
    axes.line(xs, ys)
    original, value = explain.original[name], explain.row[name]
    if original is not None and original != value:
        axes.upright(float(original), "quiet", dashed=True)
    if value is not None:
        axes.upright(float(value), "text")
        axes.points(
            [float(value)], [explain.answer], "warn", titles=[f"{name} {value}: {explain.answer:.4g}"]
        )
    return axes.svg()


def _names(found: list[tuple[Any, float]], value: Any, name: str) -> Markup:
    ordered = sorted(found, key=lambda pair: -pair[1])
    shown = ordered[:_BARS]
    if all(each != value for each, _ in shown):
        shown = [*shown, *(pair for pair in ordered if pair[0] == value)]
    top = max(abs(score) for _, score in shown) or 1.0
    rows = joined(
        html(
            "<tr><td>{mark}{each}</td><td>{bar}</td></tr>",
            mark="▸ " if each == value else "",
            each=value_text(each),
            bar=share_bar(abs(score) / top, f"{score:.4g}"),
        )
        for each, score in shown
    )
    more = f"; {len(ordered) - len(shown)} more are not shown" if len(ordered) > len(shown) else ""
    return html(
        '<table class="wb-table"><tbody>{rows}</tbody></table>'
        '<p class="wb-quiet">The answer for each {name}, everything else as it is{more}.</p>',
        rows=rows,
        name=name,
        more=more,
    )
