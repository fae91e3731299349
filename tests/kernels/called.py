"""What the tests of `Aside` call in another process."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from workbench.errors import UnknownNameError


class Unusual(Exception):
    """An error that cannot travel between processes."""

    def __init__(self) -> None:
        super().__init__("a lock")
        self.lock = threading.Lock()


def has_loaded(module: str) -> bool:
    """Tell whether a module is loaded here."""
    return module in sys.modules


def knows_packages() -> bool:
    """Tell whether MLflow knows here which package brings which module, which takes it long to find out."""
    return bool(vars(sys.modules["mlflow.utils.requirements_utils"])["_PACKAGES_TO_MODULES"])


def refuse(name: str) -> None:
    """Refuse an unknown name."""
    raise UnknownNameError("letter", name, ["alpha", "beta"])


def fail_unusually() -> None:
    """Raise what does not pickle."""
    raise Unusual


def write_later(path: str) -> None:
    """Write a file after a moment."""
    time.sleep(0.5)
    Path(path).write_text("done", encoding="utf-8")
