"""Widgets for a person at a notebook; each is one line, and a text where no page can show it.

```python
import workbench as wb

wb.widgets.RunPipeline()
```
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = [
    "Compare",
    "Drift",
    "Explain",
    "Gates",
    "Profile",
    "Promotion",
    "RunPipeline",
    "Runs",
    "Threshold",
    "Tuning",
]

if TYPE_CHECKING:
    from workbench.widgets.compare import Compare
    from workbench.widgets.drift import Drift
    from workbench.widgets.explain import Explain
    from workbench.widgets.gates import Gates
    from workbench.widgets.profile import Profile
    from workbench.widgets.promotion import Promotion
    from workbench.widgets.run_pipeline import RunPipeline
    from workbench.widgets.runs import Runs
    from workbench.widgets.threshold import Threshold
    from workbench.widgets.tuning import Tuning

_FILES = {name: name.lower() for name in __all__} | {"RunPipeline": "run_pipeline"}


def __getattr__(name: str) -> Any:
    """Import a widget when it is first used."""
    if name in _FILES:
        return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
