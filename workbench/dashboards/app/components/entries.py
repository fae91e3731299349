"""Controls that something is entered with: text, a day, yes or no, a number; and what is pressed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

import param
from markupsafe import Markup

from workbench.dashboards.app.components.control import Control, labelled, when
from workbench.dashboards.app.components.markup import html

_LONGEST = 2000  # characters


class TextInput(Control):
    """A line of text, told when it is left or a moment after the last key."""

    value = param.String("")
    placeholder = param.String("")
    max_length = param.Integer(_LONGEST)
    kind = param.String("text")
    _rename: ClassVar[dict[str, str | None]] = {
        **Control._rename,
        "placeholder": None,
        "max_length": None,
        "kind": None,
    }

    def shape(self) -> Markup:
        """Return the line."""
        field = html(
            '<input type="{kind}" data-act="type" data-on="change input" value="{value}" maxlength="{most}" '
            'placeholder="{hint}" autocomplete="off" spellcheck="false"{off}>',
            kind=self.kind,
            value=self.value,
            most=self.max_length,
            hint=self.placeholder,
            off=when(self.disabled, "disabled"),
        )
        return labelled(self.label, field)

    def acted(self, act: str, value: Any, name: str) -> None:
        """Take the text."""
        del act, name
        if isinstance(value, str):
            self.value = value[: self.max_length]


class DatePicker(Control):
    """A day, None when there is none."""

    value = param.CalendarDate(None, allow_None=True)

    def shape(self) -> Markup:
        """Return the browser's own field for days."""
        said = self.value.isoformat() if self.value else ""
        field = html(
            '<input type="date" data-act="day" value="{said}"{off}>',
            said=said,
            off=when(self.disabled, "disabled"),
        )
        return labelled(self.label, field)

    def acted(self, act: str, value: Any, name: str) -> None:
        """Take the day; what is no day is none."""
        del act, name
        try:
            self.value = date.fromisoformat(value) if value else None
        except (ValueError, TypeError):
            self.value = None


class Checkbox(Control):
    """Yes or no."""

    value = param.Boolean(False)
    _stretches: ClassVar[bool] = False

    def shape(self) -> Markup:
        """Return the box before its label."""
        return html(
            '<label class="tick"><input type="checkbox" data-act="tick"{on}{off}>'
            "<span>{label}</span></label>",
            on=when(self.value, "checked"),
            off=when(self.disabled, "disabled"),
            label=self.label,
        )

    def acted(self, act: str, value: Any, name: str) -> None:
        """Take the tick."""
        del act, name
        self.value = value is True


class IntSlider(Control):
    """A whole number of a range."""

    value = param.Integer(0)
    start = param.Integer(0)
    end = param.Integer(100)
    step = param.Integer(1)
    _rename: ClassVar[dict[str, str | None]] = {**Control._rename, "start": None, "end": None, "step": None}

    def shape(self) -> Markup:
        """Return the range."""
        field = html(
            '<input type="range" data-act="slide" min="{low}" max="{high}" step="{step}" '
            'value="{value}"{off}>',
            low=self.start,
            high=self.end,
            step=self.step,
            value=self.value,
            off=when(self.disabled, "disabled"),
        )
        return labelled(f"{self.label}: {self.value}", field)

    def acted(self, act: str, value: Any, name: str) -> None:
        """Take the number, if it is of the range."""
        del act, name
        if isinstance(value, str) and value.isascii() and value.lstrip("-").isdecimal():
            self.value = max(self.start, min(self.end, int(value)))


class Button(Control):
    """A button that does something."""

    kind = param.Selector(default="plain", objects=["plain", "main", "danger"])
    description = param.String("")
    _rename: ClassVar[dict[str, str | None]] = {**Control._rename, "kind": None, "description": None}
    _draws: ClassVar[tuple[str, ...]] = ("label", "disabled")
    _stretches: ClassVar[bool] = False

    def __init__(self, *, on_click: Callable[[], Any], **params: Any) -> None:
        super().__init__(**params)
        self._on_click = on_click

    def shape(self) -> Markup:
        """Return the button."""
        return pressed(self.label, "press", kind=self.kind, title=self.description, disabled=self.disabled)

    def acted(self, act: str, value: Any, name: str) -> Any:
        """Do it."""
        del act, value, name
        return self._on_click()


def pressed(
    label: str, act: str, *, kind: str = "plain", title: str = "", disabled: bool = False, value: str = ""
) -> Markup:
    """Return a button as markup: `plain`, `main` or `danger`."""
    return html(
        '<button type="button" class="press {kind}" data-act="{act}" data-value="{value}" '
        'title="{title}"{off}>{label}</button>',
        kind=kind,
        act=act,
        value=value,
        title=title,
        off=when(disabled, "disabled"),
        label=label,
    )
