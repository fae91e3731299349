"""The widgets of a stage's parameters, each of its own kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import panel as pn

from workbench.dashboards.app.components import DatePicker, Flow, Select, TextInput, block, html
from workbench.insight.experiments import Field

_LONGEST = 2000


class Entered:
    """What is entered for a stage.

    Attributes:
        panel: the widgets.
        is_required: whether one has no value yet.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self._widgets = [(field, _widget(field)) for field in fields]
        self.is_required = any(field.required for field in fields)
        self.panel = Flow(
            *(
                pn.Column(widget, _help(field), width=300, margin=(4, 12, 8, 4))
                for field, widget in self._widgets
            ),
            sizing_mode="stretch_width",
            margin=0,
        )

    @property
    def changed(self) -> dict[str, str]:
        """The texts of those that differ from what is declared, by name."""
        texts = {field: _text(widget) for field, widget in self._widgets}
        return {field.name: text for field, text in texts.items() if text != field.value}


def _help(field: Field) -> Any:
    words = field.help or ""
    return block(
        html(
            '<p class="quiet" style="font-size:12px">{help}{between}{expected}</p>',
            help=words,
            between=" · " if words else "",
            expected=field.expected,
        )
    )


def _widget(field: Field) -> Any:
    label = field.name + (" *" if field.required else "")
    wide = {"label": label, "margin": 0}
    if field.kind == "choice":
        return Select(options=list(field.choices), value=field.value or field.choices[0], **wide)
    if field.kind == "switch":
        return Select(options=["true", "false"], value=field.value or "false", **wide)
    if field.kind == "day":
        return DatePicker(value=_day(field.value), **wide)
    return TextInput(value=field.value, max_length=_LONGEST, **wide)


def _text(widget: Any) -> str:
    value = widget.value
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
