"""How files and pages reach a browser: scripts once and small, a page for the screen that it is for."""

from __future__ import annotations

import gzip
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import panel as pn
from panel.io.server import DocHandler, WSHandler
from tornado.web import StaticFileHandler

from workbench.dashboards.app.headers import NONCE
from workbench.dashboards.app.look import COOKIE
from workbench.dashboards.app.template import look_script

_TEXTS = frozenset({".js", ".css", ".json", ".map", ".svg", ".html"})
_LEAST = 1400  # bytes that fit one packet anyway
_YEAR = 31_536_000  # seconds
_FILES = 64  # that are kept compressed


def lighten(tornado: Any) -> None:
    """Let a server's files be compressed and kept by browsers, and its pages be made for a known screen."""
    for router in (tornado.default_router, tornado.wildcard_router):
        _lighten(router)


def _lighten(router: Any) -> None:
    for rule in getattr(router, "rules", ()):
        if rule.target is DocHandler:
            rule.target = PageHandler
        elif rule.target is WSHandler:
            rule.target = Connection
        elif isinstance(rule.target, type) and issubclass(rule.target, StaticFileHandler):
            rule.target = _lightened(rule.target)  # type: ignore[arg-type] # types are hashable
        elif rule.target is not router:
            _lighten(rule.target)


class Connection(WSHandler):  # type: ignore[misc] # Panel's class is not typed
    """What a page that lives is told by; each message leaves at once.

    A message is three frames, and the kernel would keep the second back until the first is acknowledged,
    which browsers do after 40 milliseconds.
    """

    def open(self) -> None:
        """Take the connection."""
        self.set_nodelay(True)
        super().open()

    async def _handle(self, message: Any) -> Any:
        """Answer a message; from when the browser asks for the page's parts, tell it every change of them.

        Panel drops what changes before the page has said that it stands, for the browser would yet ask for
        everything: but that it has done some hundred milliseconds before.
        """
        if message.msgtype == "PULL-DOC-REQ":
            pn.state._connected[self.connection.session.document] = True
        return await super()._handle(message)


class PageHandler(DocHandler):  # type: ignore[misc] # Panel's class is not typed
    """Makes a page, once the browser has said how it is looked at; a page made before would be made twice."""

    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Answer the page, or to a browser that has said nothing yet a few lines that let it say so."""
        asks = self.request.headers.get("Sec-Fetch-Dest") == "document"
        has_said = COOKIE in self.request.cookies or "blind" in self.request.arguments
        if not asks or has_said or self.current_user is None:
            made = super().get(*args, **kwargs)
            if made is not None:  # nothing is made for who has to sign in first
                await made
        else:
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish(_ASK.replace("NONCE", NONCE).replace("SCRIPT", look_script()))


_ASK = """<!doctype html><html lang="en"><meta charset="utf-8"><title>…</title>
<script nonce="NONCE">SCRIPT</script>
<script nonce="NONCE">
  if (!document.cookie) location.search += (location.search ? "&" : "?") + "blind=1"
</script>
<noscript>These pages need JavaScript.</noscript></html>
"""


@cache
def _lightened(handler: type[StaticFileHandler]) -> type[StaticFileHandler]:
    """Return a handler of files that answers them compressed, where the browser takes that."""

    class Light(handler):  # type: ignore[misc, valid-type] # made for each of Bokeh's and Panel's
        def set_headers(self) -> None:
            super().set_headers()
            is_named = "v" in self.request.arguments  # by its content: another content has another name
            self.set_header(
                "Cache-Control", f"public, max-age={_YEAR}, immutable" if is_named else "no-cache"
            )
            self.set_header("Vary", "Accept-Encoding")
            if self._shrinks():
                self.set_header("Content-Encoding", "gzip")
                self.get_content = self._small

        def get_content_size(self) -> int:
            return len(self._small()) if self._shrinks() else int(super().get_content_size())

        def _small(self, *_: Any) -> bytes:
            return shrink(Path(self.absolute_path))

        def _shrinks(self) -> bool:
            file, given = Path(self.absolute_path), self.request.headers
            takes = "gzip" in given.get("Accept-Encoding", "") and "Range" not in given
            return takes and file.suffix in _TEXTS and file.stat().st_size > _LEAST

    Light.__name__ = handler.__name__
    return Light


def shrink(file: Path) -> bytes:
    """Return a file compressed; the same again without any work."""
    return _compressed(str(file), file.stat().st_mtime_ns)


@lru_cache(maxsize=_FILES)
def _compressed(path: str, modified: int) -> bytes:  # noqa: ARG001 - a changed file is another one
    return gzip.compress(Path(path).read_bytes(), 6)
