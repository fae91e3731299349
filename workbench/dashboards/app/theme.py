"""The one look of all pages, light and dark."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_FONT = "Inter, 'Segoe UI', system-ui, -apple-system, 'Helvetica Neue', Arial, sans-serif"


@cache
def _style() -> str:
    return (Path(__file__).parent / "theme.css").read_text(encoding="utf-8")


STYLE = _style()
"""The style sheet of what is made of markup; it follows the theme through its variables."""

COLOURS = ("#3b6fd4", "#d9822b", "#2f9e77", "#b5548f", "#7a6cd0", "#c0564b", "#4a9fb5", "#8a8d35")
"""Of lines and bars, told apart also by who sees few colours; readable on light and on dark."""


def theme(*, dark: bool) -> dict[str, Any]:
    """Return panel-material-ui's settings for one of the two looks."""
    palette: dict[str, Any] = {
        "primary": {"main": "#7aa2f7" if dark else "#2f5fc4"},
        "success": {"main": "#4fb286" if dark else "#1f7a55"},
        "warning": {"main": "#e0a34a" if dark else "#9a6400"},
        "error": {"main": "#f0787a" if dark else "#b3312f"},
        "background": (
            {"default": "#12151c", "paper": "#1a1e27"} if dark else {"default": "#f5f6f9", "paper": "#ffffff"}
        ),
    }
    line = "#323947" if dark else "#dfe3ea"
    palette["divider"] = line
    return {
        "palette": palette,
        "typography": {"fontFamily": _FONT, "fontSize": 14},
        "shape": {"borderRadius": 8},
        "components": {
            "MuiButton": {"styleOverrides": {"root": {"textTransform": "none"}}},
            "MuiAppBar": {
                "styleOverrides": {
                    "root": {
                        "backgroundColor": palette["background"]["paper"],
                        "backgroundImage": "none",
                        "color": "#e8ebf1" if dark else "#1d2330",
                        "boxShadow": "none",
                        "borderBottom": f"1px solid {line}",
                    }
                }
            },
            "MuiButtonBase": {"defaultProps": {"disableRipple": True}},
        },
    }


THEMES = {"light": theme(dark=False), "dark": theme(dark=True)}
