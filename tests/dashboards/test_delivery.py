"""How pages and files reach a browser, and what a viewer who leaves leaves behind."""

from __future__ import annotations

import gc
import gzip
import logging
import re
import socket
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from bokeh.document import Document
from websocket import WebSocket

from tests.dashboards.served import Served
from tests.insight.scene import Scene
from workbench.dashboards.app import server
from workbench.dashboards.app.look import COOKIE

BROWSER = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
SCRIPT = re.compile(r'src="([^"]*panel\.min\.js[^"]*)"')


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A project of which there is something to show."""
    made = Scene(tmp_path_factory.mktemp("delivered") / "shop")
    made.all()
    yield made
    made.close()


@pytest.fixture(scope="module")
def served(scene: Scene) -> Iterator[Served]:
    """It, served to this machine; what nobody looks at is soon let go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "_KEPT", 2000)
        made = Served(scene.project.root, scene.clock)
    yield made
    made.close()


def test_a_page_holds_its_content_before_any_script_has_run(served: Served) -> None:
    text = httpx.get(f"{served.url}/overview", timeout=30).text
    first = text[text.index('<template shadowrootmode="open">') : text.index("</template>")]
    assert "1 open alert" in first
    assert "carrier: it moved" in first
    assert first.index("1 open alert") < text.index("bokeh.min.js") - text.index("<template")


def test_a_page_asks_for_no_script_that_it_does_not_use(served: Served) -> None:
    text = httpx.get(f"{served.url}/overview", timeout=30).text
    assert "panel.min.js" in text
    for name in ("mathjax", "bokeh-gl", "tabulator", "panel-material-ui"):
        assert name not in text, name


def test_a_browser_that_has_said_nothing_is_asked_first(served: Served) -> None:
    """How it looks at pages, so that no page is made twice; one that cannot say gets a page all the same."""
    with httpx.Client(base_url=served.url, headers=BROWSER, timeout=30) as client:
        asked = client.get("/overview?model=delay").text
        assert COOKIE in asked
        assert "token" not in asked
        assert "token" in client.get("/overview?blind=1").text
        client.cookies[COOKIE] = "Asia%2FTokyo%2C0%2C1"
        page = client.get("/overview").text
        assert 'class="dark"' in page
        assert "2026-03-02 09:00" in page


def test_scripts_are_small_and_kept(served: Served) -> None:
    """Under a name that changes with their content; who cannot read them small gets them whole."""
    found = SCRIPT.search(httpx.get(f"{served.url}/overview", timeout=30).text)
    assert found
    address = f"{served.url}/{found[1]}"
    whole = httpx.get(address, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in whole.headers
    assert "immutable" in whole.headers["Cache-Control"]
    with httpx.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) == len(raw)
    assert gzip.decompress(raw) == whole.content
    assert len(raw) < len(whole.content) / 3
    tag = {"If-None-Match": whole.headers["Etag"]}
    assert httpx.get(address, headers=tag).status_code == 304
    part = httpx.get(address, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, whole.content[:10])


def test_a_viewer_who_leaves_in_the_middle_of_it_is_no_error(
    scene: Scene, served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """The line breaks while something is on its way; the log has nothing to say of that."""
    with caplog.at_level(logging.WARNING):
        for number in range(3):
            with closing(_opened(served)) as line:
                scene.propose(10 + number, 2)
                line.close()
        _until(lambda: bool(served.store.refresh()) and len(served.store.models()[0].pending) >= 4)
        _until(lambda: not _sessions(served), 60)
    assert [record.getMessage() for record in caplog.records] == []


def test_a_session_that_ended_leaves_nothing_behind(served: Served) -> None:
    _until(lambda: not _sessions(served), 60)
    lines = [_opened(served) for _ in range(5)]
    known = [weakref.ref(session.document) for session in _sessions(served)]
    assert len(known) >= 5
    for line in lines:
        line.close()
    _until(lambda: not _sessions(served), 60)
    _until(lambda: _gone(known), 30)


def test_pages_are_shown_while_a_long_ledger_is_being_read(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_WARM_UP", 0.0)
    monkeypatch.setattr("workbench.insight.store._BATCH", 1)
    made = Served(scene.project.root, scene.clock)
    try:
        assert httpx.get(f"{made.url}/overview", timeout=30).status_code == 200
        _until(lambda: "is being read" not in httpx.get(f"{made.url}/overview", timeout=30).text)
    finally:
        made.close()


def _opened(served: Served) -> WebSocket:
    """Open a page and its websocket, as a browser does."""
    text = httpx.get(f"{served.url}/overview", timeout=30).text
    token = re.search(r'"token":"([^"]+)"', text)
    assert token
    place = served.url.removeprefix("http://")
    host, _, port = place.partition(":")
    connection = WebSocket()
    connection.connect(  # type: ignore[no-untyped-call]
        f"ws://{place}/overview/ws",
        socket=socket.create_connection((host, int(port)), timeout=20),
        origin=served.url,
        subprotocols=["bokeh", token[1]],
    )
    assert connection.recv()
    return connection


def _sessions(served: Served) -> list[Any]:
    return [
        session
        for path in served.server._tornado.app_paths
        for session in served.server._tornado.get_sessions(path)
    ]


def _gone(known: list[weakref.ref[Document]]) -> bool:
    gc.collect()
    return not any(document() is not None for document in known)


def _until(holds: Callable[[], bool], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)
