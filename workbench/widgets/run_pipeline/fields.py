"""The form: a field for each parameter, with what it means, what it allows, and why it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import ipywidgets

from workbench.widgets.parts import block, html

if TYPE_CHECKING:
    from workbench.insight.experiments import Field
    from workbench.widgets.run_pipeline.asked import Asked


_CHOOSE = "– choose –"
_WORDS = {"false": ("false", "no", "off", "0"), "true": ("true", "yes", "on", "1")}


class Fields:
    """All fields of a pipeline, stage by stage.

    Args:
        asked: takes what is entered.
        changed: called after each change.

    Attributes:
        box: what stands on the page.
    """

    def __init__(self, asked: Asked, changed: Callable[[], None]) -> None:
        self._asked = asked
        self._rows = [_Row(field, asked, changed) for field in asked.fields()]
        if not self._rows:
            self.box: Any = block(html('<p class="wb-quiet">No stage of it has a parameter.</p>'))
            return
        stages = [stage for stage in asked.stages if asked.form.fields[stage]]
        panels = [
            ipywidgets.VBox([row.box for row in self._rows if row.field.stage == stage]) for stage in stages
        ]
        titles = [
            f"{stage} · {_count(len(panel.children))}" for stage, panel in zip(stages, panels, strict=True)
        ]
        open_at = next((stages.index(r.field.stage) for r in self._rows if r.is_of_interest), None)
        single = 0 if len(stages) == 1 else open_at
        self.box = ipywidgets.Accordion(panels, titles=titles, selected_index=single)
        self.box.add_class("wb-fields")

    def refresh(self) -> None:
        """Show what is asked now, as after it was changed from code."""
        for row in self._rows:
            row.refresh()


class _Row:
    """One parameter."""

    def __init__(self, field: Field, asked: Asked, changed: Callable[[], None]) -> None:
        self.field, self._asked, self._changed = field, asked, changed
        self._input = _input(field, asked.text(field))
        self._input.layout.width = "360px"
        self._input.style.description_width = "150px"
        self._note = block()
        self._is_entering = False
        self._input.observe(self._entered, "value")
        self.box = ipywidgets.HBox([self._input, self._note])
        self.box.add_class("wb-row")
        self.refresh()

    @property
    def is_of_interest(self) -> bool:
        """Whether it needs a value, or has another than the declared one."""
        return self.field.required or self._asked.text(self.field) != self.field.value

    def refresh(self) -> None:
        text = self._asked.text(self.field)
        if not self._is_entering and _text(self._input) != text:
            self._is_entering = True
            try:
                self._input.value = _value(self.field, text)
            finally:
                self._is_entering = False
        self._note.value = self._words(text)

    def _entered(self, _: Any) -> None:
        if self._is_entering:
            return
        self._asked.enter(self.field.key, _text(self._input))
        self._changed()

    def _words(self, text: str) -> Any:
        problem = self._asked.problems.get(self.field.key)
        if problem:
            return html('<span class="wb-bad" role="alert">✗ {why}</span>', why=problem)
        about = " · ".join(part for part in (self.field.help, self.field.expected) if part)
        changed = text != self.field.value and self.field.value
        was = html(' <b class="wb-warn">declared: {was}</b>', was=self.field.value) if changed else ""
        return html('<span class="wb-quiet">{about}</span>{was}', about=about, was=was)


def _input(field: Field, text: str) -> Any:
    label = {"description": field.name, "tooltip": f"{field.key}: {field.expected}"}
    value = _value(field, text)
    if field.kind in ("choice", "switch") and value in ("", *_choices(field)):
        options = [(_CHOOSE, "")] if field.required else []
        options += [(choice, choice) for choice in _choices(field)]
        return ipywidgets.Dropdown(options=options, value=value, **label)
    if field.kind == "day" and _day(text) is not None:
        return ipywidgets.DatePicker(value=_day(text), **label)
    return ipywidgets.Text(value=text, continuous_update=True, **label)


def _value(field: Field, text: str) -> Any:
    """Return a text as its input holds it."""
    if field.kind == "day":
        return _day(text)
    if field.kind == "switch":
        text = next((word for word, meant in _WORDS.items() if text.strip().lower() in meant), text)
    if field.kind in ("choice", "switch") and not text and not field.required:
        return _choices(field)[0]
    return text


def _choices(field: Field) -> tuple[str, ...]:
    return field.choices if field.kind == "choice" else tuple(_WORDS)


def _text(given: Any) -> str:
    value = given.value
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _count(number: int) -> str:
    return f"{number} parameter{'' if number == 1 else 's'}"
