"""Headless Chromium, as the system installed it."""

from __future__ import annotations

from playwright.sync_api import Browser, Playwright

from tests.system import find_chromium

_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright) -> Browser:
    """Start it.

    Raises:
        LookupError: there is none.
    """
    program = find_chromium()
    if program is None:
        raise LookupError("Chromium was not found: apt-get install chromium")
    return playwright.chromium.launch(executable_path=program, args=_OPTIONS)
