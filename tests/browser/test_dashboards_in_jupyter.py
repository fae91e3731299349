"""The dashboards inside Jupyter, through jupyter-server-proxy."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.insight.scene import Scene
from workbench.dashboards.proxy import entry

pytestmark = pytest.mark.browser

_STARTS_WITHIN = 60  # seconds


@pytest.fixture
def jupyter(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Its address and token, on a project; the entry point is what its configuration says."""
    scene = Scene(tmp_path / "shop")
    scene.all()
    scene.close()
    token, runtime = secrets.token_urlsafe(16), tmp_path / "runtime"
    (tmp_path / "config").mkdir()
    configuration = {
        "ServerApp": {"jpserver_extensions": {"jupyter_server_proxy": True}},
        "ServerProxy": {"servers": {"dashboards": entry()}},
    }
    (tmp_path / "config" / "jupyter_server_config.json").write_text(json.dumps(configuration))
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
    }
    options = ("--ip=127.0.0.1", "--port=0", "--no-browser", "--allow-root")
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *options],
            cwd=scene.project.root,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield _url(server, runtime, tmp_path / "log"), token
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def test_they_open_inside_jupyter_and_are_alive(jupyter: tuple[str, str], page: Page) -> None:
    """Started by the first visit, behind Jupyter's own sign-in, with a websocket that works."""
    url, token = jupyter
    assert httpx.get(f"{url}dashboards/overview", timeout=30).status_code in (302, 403)
    page.goto(f"{url}dashboards/overview?token={token}", timeout=90_000)
    expect(page.get_by_role("article")).to_contain_text("1 open alert", timeout=60_000)
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.get_by_role("article")).to_be_visible(timeout=30_000)


def test_the_entry_point_is_declared() -> None:
    """Where jupyter-server-proxy looks for it."""
    document = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    declared = document["project"]["entry-points"]["jupyter_serverproxy_servers"]
    assert declared["dashboards"] == f"{entry.__module__}:{entry.__name__}"


def _url(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    ends = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < ends:
        found = re.search(r"(http://127\.0\.0\.1:\d+/)", log.read_text(errors="replace"))
        files = list(runtime.glob("jpserver-*.json"))
        if files and found:
            return str(json.loads(files[0].read_text())["url"])
        assert server.poll() is None, log.read_text(errors="replace")
        time.sleep(0.2)
    raise AssertionError(log.read_text(errors="replace"))
