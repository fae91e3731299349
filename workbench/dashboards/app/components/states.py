"""What stands where there is nothing to show, or where something broke."""

from __future__ import annotations

import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components.markup import block, html
from workbench.errors import AccessError, WorkbenchError


def empty_state(title: str, what_to_do: str, command: str = "") -> pn.pane.HTML:
    """Return what stands where there is nothing yet: what it is that is missing, and what makes it.

    Args:
        title: such as `No run yet`.
        what_to_do: a sentence.
        command: to copy.
    """
    typed = html("<pre>{command}</pre>", command=command) if command else ""
    return block(
        html(
            '<section class="state"><h3>{title}</h3><p>{what}</p>{typed}</section>',
            title=title,
            what=what_to_do,
            typed=typed,
        )
    )


def error_state(
    error: BaseException, *, what: str = "This part of the page", said: str = "cannot be shown"
) -> pn.pane.HTML:
    """Return what stands where something broke: what, why, and what to do. No traceback, no secret.

    Args:
        error: that came of it.
        what: was asked for.
        said: of it, where the error is one that people can do something about.
    """
    return block(error_markup(error, what=what, said=said))


def error_markup(error: BaseException, *, what: str, said: str = "cannot be shown") -> Markup:
    """Return the same as markup, for within something else."""
    if isinstance(error, AccessError):
        title, message, hint = "Not for your role", error.message, error.hint
    elif isinstance(error, WorkbenchError):
        title, message, hint = f"{what} {said}", error.message, error.hint
    else:
        title = f"{what} broke"
        message = f"{type(error).__name__}; the server's log says where."
        hint = "It is tried again by itself; the rest of the page goes on."
    return html(
        '<section class="state error" role="alert"><h3>✗ {title}</h3><p>{message}</p>'
        '<p class="quiet">{hint}</p></section>',
        title=title,
        message=message,
        hint=hint,
    )
