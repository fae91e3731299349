"""Keeps libraries that were loaded before the fork to the threads that a kernel's environment grants."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class _Found:
    """What the fork server found once, because to look for it takes 20 ms.

    Attributes:
        pools: the native libraries' thread pools.
        cores: that it could use when its libraries counted them.
    """

    pools: list[Any] = field(default_factory=list)
    cores: int = 0


_FOUND = _Found()
_IN_NEW_THREADS: list[tuple[Any, int]] = []


def find_thread_pools() -> None:
    """Look for the thread pools of the native libraries that are loaded."""
    if "numpy" not in sys.modules:
        return
    _FOUND.cores = _FOUND.cores or cores()
    with contextlib.suppress(Exception):
        import threadpoolctl  # type: ignore[import-untyped]

        _FOUND.pools = threadpoolctl.ThreadpoolController().lib_controllers


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def keep_to_threads(environment: Mapping[str, str]) -> None:
    """Set the threads of every library that is loaded as it would have set them in this environment."""
    if not _FOUND.pools:
        find_thread_pools()  # the kernel was forked before everything was loaded
    openmp = _number(environment, "OMP_NUM_THREADS")
    _set_pools(environment, openmp)
    for name, variable, set_threads in _LIBRARIES:
        library, number = sys.modules.get(name), _number(environment, variable) or openmp
        if library and number:
            with contextlib.suppress(Exception):
                set_threads(library, number)


def _set_pools(environment: Mapping[str, str], openmp: int | None) -> None:
    here = cores()
    counted = here if here != _FOUND.cores else None
    for pool in _FOUND.pools:
        if pool.user_api == "openmp":
            limit = openmp or counted
        else:
            limit = _number(environment, f"{pool.internal_api.upper()}_NUM_THREADS") or openmp or counted
            limit = limit and min(limit, here)  # each BLAS has as many as there are cores at most
        if limit and not (pool.internal_api == "openblas" and _keep_openblas(pool.dynlib, limit)):
            pool.set_num_threads(limit)
            if pool.user_api == "openmp":
                _set_in_new_threads(pool, limit)


def _keep_openblas(library: Any, limit: int) -> bool:
    """Lower the number of OpenBLAS' threads where it stands, and tell whether that was possible.

    OpenBLAS starts its threads anew when the first computation after a fork asks for them. Its own
    function starts them at once, and each then spins for a tenth of a second, in every kernel.
    """
    try:
        numbers = [ctypes.c_int.in_dll(library, name) for name in ("blas_cpu_number", "blas_num_threads")]
        running = ctypes.c_int.in_dll(library, "blas_server_avail").value
    except (ValueError, TypeError):  # built without threads of its own, or by other names
        return False
    if running or any(number.value < limit for number in numbers):
        return False
    for number in numbers:
        number.value = limit
    return True


def _set_in_new_threads(pool: Any, limit: int) -> None:
    """Remember what OpenMP forgets: a number that is set counts in the thread that has set it."""
    _IN_NEW_THREADS.append((pool, limit))
    threading.setprofile(_begin_thread)


def _begin_thread(*_: object) -> None:
    sys.setprofile(None)  # called once, before the thread's own work
    for pool, limit in _IN_NEW_THREADS:
        pool.set_num_threads(limit)


def _set_numexpr(numexpr: Any, number: int) -> None:
    numexpr.set_num_threads(min(number, numexpr.utils.MAX_THREADS))


_LIBRARIES: tuple[tuple[str, str, Callable[[Any, int], object]], ...] = (
    ("pyarrow", "OMP_NUM_THREADS", lambda arrow, number: arrow.set_cpu_count(number)),
    ("numexpr", "NUMEXPR_NUM_THREADS", _set_numexpr),
    ("torch", "OMP_NUM_THREADS", lambda torch, number: torch.set_num_threads(number)),
)


def _number(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name, "").partition(",")[0].strip()  # "4,2": what is nested gets the second
    return int(text) if text.isdecimal() and int(text) > 0 else None
