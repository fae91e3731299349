"""Pages for requests that came to nothing: what happened, what to do, and where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

from workbench.dashboards.app.entering import rendered

if TYPE_CHECKING:
    from workbench.dashboards.app.gate import Gate

_OURS = b"<!doctype"
_ELSEWHERE = 421
_BROKE = 500


class Words(NamedTuple):
    """What is said of a request that came to nothing; none of it comes from the request."""

    title: str
    happened: str
    advice: str


_WORDS = {
    400: Words(
        "This request cannot be read",
        "Something in the address or in what was sent with it is not as a browser would write it.",
        "Open the page anew, from a link or from the navigation.",
    ),
    401: Words(
        "Sign in first",
        "Only people with a role in this project see this.",
        "After signing in, open the address again.",
    ),
    403: Words(
        "This is not for you to see",
        "Your role does not allow it, or what you opened was made too long ago.",
        "Go back and open it anew. If that does not help, ask an admin for a role that may.",
    ),
    404: Words(
        "There is no such page",
        "Nothing is kept under this address: it may be misspelt, or the page may have been renamed.",
        "Go to one of the pages, and on from there.",
    ),
    405: Words(
        "Nothing is done under this address",
        "It can be looked at, but not asked in the way that this request did.",
        "Open the page, and use the buttons on it.",
    ),
    _ELSEWHERE: Words(
        "This server does not answer under that name",
        "The browser asked for a host that is none of this server's own.",
        "An admin lists names in workbench.toml: [access] origins.",
    ),
    429: Words(
        "Too many requests", "This was asked more often than is allowed.", "Wait a minute, then try again."
    ),
}
_REFUSED = Words("This request was refused", "The server does not take it.", "Open the page anew.")
_FAILED = Words(
    "This page could not be made",
    "Something broke in the server; its log says what and where.",
    "Try again in a moment. The other pages may well go on.",
)


def words(status: int) -> Words:
    """Return what is said of a status of 400 or more."""
    return _FAILED if status >= _BROKE else _WORDS.get(status, _REFUSED)


@dataclass(frozen=True)
class Link:
    """Where to go on."""

    to: str
    text: str


@dataclass(frozen=True)
class RefusalSite:
    """What such a page knows of the server: who comes, under which prefix it answers, its first page."""

    gate: Gate
    project: str
    prefix: str
    first: Link


class RefusalPage(OutputTransform):
    """Puts a page in the place of the bare line of whichever handler refused, for who reads HTML.

    Args:
        site: the server's.
        request: the one that is answered.
    """

    def __init__(self, site: RefusalSite, request: HTTPServerRequest) -> None:
        self._site = site
        self._request = request

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Put it there before the first byte is sent; a handler's own page stands."""
        kind = headers.get("Content-Type", "text/html")
        wants = "text/html" in self._request.headers.get("Accept", "")
        is_bare = kind.startswith("text/html") and not chunk.startswith(_OURS)
        if status_code >= 400 and wants and is_bare and finishing:
            chunk = self._page(status_code).encode()
            headers["Content-Type"] = "text/html; charset=utf-8"
            headers["Content-Length"] = str(len(chunk))
        return status_code, headers, chunk

    def _page(self, status: int) -> str:
        said, links = words(status), [] if status == _ELSEWHERE else self._links()
        project = "" if status == _ELSEWHERE else self._site.project
        return rendered("refusal.html", status=status, project=project, links=links, **said._asdict())

    def _links(self) -> list[Link]:
        """Return where to go on: to the first page, and to the sign-in for who has none or another role."""
        site, up = self._site, self._up()
        begin = Link(f"{up}{site.first.to}", site.first.text)
        try:
            visit = site.gate.visit(self._request)
            is_known = site.gate.person(visit) is not None
        except Exception:  # noqa: BLE001 - what broke the request may break this as well
            is_known = False
        if site.gate.is_open:
            return [begin]
        if not is_known:
            return [Link(f"{up}login", "Sign in"), begin]
        return [begin, Link(f"{up}logout", "Sign in as somebody else")]

    def _up(self) -> str:
        """Return the way from the address to where pages are; relative, so that it holds behind any proxy."""
        path, prefix = self._request.path, self._site.prefix
        if not path.startswith(f"{prefix}/"):
            return f"{prefix}/"
        return "../" * (path.count("/") - prefix.count("/") - 1) or "./"
