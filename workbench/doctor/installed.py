"""Looks at what is installed: Python, the workbench and what it needs, the kernel, SQLite."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from workbench import __version__
from workbench.doctor.finding import Finding, fail, ok, warn

DISTRIBUTION = "workbench-ml"
_SHOWN = ("papermill", "mlflow", "deltalake", "jupyterlab", "nbdime", "lightgbm", "scikit-learn", "pandas")
_KERNEL = "python3"
_WAL_IS_SAFE = (3, 51, 3)


def installed() -> Iterator[Finding]:
    """Yield what is found of the installation."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield ok("python", f"{version}, {sys.prefix}")
    yield ok("workbench", f"{__version__}, {Path(__file__).parents[1]}")
    yield _packages()
    yield _kernel()
    journal = "with" if sqlite3.sqlite_version_info >= _WAL_IS_SAFE else "safe without WAL, so with"
    yield ok("sqlite", f"{sqlite3.sqlite_version}, {journal} the rollback journal")


def unmet(distribution: str = DISTRIBUTION) -> list[str]:
    """Return what a distribution declares and the environment does not hold: `pandas<3.1 (3.2 is there)`.

    Raises:
        metadata.PackageNotFoundError: the distribution itself is not installed.
    """
    from packaging.requirements import Requirement

    found = []
    for text in metadata.requires(distribution) or ():
        wanted = Requirement(text)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        version = version_of(wanted.name)
        if version is None:
            found.append(f"{wanted.name} (missing)")
        elif not wanted.specifier.contains(version, prereleases=True):
            found.append(f"{wanted.name}{wanted.specifier} ({version} is there)")
    return found


def version_of(distribution: str) -> str | None:
    """Return the version of what is installed under a name, None when nothing is."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _packages() -> Finding:
    shown = ", ".join(f"{name} {version_of(name) or '–'}" for name in _SHOWN)
    try:
        lacking = unmet()
    except metadata.PackageNotFoundError:
        return warn("packages", f"{shown}; {DISTRIBUTION} itself is not installed", "pip install .")
    if lacking:
        return fail(
            "packages", f"not as declared: {', '.join(lacking)}", f"pip install --upgrade {DISTRIBUTION}"
        )
    return ok("packages", shown)


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    todo = f"{sys.executable} -m ipykernel install --sys-prefix"
    try:
        spec = KernelSpecManager().get_kernel_spec(_KERNEL)
    except NoSuchKernel:
        return fail("kernel", f"Jupyter knows no kernel {_KERNEL!r}", todo)
    program = spec.argv[0]
    if "/" in program and Path(program).absolute() != Path(sys.executable).absolute():
        if not Path(program).exists():
            return fail("kernel", f"{_KERNEL} starts {program}, which is not there", todo)
        return warn("kernel", f"{_KERNEL} starts another Python: {program}", todo)
    return ok("kernel", f"{_KERNEL} starts this Python")
