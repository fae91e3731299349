"""Controls that choose: one of a list, several, a tab, a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import param
from markupsafe import Markup

from workbench.dashboards.app.components.control import Control, labelled, when
from workbench.dashboards.app.components.markup import html, joined

_FEW = 9  # pages that all have a button

_NAMED = 2
"""Chosen options that a closed list names; more are counted."""


class _Choice(Control):
    """One of some options: a list of texts, or what they stand for by the texts that are shown."""

    options = param.ClassSelector(class_=(list, dict), default=[])
    _draws: ClassVar[tuple[str, ...]] = ("label", "value", "disabled", "options")

    def __init__(self, **params: Any) -> None:
        if "value" not in params and params.get("options"):
            params["value"] = next(iter(_values(params["options"])))
        super().__init__(**params)

    @property
    def shown(self) -> dict[str, Any]:
        """What the options stand for, by the texts that are shown."""
        if isinstance(self.options, Mapping):
            return dict(self.options)
        return {str(option): option for option in self.options}

    def acted(self, act: str, value: Any, name: str) -> None:
        """Choose the option of that place in the list."""
        del act, name
        values = _values(self.options)
        if isinstance(value, str) and value.isascii() and value.isdecimal() and int(value) < len(values):
            self.value = values[int(value)]


class Select(_Choice):
    """One of a list that opens."""

    def shape(self) -> Markup:
        """Return the list, closed."""
        rows = (
            html(
                '<option value="{place}"{chosen}>{text}</option>',
                place=place,
                chosen=when(value == self.value, "selected"),
                text=text,
            )
            for place, (text, value) in enumerate(self.shown.items())
        )
        field = html(
            '<select data-act="choose"{off}>{rows}</select>',
            off=when(self.disabled, "disabled"),
            rows=joined(rows),
        )
        return labelled(self.label, field)


class RadioButtonGroup(_Choice):
    """One of a few that are all seen."""

    _stretches: ClassVar[bool] = False

    def shape(self) -> Markup:
        """Return the buttons, that of the value pressed."""
        buttons = (
            html(
                '<button type="button" role="radio" aria-checked="{is_on}" data-act="choose" '
                'data-value="{place}"{off}>{text}</button>',
                is_on="true" if value == self.value else "false",
                place=place,
                off=when(self.disabled, "disabled"),
                text=text,
            )
            for place, (text, value) in enumerate(self.shown.items())
        )
        return html(
            '<div class="segments" role="radiogroup" aria-label="{label}">{buttons}</div>',
            label=self.label,
            buttons=joined(buttons),
        )


class Tabs(_Choice):
    """The headings of a page's parts; `value` is the place of the one that is shown."""

    def __init__(self, names: Sequence[str], **params: Any) -> None:
        super().__init__(options={name: place for place, name in enumerate(names)}, margin=0, **params)

    def shape(self) -> Markup:
        """Return the headings."""
        heads = (
            html(
                '<button type="button" role="tab" aria-selected="{is_on}" data-act="choose" '
                'data-value="{place}">{text}</button>',
                is_on="true" if place == self.value else "false",
                place=place,
                text=text,
            )
            for text, place in self.shown.items()
        )
        return html('<div class="heads" role="tablist">{heads}</div>', heads=joined(heads))


class MultiChoice(Control):
    """Any of a list that opens; `value` is a list of those that are ticked."""

    options = param.List([])
    value = param.List([])
    _draws: ClassVar[tuple[str, ...]] = ("label", "value", "disabled", "options")

    def shape(self) -> Markup:
        """Return the list with a box for each option; what is ticked stands on top of it."""
        boxes = (
            html(
                '<label><input type="checkbox" data-act="tick" data-name="{option}"{on}>'
                "<span>{option}</span></label>",
                option=option,
                on=when(option in self.value, "checked"),
            )
            for option in self.options
        )
        return html(
            '<div class="field"><span>{label}</span><details class="many">'
            '<summary aria-label="{label}: {said}"><span>{said}</span></summary>'
            '<div role="group" aria-label="{label}">{clear}{boxes}</div></details></div>',
            label=self.label,
            said=self._said(),
            clear=html(
                '<button type="button" class="plain" data-act="clear"{off}>Clear</button>',
                off=when(not self.value, "hidden"),
            ),
            boxes=joined(boxes),
        )

    def acted(self, act: str, value: Any, name: str) -> None:
        """Tick an option, take a tick away, or all of them."""
        if act == "clear":
            self.value = []
        elif name in self.options:
            others = [option for option in self.value if option != name]
            self.value = [*others, name] if value is True else others

    def _said(self) -> str:
        if not self.value:
            return "all"
        more = len(self.value) - _NAMED
        return ", ".join(map(str, self.value[:_NAMED])) + (f" and {more} more" if more > 0 else "")


class Pagination(Control):
    """Which page of many is shown; `value` counts from 0."""

    count = param.Integer(1, bounds=(1, None))
    value = param.Integer(0, bounds=(0, None))
    _rename: ClassVar[dict[str, str | None]] = {**Control._rename, "count": None}
    _draws: ClassVar[tuple[str, ...]] = ("label", "value", "disabled", "count")
    _stretches: ClassVar[bool] = False

    def shape(self) -> Markup:
        """Return buttons for the pages around this one, and for both ends."""
        return pages(self.value, self.count)

    def acted(self, act: str, value: Any, name: str) -> None:
        """Turn to a page."""
        del act, name
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 8:
            self.value = min(int(value), self.count - 1)


def pages(value: int, count: int) -> Markup:
    """Return buttons that turn to pages; nothing where there is one page only."""
    if count < 2:
        return Markup("")
    near = sorted({0, count - 1, *range(max(0, value - 2), min(count, value + 3))})
    if count <= _FEW:
        near = list(range(count))
    parts = []
    for before, place in zip([-1, *near], near, strict=False):
        if place - before > 1:
            parts.append(html("<span>…</span>"))
        parts.append(
            html(
                '<button type="button" data-act="page" data-value="{place}" aria-label="Page {number}"{now}>'
                "{number}</button>",
                place=place,
                number=place + 1,
                now=when(place == value, 'aria-current="page"'),
            )
        )
    return html('<nav class="pages" aria-label="Turn over">{parts}</nav>', parts=joined(parts))


def _values(options: Any) -> list[Any]:
    return list(options.values()) if isinstance(options, Mapping) else list(options)
