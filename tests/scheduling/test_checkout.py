"""A schedule that is pinned to a commit runs that commit's notebooks, whatever the folder holds now."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.scheduling.shop import NIGHTLY, counted, write_shop
from workbench.clock import ManualClock
from workbench.errors import UsageError
from workbench.scheduling import Scheduler
from workbench.scheduling.checkout import checkout, full_commit
from workbench.scheduling.standing import standings
from workbench.workspace import open_workspace

NOTEBOOK = "notebooks/count.ipynb"


@pytest.mark.parametrize("folder", [".", "below"])
def test_a_pinned_schedule_runs_the_pinned_notebook(tmp_path: Path, clock: ManualClock, folder: str) -> None:
    """The run is in the project's own ledger, with that commit; the list and the reason say so."""
    root = _repository(tmp_path, folder)
    pinned = full_commit(root, "v1")
    _edit(root, "'first'", "'second'")
    _git(root, "commit", "-aqm", "second")
    with open_workspace(root, clock=clock) as workspace:
        scheduler = Scheduler(workspace)
        for _ in range(2):
            scheduler.tick()
            clock.advance(timedelta(days=1))
        (standing,) = standings(workspace)
        state = workspace.show("last")
        live = workspace.run()
    assert standing.code == pinned
    assert state.git == {"commit": pinned, "dirty": False}
    assert state.because.endswith(f", at commit {pinned[:10]}")
    assert live.git["commit"] == full_commit(root, "HEAD") != pinned
    assert counted(root) == ["2013-01-01 first", "2013-01-01 second"]


def test_a_worktree_that_was_edited_is_put_right(tmp_path: Path) -> None:
    """Pinned means pinned."""
    root = _repository(tmp_path, ".")
    commit = full_commit(root, "v1")
    with open_workspace(root) as workspace:
        place = checkout(workspace.project, commit)
        original = (place / NOTEBOOK).read_text(encoding="utf-8")
        _edit(place, "'first'", "'third'")
        assert checkout(workspace.project, commit) == place
    assert (place / NOTEBOOK).read_text(encoding="utf-8") == original
    assert (place / ".workbench").resolve() == root / ".workbench"


def test_a_commit_that_is_not_there_fails_and_says_so(tmp_path: Path, clock: ManualClock) -> None:
    """In the list before its time, and in the record afterwards; nothing runs."""
    root = _repository(tmp_path, ".")
    _edit(root, "v1", "v9", "workbench.toml")
    with open_workspace(root, clock=clock) as workspace:
        assert "There is no git commit 'v9'" in standings(workspace)[0].trouble
        scheduler = Scheduler(workspace)
        scheduler.tick()
        clock.advance(timedelta(days=1))
        (started,) = scheduler.tick()
        assert started.done is not None
        assert started.done.outcome == "failed"
        assert "There is no git commit 'v9'" in started.done.reason
        assert workspace.runs() == []


def test_a_project_outside_git_cannot_be_pinned(tmp_path: Path) -> None:
    """The message says what to do."""
    root = write_shop(tmp_path / "shop")
    with pytest.raises(UsageError, match="lies in no git repository"):
        full_commit(root, "v1")


def _repository(tmp_path: Path, folder: str) -> Path:
    """Return a project whose first state is tagged v1, in a folder of a repository."""
    root = write_shop(tmp_path / "shop" / folder, f'{NIGHTLY}commit = "v1"\n').resolve()
    top = (tmp_path / "shop").resolve()
    (top / ".gitignore").write_text(".workbench/\n*.txt\n", encoding="utf-8")
    _git(top, "init", "-q", "-b", "main")
    _git(top, "add", ".")
    _git(top, "commit", "-qm", "first")
    _git(top, "tag", "v1")
    return root


def _edit(root: Path, old: str, new: str, name: str = NOTEBOOK) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)
