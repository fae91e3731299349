"""Clicks on a picture, told to the kernel through a text field that nobody sees.

Where a page runs no scripts of widgets, a click does nothing; whatever it does can be chosen otherwise, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
from markupsafe import Markup

_FIELD = "wb-clicked"
ON_CLICK = Markup(  # noqa: S704 - our own, without a word of data
    'onclick="const place = event.target.dataset.place, '
    f"field = place && this.closest('.wb').querySelector('.{_FIELD} input'); "
    "if (field) { field.value = place; field.dispatchEvent(new Event('input', {bubbles: true})); }\""
)
"""An attribute of a picture whose parts have `data-place`; it stands in a frame with a field of `clicks`."""


def clicks(clicked: Callable[[str], None]) -> ipywidgets.Text:
    """Return the field, which calls something with the place that was clicked."""
    field = ipywidgets.Text(layout={"display": "none"})
    field.add_class(_FIELD)

    def told(change: dict[str, Any]) -> None:
        if change["new"]:
            field.value = ""  # so that the same place can be clicked again
            clicked(change["new"])

    field.observe(told, "value")
    return field
