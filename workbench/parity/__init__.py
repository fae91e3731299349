"""Whether a notebook gives the same headless as by hand: run clean, and what it depended on is named."""

from workbench.parity.check import Progress
from workbench.parity.fault import Checked, Fault, Kind, Report
from workbench.parity.run import check

__all__ = ["Checked", "Fault", "Kind", "Progress", "Report", "check"]
