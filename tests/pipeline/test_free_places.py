"""An attempt that has ended gives its place to the next one before it is committed."""

from __future__ import annotations

from pathlib import Path

from tests.projects import notebook, write_project
from workbench.workspace import open_workspace

WORK = notebook("import workbench as wb\nstage = wb.stage('work')", parameters="a: int = 0")
MAKE = notebook("import workbench as wb\nstage = wb.stage('make')", "stage.save('n', {'n': 1})")
TAKE = notebook("import workbench as wb\nstage = wb.stage('take')", "stage.load('n')")
ALONE = notebook("import workbench as wb\nstage = wb.stage('alone')")


def _order(root: Path, *, sweep: bool) -> list[tuple[str, str]]:
    with open_workspace(root) as workspace:
        run = workspace.sweep("work", grid={"a": ["1", "2"]}) if sweep else workspace.run()
        assert run.outcome == "succeeded"
        events = workspace.ledger.read(f"run/{run.run}")
    wanted = ("attempt.started", "entry.committed", "entry.explored")
    return [(event.kind.partition(".")[2], event.data["entry"]) for event in events if event.kind in wanted]


def test_the_next_combination_starts_before_the_last_one_is_committed(tmp_path: Path) -> None:
    """There is one place, and nothing waits for what the first one made."""
    root = write_project(tmp_path / "shop", {"work": {"notebook": WORK}}, runner="parallel = 1\n")
    (_, first), (what, second), (done, last), _ = _order(root, sweep=True)
    assert (what, done) == ("started", "explored")
    assert first == last != second


def test_what_waits_for_a_commit_goes_before_what_does_not(tmp_path: Path) -> None:
    """The longer path keeps its turn: nothing is let in between a stage and the one that needs it."""
    stages: dict[str, dict[str, object]] = {
        "make": {"notebook": MAKE, "outputs": ["n"]},
        "take": {"notebook": TAKE, "inputs": ["n"]},
        "alone": {"notebook": ALONE},
    }
    root = write_project(tmp_path / "shop", stages, runner="parallel = 1\n")
    order = _order(root, sweep=False)
    assert order.index(("committed", "make")) < order.index(("started", "take"))
    assert order.index(("started", "take")) < order.index(("started", "alone"))
