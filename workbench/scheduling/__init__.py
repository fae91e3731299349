"""What happens by itself: schedules, triggers, and the daemon that starts what is due."""

from workbench.scheduling.claim import Claim
from workbench.scheduling.scheduler import Scheduler, Started

__all__ = ["Claim", "Scheduler", "Started"]
