"""What the fork server loads before it forks: the imports that notebooks usually begin with."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.kernels.asking import asking_modules, unload
from workbench.kernels.inventory import Inventory
from workbench.kernels.known import note_modules

KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger")
USUAL = (
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "scipy.stats",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "lightgbm",
    "polars",
    "deltalake",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "tornado.platform.asyncio",
    "workbench",
    "workbench.data",
    "workbench.data.artifact",
    "workbench.data.dataset",
    "workbench.parameters",
    "workbench.pipeline.stage",
    "workbench.project",
    "sqlalchemy.orm",
    "alembic.command",
    "fastapi",
    "mlflow",
    "mlflow.lightgbm",
    "workbench.tracking.active",
    "workbench.tracking.model_store",
    "colorlog",
    "alembic.config",
    "alembic.migration",
    "cryptography.fernet",
    "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.store.model_registry.sqlalchemy_store",
    "stamina",
    "jsonschema",
    "nbconvert.exporters.html",
    "workbench.pipeline.page",
    "workbench.tracking.distant",
    "workbench.registry.later",
    "workbench.registry.projection",
    "scipy.optimize",
    "workbench.data.drift",
    "workbench.serving.log",
    "workbench.monitoring.stage",
    "workbench.monitoring.page",
)
_READY = (
    ("sqlalchemy.orm", "configure_mappers"),
    ("workbench.pipeline.page", "get_ready"),
    ("mlflow.utils.requirements_utils", "_init_packages_to_modules_map"),  # 0.7 s of each saved model
)


@dataclass
class Preload:
    """The modules loaded so far, and what they left behind in this process.

    Attributes:
        failures: what could not be imported, with the error; a kernel that imports it meets the same.
        local: what each kernel imports fresh: project modules that came along, and modules that look
            for a kernel when they are imported.
        environment: that of the server before anything was imported.
        starter: the module that started a thread of Python's; that thread would be missing in a kernel,
            with all locks that it holds.
        threads: how many there were after the last import. Libraries start some of them, and forking
            with exactly those is known to be safe.
    """

    modules: tuple[str, ...]
    memory: int
    inventory: Inventory = field(default_factory=Inventory)
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    failures: dict[str, str] = field(default_factory=dict)
    local: list[str] = field(default_factory=list)
    threads: int = 0
    starter: str = ""
    seconds: float = 0.0
    done: bool = False

    def steps(self) -> Iterator[None]:
        """Import one module after the other; in between, kernels may be forked."""
        began = time.monotonic()
        for name in KERNEL:
            self._load(name)
        yield
        for name in dict.fromkeys(self.modules):
            if resident() > self.memory:
                self.failures[name] = f"not tried: the server has reached its {self.memory} bytes of memory"
                continue
            self._load(name)
            yield
        warm_caches()
        self.threads = count_threads()
        self.done = True
        self.seconds = round(time.monotonic() - began, 2)

    def unsafe(self) -> str | None:
        """Return why forking is not safe now, None when it is."""
        if self.starter:
            return f"{self.starter} starts a thread when it is imported; take it out of [kernels] preload"
        now = count_threads()
        if now > self.threads:
            return f"the fork server has {now} threads, and had {self.threads} when its imports were done"
        self.threads = now  # one that ended by itself is one less to lose
        return None

    def variables(self) -> dict[str, str]:
        """Return the variables that libraries set when they were imported."""
        return {name: value for name, value in os.environ.items() if self.environment.get(name) != value}

    def _load(self, name: str) -> None:
        running = set(threading.enumerate())
        with asking_modules() as asking:
            try:
                importlib.import_module(name)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a broken library: still have a kernel
                self.failures[name] = f"{type(error).__name__}: {error}"
        unload(asking)
        if set(threading.enumerate()) - running and not self.starter:
            self.starter = name
        self.local += [*sorted(asking), *self.inventory.take()]
        self.threads = count_threads()


def warm_caches() -> None:
    """Let libraries look up once what each kernel would look up anew."""
    from workbench.kernels.honour import INLINE
    from workbench.kernels.threads import find_thread_pools

    find_thread_pools()
    note_modules()
    registry = sys.modules.get("matplotlib.backends.registry")
    if registry:
        with contextlib.suppress(Exception):
            registry.backend_registry.is_valid_backend(INLINE)
    for module, ready in _READY:
        if module in sys.modules:
            with contextlib.suppress(Exception):  # whoever needs it meets the same, and can say so
                getattr(sys.modules[module], ready)()


def count_threads() -> int:
    """Return how many threads this process has, whoever started them."""
    return len(list(Path("/proc/self/task").iterdir()))


def resident() -> int:
    """Return the bytes of memory that this process has in use."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0
