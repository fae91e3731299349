"""Makes a stage of a notebook that somebody worked in: proposed first, written after a yes."""

from workbench.adopt.diff import notebook_diff
from workbench.adopt.finding import Finding
from workbench.adopt.proposal import Proposal
from workbench.adopt.propose import Wish, propose
from workbench.adopt.setting import Setting
from workbench.adopt.write import write

__all__ = ["Finding", "Proposal", "Setting", "Wish", "notebook_diff", "propose", "write"]
