"""What Panel does to each of its components for their look: next to nothing; our own sheets say it all."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import panel as pn
import param
from bokeh.document import Document
from bokeh.models import ImportedStyleSheet, InlineStyleSheet
from bokeh.themes import Theme as Drawn
from panel.reactive import Reactive
from panel.theme.base import DarkTheme, DefaultTheme, Design, Theme

from workbench.dashboards.app.theme import drawn, theme

_sheets: WeakKeyDictionary[Document, dict[str, InlineStyleSheet]] = WeakKeyDictionary()


FIGURES = {dark: Drawn(json=drawn(dark=dark)) for dark in (False, True)}
"""How Bokeh draws, light and dark: the theme of a page's document."""


class _Light(DefaultTheme):  # type: ignore[misc] # Panel's classes are not typed
    base_css = param.Filename(default=None)
    bokeh_theme = param.Parameter(default=FIGURES[False])


class _Dark(DarkTheme):  # type: ignore[misc]
    base_css = param.Filename(default=None)
    bokeh_theme = param.Parameter(default=FIGURES[True])


class Plain(Design):  # type: ignore[misc]
    """Gives components no style sheet, and figures the colours of the page."""

    _themes: ClassVar[dict[str, type[Theme]]] = {"default": _Light, "dark": _Dark}


def prepare() -> None:
    """Let Panel make pages as ours are; before the first one is made."""
    pn.extension(design=Plain, notifications=False, browser_info=False)
    param.Parameterized.__setattr__(pn.config, "design", Plain)
    material = sys.modules.get("panel_material_ui.base")
    if material is not None:  # a page of the project's own uses it
        both = {"light": theme(dark=False), "dark": theme(dark=True)}
        material.MaterialComponent.param.theme_config.default = both
    _with_few_sheets()


@cache
def _with_few_sheets() -> None:
    """Let a style sheet be sent once a page, and leave out that of Panel's spinner."""
    given = Reactive._process_param_change

    def lighter(self: Any, params: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = given(self, params)
        if "stylesheets" in found:
            found["stylesheets"] = [_shared(one) for one in found["stylesheets"] if not _is_spinner(one)]
        return found

    Reactive._process_param_change = lighter


def _shared(sheet: Any) -> Any:
    document = pn.state.curdoc
    if not isinstance(sheet, str) or document is None:
        return sheet
    known = _sheets.setdefault(document, {})
    return known.setdefault(sheet, InlineStyleSheet(css=sheet))


def _is_spinner(sheet: Any) -> bool:
    text = str(sheet.url) if isinstance(sheet, ImportedStyleSheet) else sheet
    return isinstance(text, str) and ("css/loading.css" in text or ":host(.pn-loading" in text)
