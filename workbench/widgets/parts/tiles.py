"""A few numbers that are to be read at once, the key of a picture, and a share of a whole as a bar."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from workbench.widgets.parts.text import html, joined


def tiles(numbers: Iterable[tuple[str, str, str]]) -> Markup:
    """Return numbers side by side: of each the text, what it is, and what it means under the pointer."""
    each = (
        html(
            '<div class="wb-tile" title="{why}"><b>{said}</b><span>{what}</span></div>',
            said=said,
            what=what,
            why=why,
        )
        for said, what, why in numbers
    )
    return html('<div class="wb-tiles">{each}</div>', each=joined(each))


def legend(lines: Iterable[tuple[str, str]]) -> Markup:
    """Return the key of a picture: of each line its tone, and what it is."""
    each = (
        html('<span><i class="wb-key wb-on-{tone}"></i>{what}</span>', tone=tone, what=what)
        for tone, what in lines
    )
    return html('<div class="wb-legend">{each}</div>', each=joined(each))


def share_bar(share: float | None, said: str) -> Markup:
    """Return a share of a whole, from 0 to 1, as a bar with its text; the text alone where there is none."""
    if share is None:
        return html("{said}", said=said)
    wide = f"{100 * min(max(share, 0.0), 1.0):.1f}"
    return html('<span class="wb-share"><i style="width:{wide}%"></i></span>{said}', wide=wide, said=said)
