"""What Panel does to each of its components for their look: next to nothing; our own sheets say it all."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, ClassVar

import panel as pn
import param
from bokeh.models import ImportedStyleSheet
from bokeh.themes import Theme as Drawn
from panel.reactive import Reactive
from panel.theme.base import DarkTheme, DefaultTheme, Design, Theme

from workbench.dashboards.app.theme import drawn, theme


class _Light(DefaultTheme):  # type: ignore[misc] # Panel's classes are not typed
    base_css = param.Filename(default=None)
    bokeh_theme = param.Parameter(default=Drawn(json=drawn(dark=False)))


class _Dark(DarkTheme):  # type: ignore[misc]
    base_css = param.Filename(default=None)
    bokeh_theme = param.Parameter(default=Drawn(json=drawn(dark=True)))


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
    _without_sheets()


@cache
def _without_sheets() -> None:
    """Leave out of every component the style sheet of Panel's spinner: each view would ask for it anew."""
    given = Reactive._process_param_change

    def lighter(self: Any, params: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = given(self, params)
        if "stylesheets" in found:
            found["stylesheets"] = [sheet for sheet in found["stylesheets"] if not _is_spinner(sheet)]
        return found

    Reactive._process_param_change = lighter


def _is_spinner(sheet: Any) -> bool:
    return isinstance(sheet, ImportedStyleSheet) and "css/loading.css" in str(sheet.url)
