"""Pictures of the dashboards, of a year that `make demo` made: `python -m docs.screenshots FOLDER`.

In a copy of it people have roles, and one of them asks for a promotion: so there is something to approve.
"""

from __future__ import annotations

import getpass
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.living import lives
from tests.dashboards.served import Served
from workbench.access import Role, set_password, set_role
from workbench.errors import WorkbenchError
from workbench.ledger import open_ledger
from workbench.project import load_project
from workbench.registry.proposal import propose
from workbench.rehearsal.place import clock_of

MODEL, ASKS, APPROVES, PASSWORD = "flight-delay", "ada@lab", "ann", "correct horse battery"
PAGES = {
    "overview": "overview",
    "experiments": "experiments",
    "run": "experiments?run={run}",
    "drift": "drift",
    "deployments": "deployments",
}
LOOKS = {"light": (1280, 900, "light"), "dark": (1280, 900, "dark"), "narrow": (420, 900, "light")}
ONLY_LIGHT = ("run",)
_COLOURS = 192
_NAMES = """([me, shown]) => {
  const walk = node => {
    for (const child of node.childNodes) {
      if (child.nodeType === 3 && child.data.includes(me)) child.data = child.data.replaceAll(me, shown)
      if (child.shadowRoot) walk(child.shadowRoot)
      walk(child)
    }
  }
  walk(document.documentElement)
}"""


def take(browser: Browser, year: Path, folder: Path) -> None:
    """Take all pictures.

    Args:
        browser: that takes them.
        year: the folder of a demo; it stays as it is.
        folder: where they go, as `dashboards-PAGE-LOOK.png`.
    """
    with _prepared(year) as served:
        run = next(run.id for run in served.store.runs() if run.pipeline == "training")
        for look, (width, height, scheme) in LOOKS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                timezone_id="America/New_York",
            )
            _sign_in(context, served)
            for name, place in PAGES.items():
                if look == "light" or name not in ONLY_LIGHT:
                    _one(
                        context,
                        f"{served.url}/{place.format(run=run)}",
                        folder / f"dashboards-{name}-{look}.png",
                    )
            context.close()


@contextmanager
def _prepared(year: Path) -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "demo"
        shutil.copytree(year, root)
        file = root / "workbench.toml"
        file.write_text(file.read_text().replace('promotion = { policy = "automatic" }', FOUR_EYES))
        set_role(root, APPROVES, Role.OPERATOR)
        set_password(root / ".workbench" / "passwords", APPROVES, PASSWORD)
        clock = clock_of(root)
        _ask(root)
        served = Served(root, clock)  # type: ignore[arg-type]
        try:
            yield served
        finally:
            served.close()


FOUR_EYES = 'promotion = { policy = "four-eyes" }'


def _ask(root: Path) -> None:
    """Ask for a promotion of the newest version whose gates carry it."""
    project = load_project(root)
    ledger = open_ledger(project.layout.ledger_url, clock_of(root))
    try:
        for version in range(9, 0, -1):
            try:
                propose(project, ledger, MODEL, version, reason="steadier in December", actor=ASKS)
            except WorkbenchError:
                continue
            return
    finally:
        ledger.close()


def _sign_in(context: BrowserContext, served: Served) -> None:
    page = context.new_page()
    page.goto(f"{served.url}/overview")
    page.get_by_label("Name").fill(APPROVES)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").click()
    lives(page)
    page.close()


def _one(context: BrowserContext, address: str, path: Path) -> None:
    page = context.new_page()
    page.goto(address)
    lives(page, 60)
    _settle(page)
    rename(page)
    page.screenshot(path=path)
    page.close()
    shrink(path)


def rename(page: Page) -> None:
    """Let nobody see who makes the pictures."""
    page.evaluate(_NAMES, [f"{getpass.getuser()}@{socket.gethostname()}", "ada@lab"])


def _settle(page: Page) -> None:
    """Wait until nothing on the page has moved for three seconds."""
    seen: list[bytes] = []
    for _ in range(40):
        page.wait_for_timeout(750)
        seen.append(page.screenshot())
        if len(seen) > 4 and len(set(seen[-4:])) == 1:
            return


def shrink(path: Path) -> None:
    """Keep as many colours as anybody sees."""
    from PIL import Image

    with Image.open(path) as image:
        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size < 300_000, f"{path} is too large: {path.stat().st_size:,} bytes"
