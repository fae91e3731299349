"""The one look of all pages, light and dark. The colours of markup are variables of `page.css`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

FONT = "Inter, 'Segoe UI', system-ui, -apple-system, 'Helvetica Neue', Arial, sans-serif"


@cache
def asset(name: str) -> str:
    """Return one of our style sheets or scripts."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


STYLE = asset("theme.css")
"""The style sheet of what is made of markup; it follows the theme through its variables."""

CONTROLS = asset("controls.css")
"""The style sheet of controls, besides."""

COLOURS = ("#3b6fd4", "#d9822b", "#2f9e77", "#b5548f", "#7a6cd0", "#c0564b", "#4a9fb5", "#8a8d35")
"""Of lines and bars, told apart also by who sees few colours; readable on light and on dark."""


def drawn(*, dark: bool) -> dict[str, Any]:
    """Return how Bokeh draws whatever is drawn on a page of one of the two looks."""
    paper, text, quiet, line = (
        ("#1a1e27", "#e8ebf1", "#9aa3b2", "#323947") if dark else ("#ffffff", "#1d2330", "#626a78", "#dfe3ea")
    )
    word = {"text_font": FONT, "text_color": text}
    axis = {
        **{f"axis_label_{name}": value for name, value in word.items()},
        "axis_label_text_font_style": "normal",
        "axis_label_text_font_size": "13px",
        "major_label_text_font": FONT,
        "major_label_text_font_size": "12px",
        "major_label_text_color": quiet,
        "axis_line_color": line,
        "major_tick_line_color": line,
        "minor_tick_line_color": None,
    }
    return {
        "attrs": {
            "Plot": {"background_fill_color": paper, "border_fill_color": paper, "outline_line_color": None},
            "Axis": axis,
            "Grid": {"grid_line_color": line},
            "Title": word,
            "Legend": {
                "label_text_font": FONT,
                "label_text_color": text,
                "background_fill_color": paper,
                "background_fill_alpha": 0.85,
                "border_line_color": None,
                "inactive_fill_color": paper,
            },
            "ColorBar": {
                "major_label_text_font": FONT,
                "major_label_text_color": quiet,
                "background_fill_color": paper,
            },
        }
    }


def theme(*, dark: bool) -> dict[str, Any]:
    """Return panel-material-ui's settings for a look, where a project's own page uses it."""
    palette: dict[str, Any] = {
        "primary": {"main": "#7aa2f7" if dark else "#2f5fc4"},
        "success": {"main": "#4fb286" if dark else "#1f7a55"},
        "warning": {"main": "#e0a34a" if dark else "#9a6400"},
        "error": {"main": "#f0787a" if dark else "#b3312f"},
        "background": (
            {"default": "#12151c", "paper": "#1a1e27"} if dark else {"default": "#f5f6f9", "paper": "#ffffff"}
        ),
        "divider": "#323947" if dark else "#dfe3ea",
    }
    return {
        "palette": palette,
        "typography": {"fontFamily": FONT, "fontSize": 14},
        "shape": {"borderRadius": 8},
        "components": {
            "MuiButton": {"styleOverrides": {"root": {"textTransform": "none"}}},
            "MuiButtonBase": {"defaultProps": {"disableRipple": True}},
        },
    }
