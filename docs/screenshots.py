"""Makes the pictures in docs/pictures from the project's last run: `python -m docs.screenshots`.

One is the terminal after `workbench run training`, typed here and drawn by Chromium; another is JupyterLab
with the stage `train` as that run executed it; the third is the timeline of the last `make demo`, and the
rest are the dashboards of that year, and widgets over it. `python -m docs.screenshots FOLDER` takes these
alone, of the demo in that folder.
"""

from __future__ import annotations

import fcntl
import getpass
import io
import os
import pty
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from docs import dashboard_pictures, lab_pictures
from tests.browser.chromium import launch
from tests.browser.lab import NotebookPage, running_lab
from workbench.workspace import open_workspace

ROOT = Path(__file__).resolve().parents[1]
PICTURES = Path(__file__).with_name("pictures")
COMMANDS = ("workbench show last", "workbench models")
COLUMNS = 132
STYLE = "font: 13px/1.4 'DejaVu Sans Mono', monospace; margin: 0; padding: 18px; display: inline-block"
FRAME = f"""<pre style="{STYLE}; color: {{foreground}}; background: {{background}}"
><code style="font-family: inherit">{{code}}</code></pre>"""


def main(*years: str) -> None:
    """Make all pictures, or those of a year alone."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if not years:
            _terminal(browser, PICTURES / "terminal.png")
            _lab(browser, PICTURES / "jupyterlab.png")
            shutil.copy(ROOT / "demo" / "timeline" / "timeline.png", PICTURES / "timeline.png")
        year = Path(years[0]) if years else ROOT / "demo"
        dashboard_pictures.take(browser, year, PICTURES)
        lab_pictures.take(browser, year, PICTURES)
        browser.close()


def _terminal(browser: Browser, path: Path) -> None:
    from rich.console import Console
    from rich.terminal_theme import MONOKAI
    from rich.text import Text

    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for command in COMMANDS:
        console.print(Text.assemble(("$ ", "dim"), (command, "bold")))
        console.print(Text.from_ansi(_typed(command).rstrip()), end="\n\n" if command != COMMANDS[-1] else "")
    page = browser.new_page(viewport={"width": 1200, "height": 700}, device_scale_factor=1.5)
    page.set_content(console.export_html(theme=MONOKAI, code_format=FRAME, inline_styles=True))
    page.locator("pre").screenshot(path=path)


def _typed(command: str) -> str:
    """Return what a command says on a terminal; whoever makes the picture is not part of it."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    program, *words = command.split()
    found = Path(sys.executable).with_name(program)
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with subprocess.Popen(
        [found, *words], cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ):
        os.close(theirs)
        said = b""
        while part := _read(ours):
            said += part
    os.close(ours)
    me = f"{getpass.getuser()}@{socket.gethostname()}"
    return said.decode().replace("\r\n", "\n").replace(me, "ada@lab"[: len(me)].ljust(len(me)))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the program has ended
        return b""


def _lab(browser: Browser, path: Path) -> None:
    with open_workspace(ROOT) as workspace:
        entry = workspace.show("last").entries["train"]
    assert entry.notebook, "the last run reused train: run it with --force"
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "notebooks", place / "flights" / "notebooks")
        shutil.copy(entry.notebook, place / "flights" / "notebooks" / "04_train.ipynb")
        (place / "home").mkdir()
        with running_lab(place / "flights", place / "home") as lab:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            NotebookPage(page, lab, "notebooks/04_train.ipynb")
            _show(page, "fit_watched")
            page.screenshot(path=path)


def _show(page: Page, word: str) -> None:
    """Scroll to the cell whose source holds a word."""
    page.evaluate(
        """async word => {
          const notebook = window.jupyterapp.shell.currentWidget.content;
          const index = notebook.widgets.findIndex(w => w.model.sharedModel.source.includes(word));
          notebook.activeCellIndex = index;
          await notebook.scrollToItem(index, 'start');
        }""",
        word,
    )
    page.wait_for_timeout(2000)


if __name__ == "__main__":
    main(*sys.argv[1:])
