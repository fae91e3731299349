"""The committed notebooks keep the rules, and say of themselves what workbench.toml says of them."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from tests.repository.checkout import ROOT, committed
from workbench.notebook_file import read_cells
from workbench.notebook_rules import check

STAGES: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "workbench.toml").read_text())["stages"]


def test_every_committed_notebook_keeps_the_rules() -> None:
    """No stored outputs, a title, one parameters cell, short: what `make lint` checks, checked here too."""
    notebooks = committed("notebooks/*.ipynb")
    assert notebooks
    assert [str(breach) for path in notebooks for breach in check(path)] == []


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_a_notebooks_opening_line_names_its_declared_inputs_and_outputs(stage: str) -> None:
    """`Reads …; writes ….` is a promise to the reader, so it must be the declared one."""
    opening = read_cells(ROOT / STAGES[stage]["notebook"])[0]["source"]
    line = next(line for line in opening.splitlines() if re.search(r"\bwrites\b", line, re.IGNORECASE))
    reads, _, writes = re.split(r"(\bwrites\b)", line, maxsplit=1, flags=re.IGNORECASE)
    assert sorted(re.findall(r"`([^`]+)`", reads)) == sorted(STAGES[stage].get("inputs", []))
    assert sorted(re.findall(r"`([^`]+)`", writes)) == sorted(STAGES[stage].get("outputs", []))
