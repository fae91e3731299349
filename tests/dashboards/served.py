"""The dashboards of a project, served in a thread of this process."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

from workbench.clock import ManualClock, SystemClock
from workbench.insight import Store
from workbench.project import load_project


class Served:
    """A server that answers until it is closed.

    Args:
        root: the project's folder.
        clock: of the store.
        settings: of `make_server`.

    Attributes:
        url: without a slash at its end.
    """

    def __init__(self, root: Path, clock: ManualClock | None = None, **settings: Any) -> None:
        self.store = Store(load_project(root), clock or SystemClock())
        self.url = ""
        self._settings = settings
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="served dashboards", daemon=True)
        self._thread.start()
        assert self._ready.wait(60), "the dashboards did not begin to answer"
        if self._error is not None:
            raise self._error

    def _serve(self) -> None:
        from tornado.ioloop import IOLoop

        from workbench.dashboards.app.server import make_server

        asyncio.set_event_loop(asyncio.new_event_loop())
        self._loop = IOLoop.current()
        try:
            self.server, self.opened = make_server(self.store, loop=self._loop, **self._settings)
            self.server.start()
        except BaseException as error:  # noqa: BLE001 - raised where it was asked for
            self._error = error
            self._ready.set()
            return
        self.url = self.opened.url.rstrip("/")
        self._loop.add_callback(self._ready.set)
        self._loop.start()
        self.server.stop()
        self._loop.close(all_fds=True)

    @property
    def routes(self) -> list[str]:
        """The pattern of every route that the server knows."""
        rules = self.server._tornado.wildcard_router.rules
        return [rule.matcher.regex.pattern for rule in rules]

    def close(self) -> None:
        """Stop it."""
        self._loop.add_callback(self._loop.stop)
        self._thread.join(30)
        self.store.close()
