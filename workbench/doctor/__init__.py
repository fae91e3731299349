"""What is installed, reachable and writable, and what to do about what is not."""

from workbench.doctor.examine import examine
from workbench.doctor.finding import Finding, Status

__all__ = ["Finding", "Status", "examine"]
