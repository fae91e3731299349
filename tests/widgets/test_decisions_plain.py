"""Decisions where no page is: a headless run and a plain IPython terminal get a text, and nothing waits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import cell, notebook, write_notebook
from tests.widgets.judged_models import booster, project_with_versions
from workbench.notebook_file import read_notebook
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.space import Space
from workbench.project import Project
from workbench.widgets.shown import VIEW
from workbench.workspace import open_workspace

_LINES = [
    "wb.widgets.Gates()",
    "wb.widgets.Promotion()",
    "wb.widgets.Drift()",
    "wb.widgets.Threshold([0, 1, 1, 0], [0.2, 0.7, 0.4, 0.6], ['a', 'b', 'a', 'b'])",
    "wb.widgets.Explain('delay/1')",
]
_TOLD = [
    "delay version 1: ✓ pass",
    "Nobody is champion, so nothing of this model serves.",
    "no window was looked at yet",
    "Threshold 0.5: the rows that were given",
    "delay version 1 answers 0.",
]
_SEARCH = """
import optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
tuning = wb.widgets.Tuning()
study = optuna.create_study()
study.optimize(lambda trial: trial.suggest_float("x", -1, 1) ** 2, n_trials=12, callbacks=[tuning])
tuning
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with one version, and a stage that shows every widget."""
    root = tmp_path_factory.mktemp("plain") / "shop"
    project = project_with_versions(root, booster(10))
    made = notebook("import workbench as wb\nstage = wb.stage('promote')", *_LINES, cell(_SEARCH.strip()))
    for name in ("train", "evaluate"):
        write_notebook(
            root / "notebooks" / f"{name}.ipynb", notebook(f"import workbench as wb\nwb.stage('{name}')")
        )
    write_notebook(root / "notebooks" / "promote.ipynb", made)
    path = root / "workbench.toml"
    text = path.read_text().replace('outputs = ["candidate"]', "outputs = []")
    text = text.replace("html = false\n", "html = false\nwarm = false\n")
    text = text.replace('inputs = ["candidate", "delay@champion"]', "inputs = []")
    text = text.replace('outputs = ["evaluation"]', "outputs = []")
    path.write_text(text.replace('inputs = ["candidate", "evaluation"]', "inputs = []"))
    return project


def test_a_plain_terminal_prints_what_matters(shop: Project, tmp_path: Path) -> None:
    """Each in a line of its own, without an error, to the end."""
    code = "\n".join(["import workbench as wb", *_LINES, _SEARCH.strip(), "", 'print("at the end")', ""])
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor"],
        input=code,
        cwd=shop.root,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for told in (*_TOLD, "12 trials: 12 complete", "at the end"):
        assert told in done.stdout
    assert "Error" not in done.stdout


def test_a_headless_run_keeps_their_texts_and_no_views(shop: Project) -> None:
    """A search in it is followed all the same; nothing waits for a person."""
    with open_workspace(shop.root) as workspace:
        state = workspace.run()
        assert state.outcome is Outcome.SUCCEEDED, state.reason
        executed = read_notebook(Space(state.entries["promote"].attempts[-1].folder).notebook)
    outputs = [output for made in executed["cells"] for output in made.get("outputs", [])]
    shown = [output["data"] for output in outputs if output["output_type"] == "execute_result"]
    assert all(VIEW not in data for data in shown)
    texts = ["".join(data["text/plain"]) for data in shown]
    assert len(texts) == len(_TOLD) + 1
    for told, text in zip([*_TOLD, "12 trials: 12 complete"], texts, strict=True):
        assert told in text
    assert "widgets" not in executed["metadata"]
