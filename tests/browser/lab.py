"""JupyterLab on a project, started for a test: loopback, a port of its own, none of a person's settings."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

_STARTS_WITHIN = 60  # seconds
_OPTIONS = {
    "ServerApp.ip": "127.0.0.1",
    "ServerApp.port": "0",
    "ServerApp.open_browser": "False",
    "ServerApp.allow_root": "True",
    "LabApp.expose_app_in_browser": "True",
    "LabApp.extension_manager": "readonly",
}
_CELLS = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  return panel.content.widgets.filter(w => w.model.type === 'code').map(w => ({
    count: w.model.sharedModel.execution_count,
    state: w.model.executionState ?? w.model.sharedModel.executionState,
    outputs: w.model.sharedModel.outputs.map(o => ({kind: o.output_type, text: o.evalue ?? ''})),
  }));
}"""
_STATUS = """() => {
  const widget = window.jupyterapp?.shell?.currentWidget;
  return widget?.context?.sessionContext?.session?.kernel?.status ?? 'none';
}"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    url: str
    token: str


@contextmanager
def running_lab(root: Path, home: Path) -> Iterator[Lab]:
    """Start JupyterLab on a folder and end it, with its kernels, afterwards.

    Args:
        root: what it shows.
        home: an empty folder in place of the person's own.
    """
    token = secrets.token_urlsafe(16)
    _write_settings(home / "config" / "labconfig")
    words = [f"--{name}={value}" for name, value in _OPTIONS.items()]
    runtime = home / "runtime"
    with (home / "lab.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *words, f"--ServerApp.root_dir={root}"],
            cwd=root,
            env=_environment(home, runtime) | {"JUPYTER_TOKEN": token},
            stdout=log,
            stderr=log,
        )
    try:
        yield Lab(_url(server, runtime, home / "lab.log"), token)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _write_settings(folder: Path) -> None:
    folder.mkdir(parents=True)
    quiet = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    (folder / "default_setting_overrides.json").write_text(json.dumps(quiet), encoding="utf-8")


def _environment(home: Path, runtime: Path) -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON", "WORKBENCH"))}
    places = {
        "HOME": home,
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": runtime,
        "IPYTHONDIR": home / "ipython",
    }
    return own | {name: str(place) for name, place in places.items()}


def _url(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            try:
                url = str(json.loads(path.read_text(encoding="utf-8"))["url"])
                with urllib.request.urlopen(f"{url}api", timeout=5):
                    return url
            except (OSError, ValueError):
                continue
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-4000:]}")


class NotebookPage:
    """A notebook open in JupyterLab, worked on with the keyboard as a person does."""

    def __init__(self, page: Page, lab: Lab, path: str) -> None:
        self.page = page
        page.goto(f"{lab.url}lab/tree/{path}?token={lab.token}&reset")
        expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=60_000)
        self._until_idle()

    def run_cell_by_cell(self) -> None:
        """Press Shift+Enter from the first cell to the last, each when the one before has ended."""
        self.page.locator(".jp-Notebook .jp-Cell").first.click()
        self.page.keyboard.press("Escape")
        cells = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
        for _ in range(cells):
            before = self._counted()
            code = self.page.evaluate(
                "() => window.jupyterapp.shell.currentWidget.content.activeCell.model.type === 'code'"
            )
            self.page.keyboard.press("Shift+Enter")
            if code:
                self.page.wait_for_function(
                    f"before => ({_CELLS})().filter(c => c.count !== null).length > before",
                    arg=before,
                    timeout=120_000,
                )
                self._until_idle()

    def errors(self) -> list[str]:
        """Return what the cells raised."""
        outputs = [output for cell in self._cells() for output in cell["outputs"]]
        return [output["text"] for output in outputs if output["kind"] == "error"]

    def save(self) -> None:
        """Save the notebook, outputs and all, as a person does out of habit."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")

    def _counted(self) -> int:
        return sum(cell["count"] is not None for cell in self._cells())

    def _cells(self) -> list[dict[str, Any]]:
        cells: list[dict[str, Any]] = self.page.evaluate(_CELLS)
        return cells

    def _until_idle(self) -> None:
        self.page.wait_for_function(f"() => ({_STATUS})() === 'idle'", timeout=120_000)
