"""Notebooks that were not written for the purpose: what is planted is named, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parity.foreign import CLEAN, write_foreign
from tests.parity.planted import planted, plants
from workbench.parity import Kind, check

PLANTS = plants(staged=False)


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_notebook_raises_no_alarm(tmp_path: Path, name: str) -> None:
    """Durations, seeds by name, relative paths, optional imports: all of that is fine."""
    report = check([str(write_foreign(tmp_path / "shop", name, CLEAN[name]))])
    assert [str(fault) for each in report.checked for fault in each.faults] == []
    assert report.checked[0].outcome == "succeeded"


@pytest.mark.parametrize("kind", PLANTS)
def test_each_class_is_named_with_its_cell(tmp_path: Path, kind: Kind) -> None:
    """One fault is planted, and one is named: its class, and the cell that it stands in."""
    cells, number = planted(CLEAN["shop" if kind is Kind.ORDER else "model"], PLANTS[kind])
    path = write_foreign(tmp_path / "shop", "planted", cells)
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "limits.csv").write_text("item,limit\na,3\n")
    report = check([str(path)])
    found = [(fault.kind, fault.cell) for fault in report.checked[0].faults if fault.fails]
    assert found[0] == (kind, number)
    assert {each for each, _ in found} == {kind}
    assert len(found) == 1 or kind in (Kind.STATE, Kind.ORDER)  # several cells needed what is gone
    assert all(fault.todo and fault.source for fault in report.checked[0].faults)
