"""A notebook goes on behind a checkpoint as long as what stands above it, and what that reads, stays."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.pipeline.sessions import Kernel
from tests.projects import cell, notebook, write_notebook, write_project
from workbench.errors import UsageError
from workbench.pipeline.checkpoint import find_checkpoints, keep_checkpoint, kept_checkpoint
from workbench.pipeline.checkpoint.values import load_value, store_value
from workbench.pipeline.outcome import Outcome
from workbench.tracking.trust import NO_TRUST
from workbench.workspace import open_workspace

HEAD = "import workbench as wb\nstage = wb.stage('long')"
ABOVE = """
import random
from pathlib import Path
NAMES = ['a', 'b']
def double(x):
    return factor * x
random.seed(stage.seed)
with Path(stage.project.root / 'ran').open('a') as file:
    file.write('x')
frame = __import__('pandas').DataFrame({'a': [1, 2], 'b': [3, 4]})
stage.log_metrics({'above': 1})
stage.save('early', {'from': 'above'})
"""
KEEP = "stage.checkpoint('made', frame=frame)"
BELOW = """
drawn = random.random()
stage.save('late', {'sum': int(double(frame[NAMES].sum().sum())), 'drawn': drawn})
"""
BROKEN = "raise RuntimeError('not yet')"
PARAMETERS = "factor: int = 2\nrate: float = 0.1"


def long(*cells: str) -> dict[str, Any]:
    return notebook(HEAD, *cells, parameters=PARAMETERS)


def rewrite(root: Path, *cells: str) -> None:
    write_notebook(root / "notebooks" / "long.ipynb", long(*cells))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    stage = {"notebook": long(ABOVE, KEEP, BROKEN, BELOW), "outputs": ["early", "late"]}
    return write_project(tmp_path / "shop", {"long": stage})


def times_ran(root: Path) -> int:
    return len((root / "ran").read_text())


def test_a_mended_notebook_goes_on_behind_its_checkpoint_with_all_that_was_saved_above(root: Path) -> None:
    """The record says so, the result is that of a run from the top, and `force` runs from there."""
    with open_workspace(root) as workspace:
        first = workspace.run()
        assert first.outcome is Outcome.FAILED
        rewrite(root, ABOVE, KEEP, BELOW)
        state = workspace.resume(first.run)
        assert state.outcome is Outcome.SUCCEEDED, state.reason
        assert times_ran(root) == 1
        attempt = state.entries["long"].attempts[-1]
        assert attempt.checkpoint == {"name": "made", "run": first.run}
        assert state.metrics == {"long/above": 1}
        behind = {name: record["fingerprint"] for name, record in state.entries["long"].outputs.items()}
        executed = json.loads(Path(attempt.folder, "notebook.ipynb").read_text())["cells"]
        forced = workspace.run(force=True)
        shelf = next((root / ".workbench" / "checkpoints").rglob("record.json"))
        assert json.loads(shelf.read_text())["run"] == forced.run
    assert "behind the checkpoint 'made'" in json.dumps(executed)
    assert times_ran(root) == 2
    assert forced.entries["long"].attempts[-1].checkpoint is None
    from_top = {name: record["fingerprint"] for name, record in forced.entries["long"].outputs.items()}
    assert from_top == behind


def test_what_is_read_above_decides_and_what_is_read_below_does_not(root: Path) -> None:
    """Code above, and a parameter that it reads, counts; a parameter that it never reads does not."""
    with open_workspace(root) as workspace:
        workspace.run()
        rewrite(root, ABOVE, KEEP, BELOW)
        workspace.run(overrides={"long": {"rate": "0.3"}})
        assert times_ran(root) == 1
        workspace.run(overrides={"long": {"factor": "3"}})
        assert times_ran(root) == 2
        rewrite(root, ABOVE.replace("[1, 2]", "[1, 5]"), KEEP, BELOW)
        state = workspace.run()
    assert state.outcome is Outcome.SUCCEEDED
    assert times_ran(root) == 3


def test_a_notebook_copied_from_a_restarted_run_runs_all_its_cells(root: Path) -> None:
    """What was left out in that run is marked in it; the mark decides nothing in another one."""
    with open_workspace(root) as workspace:
        workspace.run()
        rewrite(root, ABOVE, KEEP, BELOW)
        state = workspace.run()
        assert state.outcome is Outcome.SUCCEEDED
        executed = Path(str(state.entries["long"].notebook))
        assert '"skipped"' in executed.read_text(encoding="utf-8")
        (root / "notebooks" / "long.ipynb").write_bytes(executed.read_bytes())
        assert workspace.run(force=True).outcome is Outcome.SUCCEEDED
    assert times_ran(root) == 2


def test_damaged_values_are_not_used(root: Path) -> None:
    """Digests are checked before the runner decides; then it runs from the top."""
    with open_workspace(root) as workspace:
        workspace.run()
        rewrite(root, ABOVE, KEEP, BELOW)
        (table,) = (root / ".workbench" / "checkpoints").rglob("table.arrow")
        table.write_bytes(table.read_bytes()[:-1] + b"x")
        assert workspace.run().outcome is Outcome.SUCCEEDED
    assert times_ran(root) == 2


def test_a_person_goes_on_behind_a_runs_checkpoint_too(root: Path) -> None:
    """Told by `wb.stage`; imports, definitions and values are there without the cells above being run."""
    with open_workspace(root) as workspace:
        run = workspace.run().run
        workspace.open(run)
    kernel = Kernel(root / "notebooks")
    try:
        kernel.run(PARAMETERS)
        told = kernel.run(HEAD)
        assert "stage.restore('made')" in told
        kernel.run("stage.restore('made')")
        assert kernel.run("print(frame[NAMES].sum().sum(), double(2), stage.as_of)") == f"10 4 {run}\n"
        assert times_ran(root) == 1
        assert "valid checkpoint" in kernel.run("stage.restore('mad')")
    finally:
        kernel.end()


def keep(folder: Path, values: dict[str, Any], run: str = "one") -> None:
    space = folder.parent.parent / "space"
    keep_checkpoint(folder, "made", values, space=space, run=run, at="now", trust=lambda: NO_TRUST)


class Slow(dict[str, Any]):
    """Values that take so long to be kept that another attempt keeps them first."""

    def __init__(self, folder: Path) -> None:
        super().__init__(x=1)
        self.folder = folder

    def items(self) -> Any:
        keep(self.folder, {"x": 1}, "faster")
        return super().items()


def test_of_two_attempts_that_keep_the_same_values_the_faster_one_stays(tmp_path: Path) -> None:
    """Somebody may be reading its files already."""
    folder = tmp_path / "made" / "key"
    keep(folder, Slow(folder), "slower")
    kept = kept_checkpoint(folder)
    assert kept is not None
    assert kept.run == "faster"
    assert [place.name for place in folder.parent.iterdir()] == ["key"]


def test_values_that_were_looked_up_are_not_the_first_to_go(tmp_path: Path) -> None:
    """An attempt that was told to begin behind them is about to read them."""
    first, *others = (tmp_path / "made" / str(number) for number in range(9))
    for age, folder in enumerate([first, *others[:7]]):
        keep(folder, {"x": age})
        os.utime(folder, (age, age))
    assert kept_checkpoint(first)
    keep(others[7], {"x": 9})
    assert kept_checkpoint(first)
    assert not kept_checkpoint(others[0])


PROBLEMS = {
    "kept": ("x = make()", "stage.checkpoint('c', x=x)", "use(x)", ""),
    "not kept": ("x = make()\ny = make()", "stage.checkpoint('c', x=x)", "use(x, y)", "add y=y"),
    "imported": ("import m\nx = m.make()", "stage.checkpoint('c', x=x)", "m.use(x)", ""),
    "defined": ("def f(): return 1\nx = f()", "stage.checkpoint('c', x=x)", "f()", ""),
    "definition needs more": (
        "y = make()\ndef f(): return y\nx = f()",
        "stage.checkpoint('c', x=x)",
        "f()",
        "add y=y",
    ),
    "constant": ("N = 3\nx = make(N)", "stage.checkpoint('c', x=x)", "use(N)", ""),
    "list that grew": ("N = []\nN.append(1)\nx = 1", "stage.checkpoint('c', x=x)", "use(N)", "add N=N"),
    "list in a list": ("N = {'a': []}\nN['a'].append(1)", "stage.checkpoint('c')", "use(N)", "add N=N"),
    "list of another name": ("N = []\nM = N\nM.append(1)", "stage.checkpoint('c')", "use(N)", "add N=N"),
    "list given away": ("N = [1, 2]\nshuffle(N)", "stage.checkpoint('c')", "use(N)", "add N=N"),
    "list of a function": (
        "N = []\ndef f(x): N.append(x)\nf(1)",
        "stage.checkpoint('c')",
        "use(N)",
        "add N=N",
    ),
    "list only looked at": (
        "N = [1]\nx = sorted(N) + N + [n for n in N if n in N] + frame[N]\nprint(len(N), *N, N[0])",
        "stage.checkpoint('c', x=x)",
        "use(N, x)",
        "",
    ),
    "dict only looked at": (
        "N = {'a': 1}\nx = {**N, 'b': f'{N}'}\nfor k, v in N.items(): print(k, v)",
        "stage.checkpoint('c', x=x)",
        "use(N, x)",
        "",
    ),
    "class that was set up": (
        "class C: a = 1\nC.a = 2",
        "stage.checkpoint('c')",
        "C.a",
        "add C=C",
    ),
    "parameter of another value": (
        "rate = make(rate)",
        "stage.checkpoint('c')",
        "use(rate)",
        "add rate=rate",
    ),
    "built-in of another value": ("id = make()", "stage.checkpoint('c')", "use(id)", "add id=id"),
    "made anew below": ("y = make()\nx = 1", "stage.checkpoint('c', x=x)", "y = 2\nuse(x, y)", ""),
    "loop variable": ("for i in many(): x = i", "stage.checkpoint('c', x=x)", "for i in x: use(i)", ""),
    "parameter": ("x = make(rate)", "stage.checkpoint('c', x=x)", "use(rate)", ""),
    "comprehension": ("v = make()\nx = 1", "stage.checkpoint('c', x=x)", "[v for v in x]", ""),
    "unreadable": ("x = = 1", "stage.checkpoint('c', x=x)", "use(x)", "cell 1"),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_what_a_checkpoint_leaves_out_is_named(case: str) -> None:
    """Found without running anything: what cells below use must be kept, imported, defined or constant."""
    above, keep, below, problem = PROBLEMS[case]
    (found,) = find_checkpoints([cell(above), cell(keep), cell(below)], ["rate"])
    assert problem in found.problem
    assert bool(problem) is bool(found.problem)


def test_a_checkpoint_inside_of_something_else_is_none() -> None:
    """Nothing could be said of what stands above it."""
    inside = "if True:\n    stage.checkpoint('c', x=1)"
    by_name = "name = 'c'\nstage.checkpoint(name, x=1)"
    assert find_checkpoints([cell(inside), cell(by_name)], []) == ()


KEPT = {
    "index": pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key")),
    "categories": pd.DataFrame({"c": pd.Categorical(["u", "v", "u"], categories=["v", "u", "w"])}),
    "times": pd.Series(pd.date_range("2020", periods=3, tz="UTC"), name="when"),
    "unnamed": pd.Series([1.5, np.nan]),
    "polars": pl.DataFrame({"a": [1, None], "t": ["x", "y"]}),
    "array": np.arange(6.0).reshape(2, 3),
    "numbers": {"auc": 0.7, "names": ["a", "b"], "none": None},
    "text": "some words",
}


@pytest.mark.parametrize("case", KEPT)
def test_a_kept_value_comes_back_as_it_was(case: str, tmp_path: Path) -> None:
    """Index, categories, zones and missing values too."""
    value: Any = KEPT[case]
    found: Any = load_value(store_value(value, tmp_path, "v", lambda: NO_TRUST), tmp_path, lambda: NO_TRUST)
    assert type(found) is type(value)
    if isinstance(value, pd.DataFrame):
        pd.testing.assert_frame_equal(found, value)
    elif isinstance(value, pd.Series):
        pd.testing.assert_series_equal(found, value)
    elif isinstance(value, pl.DataFrame):
        assert found.equals(value)
    elif isinstance(value, np.ndarray):
        np.testing.assert_array_equal(found, value)
    else:
        assert found == value


@pytest.mark.parametrize("value", [{"pair": (1, 2)}, {1: "key"}, pd.DataFrame({"a": [{1, 2}]}), object()])
def test_what_would_come_back_as_something_else_is_refused(value: Any, tmp_path: Path) -> None:
    """A restarted notebook must not go on with other values than a whole run."""
    with pytest.raises(UsageError):
        store_value(value, tmp_path, "v", lambda: NO_TRUST)
