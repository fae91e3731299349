"""Shows the change of a notebook as nbdime does."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any


def notebook_diff(
    before: Mapping[str, Any], after: Mapping[str, Any], *, names: tuple[str, str], colour: bool
) -> str:
    """Return nbdime's text for the difference of two notebooks.

    Args:
        before: as it was, format 4.
        after: as it would be.
        names: what to call the two.
        colour: whether to colour it for a terminal.
    """
    import nbformat
    from nbdime import diff_notebooks
    from nbdime.prettyprint import PrettyPrintConfig, pretty_print_notebook_diff

    base, changed = nbformat.from_dict(before), nbformat.from_dict(after)
    written = io.StringIO()
    config = PrettyPrintConfig(out=written, use_color=colour, use_git=False, use_diff=False)
    pretty_print_notebook_diff(*names, base, diff_notebooks(base, changed), config)
    return written.getvalue()
