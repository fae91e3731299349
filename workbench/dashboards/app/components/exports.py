"""What saves a table as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.dashboards.app.components.entries import Button
from workbench.dashboards.app.components.moments import viewer_zone

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_button(frame: Callable[[], pd.DataFrame], name: str, **settings: Any) -> Button:
    """Return a button that saves a table as CSV, all pages of it.

    Args:
        frame: asked for when the button is pressed.
        name: of the file, without its ending.
        settings: of the button besides.
    """

    def save() -> None:
        made.save(f"{name}.csv", "text/csv", to_csv(frame()))

    made = Button(label="CSV", description=f"Save {name} as CSV", on_click=save, **settings)
    return made


def zoned(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a frame whose column of times, which are the viewer's, says so in its heading."""
    return frame.rename(columns={column: f"{column} ({viewer_zone()})"})


def to_csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV; text that a spreadsheet would take for a formula begins with an apostrophe."""
    return frame.map(_defused).rename(columns=_defused).to_csv(index=False)


def _defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
