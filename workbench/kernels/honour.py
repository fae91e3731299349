"""Applies environment variables that libraries read when they were imported, before they were known."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

INLINE = "module://matplotlib_inline.backend_inline"
_POOLS: list[Any] = []  # found by the fork server, once: to look for them takes 20 ms


def find_thread_pools() -> None:
    """Look for the thread pools of the native libraries that are loaded."""
    if "numpy" not in sys.modules:
        return
    with contextlib.suppress(Exception):
        import threadpoolctl  # type: ignore[import-untyped]

        _POOLS[:] = threadpoolctl.ThreadpoolController().lib_controllers


def honour(environment: Mapping[str, str]) -> None:
    """Make the libraries that are loaded follow this environment, as if they were imported in it."""
    _set_threads(environment)
    polars = sys.modules.get("polars")
    if polars:
        with contextlib.suppress(Exception):
            polars._plr.config_reload_env_vars()
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib:
        os.environ.setdefault("MPLBACKEND", INLINE)  # as ipykernel does before anything is imported
        with contextlib.suppress(Exception):
            _read_style(matplotlib)
            matplotlib.rcParams["backend"] = os.environ["MPLBACKEND"]


def _set_threads(environment: Mapping[str, str]) -> None:
    openmp = _number(environment, "OMP_NUM_THREADS")
    limits = {
        "openmp": openmp,
        "openblas": _number(environment, "OPENBLAS_NUM_THREADS") or openmp,
        "mkl": _number(environment, "MKL_NUM_THREADS") or openmp,
        "blis": _number(environment, "BLIS_NUM_THREADS") or openmp,
    }
    if any(limits.values()) and not _POOLS:
        find_thread_pools()  # the kernel was forked before everything was loaded
    for pool in _POOLS:
        limit = limits.get(pool.internal_api if pool.user_api == "blas" else pool.user_api)
        if limit:
            pool.set_num_threads(limit)
    arrow = sys.modules.get("pyarrow")
    if arrow and openmp:
        arrow.set_cpu_count(openmp)


def _number(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name, "")
    return int(text) if text.isdecimal() and int(text) > 0 else None


def _read_style(matplotlib: Any) -> None:
    """Read a `matplotlibrc` that this environment or this folder names; that of the home is read."""
    if "MATPLOTLIBRC" in os.environ or Path("matplotlibrc").exists():
        style = matplotlib.rc_params_from_file(matplotlib.matplotlib_fname(), use_default_template=True)
        matplotlib.rcParams.update(style)
