"""The dashboards before a long past: first content, interactions, twenty viewers at once, memory.

Ten thousand runs, two hundred versions, two years of daily windows of fifty columns, ten million
predictions; the server in a process of its own, the viewer a headless Chromium on the same machine.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import httpx
import psutil
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.acts import ACTS, CONTENT, PAGES, painted
from benchmarks.figure import Figure
from benchmarks.overhead import WORKBENCH
from benchmarks.past import write_past
from benchmarks.viewers import Seen, come
from tests.browser.chromium import launch

FIRST, ACT = 2.0, 0.5
"""Seconds within which the first content stands, and an interaction has done what it does."""

VIEWERS, CROWDS = 20, 4
KEPT = 1.15
"""How much of the memory after the first crowd the last one may leave behind, as a ratio."""

_KEPT = "WORKBENCH_BENCH_PAST"  # a folder in which the past is kept between two runs
_ENDS = 30.0  # seconds until a session that nobody looks at is let go


def measure(rounds: int) -> list[Figure]:
    """Measure each page, what people do on it, and a crowd."""
    rounds = max(3, rounds)
    with _past() as root, _served(root) as (url, server):
        with sync_playwright() as playwright:
            browser = launch(playwright)
            pages = [_first_content(browser, url, page, rounds) for page in PAGES]
            acts = [_interaction(browser, url, name, rounds) for name in ACTS]
            browser.close()
        crowd = _crowds(url, server)
        log = (root / "log").read_text(errors="replace")
        errors = sum(log.count(word) for word in ("Traceback", "ERROR", "Exception"))
    return [*pages, *acts, *crowd, Figure("errors in the server's log", errors, "", "viewers", VIEWERS, 0.0)]


def _first_content(browser: Browser, url: str, page: str, rounds: int) -> Figure:
    """Time a viewer who comes for the first time, until the browser paints what they came for.

    Nothing is kept in their browser. The browser says when it painted first on the page that holds the
    content; that the content was there by then, its mark says.
    """
    times = []
    for _ in range(rounds):
        context = _window(browser)
        shown = context.new_page()
        begin = time.time()
        shown.goto(f"{url}{page}", wait_until="commit")
        shown.locator(CONTENT[page]).first.wait_for(timeout=60_000)
        times.append(painted(shown) - begin)
        context.close()
    return Figure(f"{page}: first content", median(times), "s", "limit", FIRST, 1.0)


def _interaction(browser: Browser, url: str, name: str, rounds: int) -> Figure:
    """Time what somebody does on a page that lives."""
    place, act = ACTS[name]
    context = _window(browser)
    page = _living(context.new_page(), f"{url}{place}")
    times = []
    for number in range(rounds + 1):
        do: Iterator[float | None] = act(page, number)
        next(do)  # what has to be there first
        begin = time.time()
        told = list(do)
        times.append((told[-1] if told and told[-1] else time.time()) - begin)
    context.close()
    return Figure(name, median(times[1:]), "s", "limit", ACT, 1.0)


def _crowds(url: str, server: psutil.Process) -> list[Figure]:
    """Let twenty viewers come at once, again and again, and look at what they leave behind."""
    figures, sizes = [], []
    for number in range(CROWDS):
        seen: list[Seen] = come(url, [PAGES[place % len(PAGES)] for place in range(VIEWERS)])
        time.sleep(_ENDS)  # until the server has let their sessions go
        sizes.append(server.memory_info().rss / 1e6)
        if number == 0:
            slowest = max(each.first for each in seen)
            figures.append(
                Figure("twenty viewers: the slowest one's page", slowest, "s", "limit", VIEWERS * FIRST, 1.0)
            )
        failed = sum(not each.well for each in seen)
        if failed or number == CROWDS - 1:
            figures.append(
                Figure("twenty viewers at once: without success", failed, "", "viewers", VIEWERS, 0.0)
            )
    note = f"{VIEWERS * CROWDS} sessions came and went"
    figures.append(
        Figure(
            "server's memory after crowds", sizes[-1], "MB", "after the first one", sizes[0], KEPT, note=note
        )
    )
    return figures


def _window(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport={"width": 1440, "height": 1000})


def _living(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("html[data-lives]", state="attached", timeout=60_000)
    return page


@contextmanager
def _past() -> Iterator[Path]:
    """Give the project; it is made in a minute or two, and kept where a variable says so."""
    kept = os.environ.get(_KEPT, "")
    root = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="wb-dashboards-"))
    if not (root / "complete").exists():
        shutil.rmtree(root, ignore_errors=True)
        write_past(root)
        (root / "complete").touch()
    yield root
    if not kept:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _served(root: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Serve it as people do, once all of the ledger is read."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    with (root / "log").open("wb") as log:
        command = [WORKBENCH, "dashboards", "--port", str(port)]
        process = subprocess.Popen(command, cwd=root, stdout=log, stderr=log)
    try:
        _until(lambda: _answers(f"{url}overview"), process)
        _until(lambda: "is being read" not in httpx.get(f"{url}overview", timeout=60).text, process)
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=60).status_code == 200
    except httpx.TransportError:
        return False


def _until(holds: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 300
    while not holds():
        if process.poll() is not None or time.monotonic() > ends:
            raise RuntimeError("The dashboards did not come up; look at the log in their project.")
        time.sleep(0.2)
