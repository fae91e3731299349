"""What a run stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.clock import Clock
from workbench.kernels.aside import Aside
from workbench.ledger import Leases, Ledger
from workbench.pipeline.budget import Budget, machine_cpus, machine_memory
from workbench.pipeline.extension import Extension
from workbench.pipeline.interactive import Committed
from workbench.project import Project

if TYPE_CHECKING:
    from workbench.data import Datasets
    from workbench.tracking import Tracker


@dataclass
class Backing:
    """The stores and seams of a project, opened.

    Attributes:
        aside: does what may be done beside a run, in a process of its own.
        datasets, tracker: made when first needed, for their libraries are slow to import.
    """

    project: Project
    ledger: Ledger
    leases: Leases
    catalog: Committed
    extension: Extension
    clock: Clock
    aside: Aside
    datasets: Callable[[], Datasets]
    tracker: Callable[[], Tracker]

    @property
    def budget(self) -> Budget:
        """What all attempts of a run together may use."""
        runner = self.project.config.runner
        cpus = runner.cpus or machine_cpus()
        return Budget(runner.parallel or cpus, cpus, runner.memory or machine_memory())

    @property
    def heartbeat(self) -> float:
        """Seconds between two heartbeats."""
        return self.project.config.runner.heartbeat.total_seconds()
