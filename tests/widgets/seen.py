"""What a person would see of a widget: its parts, its words, and what becomes so after a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def widgets(view: Any, kind: str) -> list[Any]:
    """Return the parts of a view that are of a kind, by the name of their class."""
    found = [view] if type(view).__name__ == kind else []
    return found + [each for child in getattr(view, "children", ()) for each in widgets(child, kind)]


def markup_of(widget: Any) -> str:
    """Return the markup of all of a widget's view."""
    return "".join(each.value for each in widgets(widget.view, "HTML"))


def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never held"
        time.sleep(0.05)
