"""JupyterLab on a project, started for a test: loopback, a port of its own, none of a person's settings."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from workbench.kernels.folder import VARIABLE
from workbench.kernels.kernelspec import install

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
    outputs: w.model.sharedModel.outputs.map(
      o => ({kind: o.output_type, text: o.evalue ?? [o.text ?? ''].flat().join('')})),
  }));
}"""
_WATCH = """() => {
  const widget = window.jupyterapp.shell.currentWidget;
  window.seen = [];
  document.addEventListener('click', () => window.seen.push(['pressed', performance.now()]), true);
  widget.context.sessionContext.statusChanged.connect(
    (_, status) => window.seen.push([status, performance.now()]));
}"""
_ANEW = """() => {
  const states = window.seen.map(each => each[0]);
  const begun = states.findLastIndex(state => state.endsWith('restarting'));
  const idle = states.indexOf('idle', begun);
  if (begun < 0 || idle < 0) return null;
  const pressed = states.lastIndexOf('pressed', idle);
  return (window.seen[idle][1] - window.seen[Math.max(pressed, 0)][1]) / 1000;
}"""
_LAST = """code => {
  const cells = window.jupyterapp.shell.currentWidget.content;
  cells.activeCellIndex = cells.widgets.length - 1;
  cells.activeCell.model.sharedModel.setSource(code);
}"""
_STATUS = """() => {
  const widget = window.jupyterapp?.shell?.currentWidget;
  return widget?.context?.sessionContext?.session?.kernel?.status ?? 'none';
}"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab.

    Attributes:
        environment: that of its kernels.
    """

    url: str
    token: str
    environment: dict[str, str]


@contextmanager
def running_lab(root: Path, home: Path) -> Iterator[Lab]:
    """Start JupyterLab on a folder and end it, with its kernels, afterwards.

    Args:
        root: what it shows.
        home: an empty folder in place of the person's own.
    """
    token = secrets.token_urlsafe(16)
    _write_settings(home / "config" / "labconfig")
    install(str(home / "prefix"))
    servers = tempfile.mkdtemp(prefix="wb-lab-")  # short: a socket's path has at most 107 bytes
    words = [f"--{name}={value}" for name, value in _OPTIONS.items()]
    runtime = home / "runtime"
    environment = _environment(home, runtime) | {"JUPYTER_TOKEN": token, VARIABLE: servers}
    with (home / "lab.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *words, f"--ServerApp.root_dir={root}"],
            cwd=root,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield Lab(_url(server, runtime, home / "lab.log"), token, environment)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
        workbench("kernels", "stop", environment=environment, folder=root)
        shutil.rmtree(servers, ignore_errors=True)


def workbench(*words: str, environment: dict[str, str], folder: Path) -> str:
    """Run the command line in an environment and a folder; return what it prints."""
    code = "from workbench.cli.main import main; main()"
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


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
        "JUPYTER_PATH": home / "prefix" / "share" / "jupyter",
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

    def choose_kernel(self, name: str) -> None:
        """Choose a kernel in the dialog behind the kernel's name."""
        self.page.locator(".jp-KernelName, [data-jp-item-name=kernelName] button").first.click()
        self.page.locator(".jp-Dialog select").select_option(label=name)
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        expect(self.page.locator("[data-jp-item-name=kernelName]").first).to_contain_text(name)
        self._until_idle()
        self.page.evaluate(_WATCH)

    def restart(self) -> float:
        """Press the button, say yes, and return the seconds from there until the kernel is idle."""
        return self._restart("restart")

    def restart_and_run_all(self) -> None:
        """Press that button, say yes, and wait until the last cell has run."""
        self._restart("restart-and-run")
        self.page.wait_for_function(
            f"() => ({_CELLS})().every(cell => cell.count !== null) && ({_STATUS})() === 'idle'",
            timeout=240_000,
        )

    def execute(self, code: str) -> str:
        """Write code into the last cell, run it, and return what it prints."""
        self.begin(code)
        self.page.wait_for_function(f"() => ({_CELLS})().at(-1).count !== null", timeout=60_000)
        self._until_idle()
        return "".join(output["text"] for output in self._cells()[-1]["outputs"])

    def begin(self, code: str) -> None:
        """Write code into the last cell and run it; wait for nothing."""
        self.page.evaluate(_LAST, code)
        self.page.keyboard.press("Escape")
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-cell-output')")
        self.page.evaluate("() => { window.seen = []; }")
        self.page.keyboard.press("Control+Enter")

    def interrupt(self) -> None:
        """Press the button as soon as the last cell has printed, and wait for the kernel."""
        self.page.wait_for_function(f"() => ({_CELLS})().at(-1).outputs.length > 0", timeout=60_000)
        self.page.locator(
            "[data-jp-item-name=interrupt] button, button[data-command*=interrupt]"
        ).first.click()
        self._until_idle()

    def come_back(self) -> None:
        """Wait until the kernel has been restarted by itself, and close what the page says of it."""
        self.page.wait_for_function(f"() => ({_ANEW})() !== null", timeout=60_000)
        if self.page.locator(".jp-Dialog").count():
            self.page.locator(".jp-Dialog .jp-mod-accept").first.click()

    def _restart(self, button: str) -> float:
        self.page.locator(f"[data-jp-item-name={button}] button, [data-jp-item-name={button}]").last.click()
        expect(self.page.locator(".jp-Dialog")).to_be_visible()
        self.page.evaluate("() => { window.seen = []; }")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.page.wait_for_function(f"() => ({_ANEW})() !== null", timeout=60_000)
        return float(self.page.evaluate(_ANEW))

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
