"""The rules for stage notebooks, executable: `python -m workbench.notebook_rules [--fix] notebooks`.

A stage notebook is read by people who did not write it, in the morning after it broke. So it opens with a
title and one line that says what it reads and writes, has one parameters cell, is short, and holds neither
classes nor stored outputs: longer logic lives in a module with tests, results live in the run.
"""

from workbench.notebook_rules.book import RULES, check, clear, fix
from workbench.notebook_rules.command import main
from workbench.notebook_rules.rule import Breach, Rule
from workbench.notebook_rules.rules import MOST_CELLS, MOST_LINES

__all__ = ["MOST_CELLS", "MOST_LINES", "RULES", "Breach", "Rule", "check", "clear", "fix", "main"]
