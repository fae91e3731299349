"""What a fork server is started with; kernels that need something else need another server."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from workbench.kernels.settings import KernelSettings

# Read by the interpreter when it starts, or by libraries when they are imported: too late after a fork.
_EARLY = re.compile(
    r"(PYTHON|LD_|MALLOC_|GLIBC_|LC_|NPY_|PANDAS_|ARROW_|NUMBA_|SKLEARN_|GOMP_|KMP_).*"
    r"|(OMP|OPENBLAS|MKL|BLIS)_(?!NUM_THREADS$).*"
    r"|LANG|LANGUAGE|HOME|TMPDIR|MPLCONFIGDIR|VIRTUAL_ENV|XDG_(CONFIG|CACHE|DATA)_HOME"
)
_NAMESPACES = ("mnt", "net", "pid", "user", "ipc", "uts")
_QUIET = {"DO_NOT_TRACK": "1", "MLFLOW_DISABLE_TELEMETRY": "true", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


@dataclass(frozen=True)
class Recipe:
    """Everything in which two fork servers may differ.

    Attributes:
        python: the interpreter, with its version.
        code: the state of the server's own code.
        surroundings: namespaces and control group; a kernel must not escape those of who asks for it.
        variables: environment variables that take effect when Python starts or a library is imported.
        usual, preload: the usual modules, and those loaded besides.
        idle: seconds after which an unused server ends.
        memory: bytes above which it is renewed.
    """

    python: tuple[str, ...]
    code: tuple[str, ...]
    surroundings: tuple[str, ...]
    variables: dict[str, str]
    usual: bool
    preload: tuple[str, ...]
    idle: float
    memory: int

    @cached_property
    def name(self) -> str:
        """The name that all servers of this recipe share."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    @cached_property
    def environment(self) -> dict[str, str]:
        """The environment that a server is started in: nothing of it is one kernel's own."""
        return {**self.variables, **_QUIET, "PATH": os.environ.get("PATH", os.defpath)}

    def to_json(self) -> str:
        """Return the recipe as text, the same for equal recipes."""
        return json.dumps(asdict(self), sort_keys=True)


def read_recipe(text: str) -> Recipe:
    """Return the recipe that `to_json` wrote."""
    fields = json.loads(text)
    lists = {key: tuple(value) for key, value in fields.items() if isinstance(value, list)}
    return Recipe(**{**fields, **lists})


def recipe_for(environment: Mapping[str, str], settings: KernelSettings) -> Recipe:
    """Return the recipe of the server that can serve a kernel with this environment."""
    early = {name: value for name, value in environment.items() if _EARLY.fullmatch(name)}
    return Recipe(
        python=(sys.executable, sys.version, sys.prefix),
        code=_code(),
        surroundings=_surroundings(),
        variables=early,
        usual=settings.usual,
        preload=settings.preload,
        idle=settings.idle,
        memory=settings.memory,
    )


def _code() -> tuple[str, ...]:
    files = sorted(Path(__file__).parent.glob("*.py"))
    return tuple(f"{file} {file.stat().st_mtime_ns} {file.stat().st_size}" for file in files)


def _surroundings() -> tuple[str, ...]:
    try:
        found = [str(Path(f"/proc/self/ns/{name}").readlink()) for name in _NAMESPACES]
        groups = Path("/proc/self/cgroup").read_text(encoding="utf-8")
    except OSError:
        return ()
    if "/user.slice/" not in groups:  # each window of a person's own session is a group, with no limits
        found.append(groups)
    return tuple(found)
