"""A service's page of metrics, told by a real server from the real counts."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from workbench.serving.metrics.cells import Cells
from workbench.serving.metrics.page import metrics_page


class Told:
    """A page of metrics that changes as it is counted; it can end and begin again at its address.

    Args:
        folder: in which is counted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cells = Cells(folder, "worker-0")
        self._port = 0
        self.begin()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/metrics"

    def begin(self) -> None:
        """Answer, at the port of before if there was one."""
        folder = self.folder

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = metrics_page(folder)
                self.send_response(200)
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
