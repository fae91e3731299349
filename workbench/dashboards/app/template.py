"""The HTML of a page: its frame and a first look at its content, shown before any of Bokeh's scripts runs."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from bokeh.core.templates import get_env
from jinja2 import Template
from markupsafe import Markup

from workbench.dashboards.app.headers import NONCE
from workbench.dashboards.app.look import COOKIE
from workbench.dashboards.app.theme import CONTROLS, STYLE, asset

_UNUSED = re.compile(r'<script[^>]+src="[^"]*/bokeh-(?:mathjax|gl)\.min\.js[^"]*"[^>]*></script>')
_TAG = re.compile(r"<script\b")


@cache
def template() -> Template:
    """Return the template; what `shell` and Bokeh know is put into it."""
    made: Template = get_env().from_string(asset("assets/page.html"))
    return made


def variables(*, dark: bool, navigation: Markup, first: Markup) -> dict[str, Any]:
    """Return what stands in a page besides Bokeh's own.

    Args:
        dark: which look it has.
        navigation: the links to all pages.
        first: the content as it stands at present.
    """
    return {
        "look": "dark" if dark else "light",
        "look_script": look_script(),
        "page_style": asset("assets/page.css"),
        "page_script": asset("assets/page.js"),
        "bokeh_script": asset("assets/bokeh.js"),
        "block_style": STYLE + CONTROLS,
        "navigation": navigation,
        "first": first,
        "nonce": NONCE,
        "lean": lean,
        "ours": ours,
    }


def lean(scripts: str) -> str:
    """Return script tags without those for formulas, which Panel asks for on every page, and for WebGL."""
    return _UNUSED.sub("", scripts)


def ours(scripts: str) -> str:
    """Return script tags that the page's policy lets run, for Bokeh's own alone."""
    return _TAG.sub(f'<script nonce="{NONCE}"', scripts)


@cache
def look_script() -> str:
    """Return the script that tells the server, by a cookie, how the viewer sees pages."""
    return asset("assets/look.js").replace("COOKIE", COOKIE)
