"""What a notebook's code says of itself, cell by cell, before anything runs."""

from __future__ import annotations

from workbench.parity.fault import Fault
from workbench.parity.reading.chance import unpinned
from workbench.parity.reading.clock import clock_calls
from workbench.parity.reading.inputs import undeclared
from workbench.parity.reading.modules import missing_modules
from workbench.parity.reading.names import missing_names, stored_session
from workbench.parity.reading.network import networked
from workbench.parity.reading.paths import absolute_paths
from workbench.parity.subject import Subject

__all__ = ["clock_calls", "missing_modules", "missing_names", "read_faults", "unpinned"]


def read_faults(subject: Subject) -> list[Fault]:
    """Return what the code alone shows; of chance and clock only a run tells whether they matter."""
    return [
        *stored_session(subject),
        *absolute_paths(subject),
        *undeclared(subject),
        *networked(subject),
    ]
