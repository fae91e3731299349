"""Imports Papermill and nbformat without what takes most of their time and is asked by nobody here.

jsonschema builds parsers of internationalised URLs and of durations if it can, for formats that no notebook
has; Papermill takes along a client for S3, where our notebooks are not read from. Both do without, as they
do where those libraries are not installed.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SPARED = {"jsonschema": ("rfc3987_syntax", "isoduration"), "papermill": ("boto3",)}
_importing = threading.RLock()


def import_nbformat() -> Any:
    """Return the module nbformat."""
    with _without(*_SPARED["jsonschema"], unless="jsonschema"):
        import nbformat
    return nbformat


def import_engine() -> Any:
    """Return our module `engine`, with Papermill behind it."""
    import_nbformat()
    with _without(*_SPARED["papermill"], unless="papermill"):
        from workbench.pipeline import engine
    return engine


@contextmanager
def _without(*names: str, unless: str) -> Iterator[None]:
    """Let imports of some libraries fail for a moment; of those alone that nothing has imported yet."""
    with _importing:
        spared = [] if unless in sys.modules else [name for name in names if name not in sys.modules]
        for name in spared:
            sys.modules[name] = None  # type: ignore[assignment]  # as `import` reads it: there is none
        try:
            yield
        finally:
            for name in spared:
                del sys.modules[name]
