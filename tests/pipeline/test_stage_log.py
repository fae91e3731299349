"""What a stage is given to log, and refuses with advice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from workbench.errors import UsageError
from workbench.pipeline.stage import Stage
from workbench.workspace import open_workspace


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A person's session."""
    root = write_project(tmp_path / "shop", {"fit": {"notebook": notebook("pass")}})
    with open_workspace(root) as workspace:
        return workspace.stage("fit")


@pytest.mark.parametrize(
    ("call", "said", "hint"),
    [
        ("stage.log_metrics('auc', 0.7)", "numbers by their names, but got 'auc'", "stage.log_metric("),
        ("stage.log_metrics({'auc': 'high'})", "which is not a number", "stage.log_text"),
        ("stage.log_figure('roc', None)", "a Matplotlib figure, then its name, but got a str", "axes.figure"),
        ("stage.log_text('x', '../x')", "'../x' cannot be the name", "'slices/roc'"),
        ("stage.log_text('x', '/tmp/x')", "'/tmp/x' cannot be the name", "'slices/roc'"),
        ("stage.log_text('x', 5)", "5 cannot be the name", "'slices/roc'"),
        ("stage.log_table([1, 2], 'x')", "A dataset is a table", "pandas or Polars frame"),
    ],
)
def test_what_cannot_be_logged_is_refused(stage: Stage, call: str, said: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        eval(call)
    assert said in refused.value.message
    assert hint in refused.value.hint


def test_what_is_logged_lies_below_the_attempts_own_figures(stage: Stage) -> None:
    stage.log_text("hello", "notes/first")
    assert (stage.folder / "figures" / "notes" / "first.txt").read_text() == "hello"
