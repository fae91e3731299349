"""What stands in a line that breaks where the screen ends."""

from __future__ import annotations

from typing import Any

import panel as pn

from workbench.dashboards.app.components.control import Control


class Flow(pn.Row):  # type: ignore[misc] # Panel's class is not typed
    """Parts in a line that breaks; Panel's FlexBox does the same and is compiled in the browser each time.

    Args:
        parts: that stand in it.
        gap: between them, in CSS.
        align_items: how they stand beside each other, in CSS.
        settings: of the layout besides.
    """

    def __init__(
        self, *parts: Any, gap: str = "0px", align_items: str = "flex-start", **settings: Any
    ) -> None:
        styles = {"flex-wrap": "wrap", "gap": gap, "align-items": align_items, **settings.pop("styles", {})}
        super().__init__(*parts, styles=styles, **{"sizing_mode": "stretch_width", "margin": 0, **settings})

    def _compute_sizing_mode(self, children: Any, props: Any) -> dict[str, Any]:
        """Ask for the room of the widest part, not of all of them in one line as Panel does."""
        found: dict[str, Any] = super()._compute_sizing_mode(children, props)
        if found.get("min_width"):
            widths = [getattr(child, "min_width", None) or 0 for child in children]
            found["min_width"] = max(widths, default=0) or None
        return found


def abreast(*controls: tuple[Control, int, int]) -> Flow:
    """Return controls in a line, each with its least and greatest width in pixels."""
    for control, least, most in controls:
        control.param.update(min_width=least, max_width=most, styles={"flex": "1 1 0"})
    return Flow(*(control for control, *_ in controls), margin=(4, 0))
