"""How much of the machine attempts may use at once, and each one's share of its threads."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbench.pipeline.entry import Entry

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "LOKY_MAX_CPU_COUNT",  # what joblib, so scikit-learn, makes of n_jobs=-1
)


@dataclass(frozen=True)
class Need:
    """What an attempt is expected to use.

    Attributes:
        cpus: cores that its threads may keep busy.
        memory: bytes at its peak, 0 when nobody knows.
    """

    cpus: int
    memory: int = 0


@dataclass(frozen=True)
class Budget:
    """What all attempts of a run together may use.

    Attributes:
        slots: attempts at once.
        spread: the cores belong to several machines, so no attempt gets a share of them all.
    """

    slots: int
    cpus: int
    memory: int
    spread: bool = False

    def admits(self, need: Need, running: Sequence[Need]) -> bool:
        """Return whether another attempt fits beside those that run; the first one always does."""
        if not running:
            return True
        cpus = need.cpus + sum(other.cpus for other in running)
        memory = need.memory + sum(other.memory for other in running)
        return len(running) < self.slots and cpus <= self.cpus and memory <= self.memory


def machine_cpus() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0))


def machine_memory() -> int:
    """Return four fifths of the machine's memory, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 4 // 5


def width(entries: Iterable[Entry]) -> int:
    """Return how many entries can run side by side, by their depth in the order of reading."""
    depth: dict[str, int] = {}
    for entry in entries:
        depth[entry.name] = 1 + max((depth[name] for name in entry.after), default=0)
    return max(Counter(depth.values()).values(), default=1)


def share(entry: Entry, budget: Budget, side_by_side: int) -> int:
    """Return the cores of an entry: what its stage declares, or an equal share among its like.

    It follows from the request alone, not from what happens to run at the moment: the number of
    threads can change the last digits of a sum, and a stage's result must not depend on its neighbours.
    """
    declared = entry.stage.config.cpus
    if budget.spread:
        return declared or 1
    return declared or max(1, budget.cpus // min(side_by_side, budget.slots))


def thread_variables(cpus: int) -> dict[str, str]:
    """Return the environment that keeps OpenMP, BLAS, Polars and joblib to a number of threads."""
    return dict.fromkeys(_THREAD_VARIABLES, str(cpus))
