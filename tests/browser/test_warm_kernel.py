"""In JupyterLab's page a warm kernel is chosen, restarted, interrupted, and comes back from a crash."""

from __future__ import annotations

import getpass
import json
import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.lab import Lab, NotebookPage, workbench
from tests.browser.weeks import weeks_of_flights
from tests.projects import notebook, write_project
from workbench.kernels.kernelspec import DISPLAY
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.space import Space
from workbench.workspace import open_workspace

pytestmark = pytest.mark.browser

TELL = (
    "import os; print(os.getpid(), os.getppid(), 'left' in globals(), 'pandas' in __import__('sys').modules)"
)
STAGE = notebook(
    "import workbench as wb\nstage = wb.stage('only')",
    """
    import pandas as pd
    stage.log_metrics({"rows": rows})
    stage.save("table", pd.DataFrame({"x": range(rows)}))
    """,
    TELL,
    parameters="rows: int = 3  # of the table",
)


def test_a_warm_kernel_goes_through_a_day_of_work_in_the_page(page: Page, lab: Lab, folder: Path) -> None:
    """Chosen, restarted with all cells run, interrupted, restarted, crashed: each time it is there again."""
    root = write_project(folder / "shop", {"only": {"notebook": STAGE, "outputs": ["table"]}})
    server = _server(lab, root)
    opened = NotebookPage(page, lab, "shop/notebooks/only.ipynb")
    opened.choose_kernel(DISPLAY)
    opened.restart_and_run_all()
    assert opened.errors() == []
    assert Space(root / ".workbench" / "scratch" / getpass.getuser() / "only").metrics() == {"rows": 3.0}

    pids = [_warm(opened, server)]
    opened.begin("left = 1\nimport time\nprint('on', flush=True)\ntime.sleep(600)")
    opened.interrupt()
    assert opened.errors() == [""]
    assert opened.execute("print('left' in globals(), os.getpid())").split() == ["True", str(pids[0])]

    seconds = opened.restart()
    pids.append(_warm(opened, server))
    opened.begin("import os; os._exit(1)")
    opened.come_back()
    pids.append(_warm(opened, server))
    assert len(set(pids)) == 3
    _picture(page, root)
    print(f"\nrestart of a warm kernel, from the press of the button until it is idle: {seconds:.2f} s")


@pytest.mark.soak
@pytest.mark.skipif(os.environ.get("WORKBENCH_SOAK") != "1", reason="test_jupyterlab.py runs it cell by cell")
def test_training_on_real_flights_restarts_and_runs_all(page: Page, lab: Lab, folder: Path) -> None:
    """With the metrics of the headless run."""
    root = weeks_of_flights(folder / "flights")
    with open_workspace(root) as workspace:
        state = workspace.run(until="train")
        assert state.outcome is Outcome.SUCCEEDED, state.reason
        scratch = Space(workspace.project.layout.scratch / getpass.getuser() / "train")
    _server(lab, root)
    opened = NotebookPage(page, lab, "flights/notebooks/04_train.ipynb")
    opened.choose_kernel(DISPLAY)
    seconds = opened.restart()
    opened.restart_and_run_all()
    _picture(page, root)
    assert opened.errors() == []
    assert scratch.metrics() == state.entries["train"].metrics
    print(f"\nrestart of the kernel of 04_train until it is idle: {seconds:.2f} s")


def _server(lab: Lab, root: Path) -> int:
    """Start the fork server as a person may, and return its process id."""
    told = workbench("kernels", "start", "--json", environment=lab.environment, folder=root)
    return int(json.loads(told)["servers"][0]["pid"])


def _warm(opened: NotebookPage, server: int) -> int:
    """Return the kernel's process id, having seen that it is new and that the server has forked it."""
    pid, parent, left, loaded = opened.execute(TELL).split()
    assert (int(parent), left, loaded) == (server, "False", "True")
    assert int(pid) != os.getpid()
    return int(pid)


def _picture(page: Page, root: Path) -> None:
    """Leave a picture where WORKBENCH_PICTURES says, for whoever wants to look."""
    path = root.with_suffix(".png")
    page.screenshot(path=path)
    if "WORKBENCH_PICTURES" in os.environ:
        shutil.copy(path, os.environ["WORKBENCH_PICTURES"])
