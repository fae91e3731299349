"""A page of the dashboards, once its living parts have taken the place of the first look."""

from __future__ import annotations

from playwright.sync_api import Page


def lives(page: Page, seconds: float = 30.0) -> Page:
    """Wait until a page that was opened lives, and return it; before, an element found may be replaced."""
    page.wait_for_selector("html[data-lives]", state="attached", timeout=seconds * 1000)
    return page
