"""The requests that are no page: the way in, frames, and what is refused."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bokeh.application.handlers.handler import Handler
from panel.io.server import ComponentResourceHandler
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, RequestHandler

from workbench.dashboards.app.frames import FrameSource, cleaned
from workbench.dashboards.app.gate import Gate, told
from workbench.dashboards.app.headers import FRAME_POLICY, SCRIPTED_FRAME_POLICY
from workbench.errors import AccessError, UnknownNameError, UsageError, WorkbenchError

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.page import Page
    from workbench.insight import Store

_log = logging.getLogger("workbench.dashboards")


class Whose(Handler):  # type: ignore[misc] # Bokeh's class is not typed
    """Lets onto a page who may see it, and writes into the session's signed token whose it is.

    Args:
        gate: tells who a request is from.
        permission: what somebody must be allowed to for seeing the page.
    """

    def __init__(self, gate: Gate, permission: str) -> None:
        super().__init__()
        self._gate = gate
        self._permission = permission

    def modify_document(self, doc: Any) -> None:
        """Leave the document to the page."""

    def process_request(self, request: HTTPServerRequest) -> dict[str, Any]:
        """Return what the token is to say besides.

        Raises:
            HTTPError: 403, the person may not see the page.
        """
        visit = self._gate.visit(request)
        person = self._gate.person(visit)
        if visit is None or person is None or not person.may(self._permission):
            raise HTTPError(403, "this page is not for that person's role")
        return told(visit)


class Welcome(RequestHandler):
    """Leads from the bare address to the first page."""

    def initialize(self, first: str) -> None:
        """Take the first page's path."""
        self._first = first

    def get(self) -> None:
        """Go there; relative, so that it holds behind any proxy."""
        self.redirect(f"./{self._first}")


class Misdirected(RequestHandler):
    """Answers requests for a host that this server is not: somebody may have bent a name to this address."""

    def prepare(self) -> None:
        """Refuse."""
        self.set_status(421)
        self.finish("This server does not answer under that name. [access] origins lists those it does.\n")


class NotHere(RequestHandler):
    """Answers what Bokeh offers and nobody here needs."""

    def prepare(self) -> None:
        """Refuse."""
        self.set_status(404)
        self.finish("There is nothing here.\n")


class Component(ComponentResourceHandler):  # type: ignore[misc] # Panel's class is not typed
    """Answers a component's file as Panel does, but to who has a role alone.

    Panel's own imports whatever module the address names, for anybody; here it must be loaded already.
    """

    def initialize(self, gate: Gate) -> None:
        """Take what tells who asks."""
        super().initialize()
        self._gate = gate

    def prepare(self) -> None:
        """Refuse who has no role."""
        if self._gate.person(self._gate.visit(self.request)) is None:
            raise HTTPError(401, "sign in first")

    def parse_url_path(self, path: str) -> str:
        """Return which file it is.

        Raises:
            HTTPError: 404, no page uses it.
        """
        module = path.partition("/")[0]
        if module not in sys.modules:
            raise HTTPError(404, "no such component")
        return str(super().parse_url_path(path))


class FrameHandler(RequestHandler):
    """Answers one document for a sandboxed frame."""

    def initialize(self, gate: Gate, store: Store, source: FrameSource, permission: str) -> None:
        """Take what makes it, and what somebody must be allowed to for seeing it."""
        self._gate, self._store, self._source, self._permission = gate, store, source, permission

    async def get(self) -> None:
        """Make it, for who may see it."""
        person = self._gate.person(self._gate.visit(self.request))
        if person is None:
            self._refuse(401, "Sign in to see this.")
            return
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        loop = asyncio.get_running_loop()
        try:
            content, policy = await loop.run_in_executor(None, self._made, person, query)
        except AccessError as error:
            self._refuse(403, error.message)
        except UnknownNameError as error:
            self._refuse(404, error.message)
        except UsageError as error:
            self._refuse(400, str(error))
        except WorkbenchError as error:
            self._refuse(503, str(error))
        except Exception:  # noqa: BLE001 - the log says where; nothing of it leaves
            _log.exception("a frame broke: %s", self.request.path)
            self._refuse(500, "This document cannot be made; the server's log says why.")
        else:
            self.set_header("Content-Security-Policy", policy)
            self.finish(content)

    def _made(self, person: Person, query: dict[str, str]) -> tuple[str, str]:
        person.require(self._permission)
        framed = self._source(self._store, person, query)
        if framed.scripts:
            return framed.html, SCRIPTED_FRAME_POLICY
        return f"<style>{framed.style}</style>{cleaned(framed.html)}", FRAME_POLICY

    def _refuse(self, status: int, words: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(words)


def frame_routes(store: Store, gate: Gate, pages: Sequence[Page]) -> list[tuple[str, Any, dict[str, Any]]]:
    """Return the routes of all pages' frames: `/frames/PAGE/NAME`."""
    return [
        (
            f"/frames/{page.path}/{name}",
            FrameHandler,
            {"gate": gate, "store": store, "source": source, "permission": page.permission},
        )
        for page in pages
        for name, source in page.frames.items()
    ]
