"""A Jupyter server as JupyterLab uses it: kernels by REST, messages over one open websocket."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.session import utcnow
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.kernels.kernel import until
from workbench.kernels.kernelspec import install


class NotebookServer:
    """A client of a running server."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"token {token}"}

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and return the answer's JSON."""
        content = json.dumps(body or {}) if method == "POST" else None
        request = HTTPRequest(f"{self._url}api/{path}", method, self._headers, content, request_timeout=60.0)
        answer = await AsyncHTTPClient().fetch(request)
        return json.loads(answer.body) if answer.body else None

    async def open(self, kernel: str) -> Page:
        """Open a websocket to a kernel."""
        address = f"{self._url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id=page"
        return Page(await websocket_connect(HTTPRequest(address, headers=self._headers)))


class Page:
    """An open notebook's end of the websocket."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection

    async def send(self, code: str) -> str:
        """Send a cell for execution and return the message's id."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": "execute_request",
            "session": "page",
            "username": "test",
            "version": "5.3",
            "date": utcnow().isoformat(),
        }
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": True}
        message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
        await self.connection.write_message(json.dumps({**message, "content": content, "buffers": []}))
        return str(header["msg_id"])

    async def until(self, kind: str, **content: Any) -> dict[str, Any]:
        """Read messages until one of a kind, with this content, has come; return it."""
        async with asyncio.timeout(60):
            while True:
                text = await self.connection.read_message()
                assert text is not None, "the server has closed the websocket"
                message: dict[str, Any] = json.loads(text)
                found: dict[str, Any] = message["content"]
                if message["msg_type"] == kind and content.items() <= found.items():
                    return found

    async def run(self, code: str) -> str:
        """Execute a cell and return what it prints."""
        asked, printed = await self.send(code), ""
        async with asyncio.timeout(60):
            while True:
                text = await self.connection.read_message()
                assert text is not None, "the server has closed the websocket"
                message = json.loads(text)
                if message["parent_header"].get("msg_id") != asked:
                    continue
                if message["msg_type"] == "stream":
                    printed += message["content"]["text"]
                if message["content"].get("execution_state") == "idle":
                    return printed


@contextmanager
def running_server(root: Path) -> Iterator[NotebookServer]:
    """Start a Jupyter server that knows the warm kernel, and end it with its kernels.

    Args:
        root: an empty folder, for its settings and its notebooks.
    """
    install(str(root / "prefix"))
    token = secrets.token_urlsafe(16)
    runtime = root / "runtime"
    environment = {
        **os.environ,
        "JUPYTER_PATH": str(root / "prefix" / "share" / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(root / "config"),
        "JUPYTER_TOKEN": token,
    }
    words = ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--ServerApp.open_browser=False"]
    words += [
        "--ServerApp.allow_root=True",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.jpserver_extensions={}",
    ]
    with (root / "server.log").open("wb") as log:
        command = [sys.executable, "-m", "jupyter_server", *words]
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: list(runtime.glob("jpserver-*.json")), 60.0)
        until(lambda: next(runtime.glob("jpserver-*.json")).read_text(encoding="utf-8").endswith("}"))
        told = json.loads(next(runtime.glob("jpserver-*.json")).read_text(encoding="utf-8"))
        yield NotebookServer(told["url"], token)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
