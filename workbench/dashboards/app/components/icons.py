"""Small drawings, in lines, for the navigation."""

from __future__ import annotations

from markupsafe import Markup

_PATHS = {
    "page": "M6 3h8l4 4v14H6zM14 3v4h4",
    "overview": "M4 4h7v7H4zM13 4h7v4h-7zM13 11h7v9h-7zM4 14h7v6H4z",
    "experiments": "M9 3h6M10 3v6L4.5 18.5A1.7 1.7 0 0 0 6 21h12a1.7 1.7 0 0 0 1.5-2.5L14 9V3M7.5 15h9",
    "drift": "M3 15c3 0 3-6 6-6s3 6 6 6 3-6 6-6M3 20h18",
    "deployments": "M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5",
    "chart": "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
    "alert": "M12 4l9 16H3zM12 10v4M12 17v.5",
}


def icon(name: str) -> Markup:
    """Return a drawing by its name, that of a page where there is none."""
    path = _PATHS.get(name, _PATHS["page"])
    return Markup('<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>').format(path)
