"""Workbench: the notebook that a data scientist iterates on is the pipeline stage that runs at night.

```python
import workbench as wb

stage = wb.stage("train")
features = stage.load("features")
```
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "__version__",
    "check",
    "explain",
    "load",
    "monitor",
    "open_workspace",
    "read",
    "reference",
    "stage",
    "widgets",
]

if TYPE_CHECKING:
    from workbench import widgets
    from workbench.data.drift import reference
    from workbench.data.source import read
    from workbench.monitoring.stage import monitor
    from workbench.pipeline.stage import Stage
    from workbench.registry import check
    from workbench.registry.explanation import explain
    from workbench.workspace import open_workspace

_LATE = {
    "check": "workbench.registry",
    "explain": "workbench.registry.explanation",
    "monitor": "workbench.monitoring.stage",
    "open_workspace": "workbench.workspace",
    "read": "workbench.data.source",
    "reference": "workbench.data.drift",
}


def stage(name: str, run: str | None = None) -> Stage:
    """Return the stage that this notebook is: its inputs, its outputs, its log.

    The same line serves a person in JupyterLab and the runner at night. In a person's session the
    notebook's parameters are checked against their types here. There it reads what was last committed; of a
    stage that was opened with `workbench open`, what that run read, with the parameters that it was given.

    Args:
        name: the stage's name in workbench.toml.
        run: in a person's session, the run whose inputs and parameters it gets: its id, a unique beginning
            of it, or `last`. A runner has its own, and does not heed it.

    Raises:
        UsageError: there is no such stage or run, or the notebook runs as another one.
        ParameterError: a parameter has the wrong type or is out of range.
    """
    from workbench.pipeline.stage import attempted

    running = attempted(name)
    if running is not None:
        return running
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        return workspace.stage(name, namespace=sys._getframe(1).f_globals, run=run)


def load(reference: str) -> Any:
    """Return a registered model of the project around the current folder, its digests checked first.

    Args:
        reference: `MODEL@champion`, `MODEL@challenger`, `MODEL/3`, or `MODEL` for its champion.

    Raises:
        UsageError: there is no such model, version or alias.
        IntegrityError: the stored bytes are not those recorded; nothing of them was parsed.
    """
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        return workspace.registry.load(reference)


def __getattr__(name: str) -> Any:
    """Import the rest of the public names when they are first used."""
    from importlib import import_module

    if name == "widgets":
        return import_module("workbench.widgets")
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module 'workbench' has no attribute {name!r}")
