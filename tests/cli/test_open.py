"""Where `workbench open` finds a JupyterLab that shows the project already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.pipeline.jupyter import url_in_lab
from workbench.pipeline.opening import Opened
from workbench.pipeline.pin import Failed, Pin


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which Jupyter's servers write of themselves."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
    return folder


def opened(root: Path) -> Opened:
    notebook = root / "notebooks" / "a b.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text("{}")
    failed = Failed(cell=3, cell_id="c3")
    pin = Pin("run", "a", "a", "run", 1, "failed", inputs={}, given={}, parameters={}, failed=failed)
    return Opened(notebook, root / "pinned.json", pin)


def test_a_lab_that_shows_the_project_or_a_folder_above_is_found(runtime: Path, tmp_path: Path) -> None:
    """Not one whose process is gone, nor one of elsewhere, nor half a file."""
    root = tmp_path / "shop"
    found = opened(root)
    assert url_in_lab(root, found) is None
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    said = {"pid": os.getpid(), "url": "http://localhost:8888/", "token": "t", "root_dir": str(root)}
    servers = (
        "{",
        {**said, "pid": gone.pid, "url": "http://gone/"},
        {**said, "root_dir": str(tmp_path / "else"), "url": "http://else/"},
    )
    for number, each in enumerate(servers):
        path = runtime / f"jpserver-{number}.json"
        path.write_text(each if isinstance(each, str) else json.dumps(each))
    assert url_in_lab(root, found) is None
    (runtime / "jpserver-7.json").write_text(json.dumps(said))
    assert url_in_lab(root, found) == (
        "http://localhost:8888/lab/tree/notebooks/a%20b.ipynb?token=t#cell-id=c3"
    )
    (runtime / "jpserver-7.json").write_text(json.dumps({**said, "root_dir": str(tmp_path)}))
    assert "lab/tree/shop/notebooks/a%20b.ipynb" in str(url_in_lab(root, found))
