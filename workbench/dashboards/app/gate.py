"""Who is behind a request: the same answer for pages, websockets, frames and sign-in."""

from __future__ import annotations

from typing import Any

from bokeh.util.token import get_token_payload
from tornado.httputil import HTTPServerRequest
from tornado.web import decode_signed_value

from workbench.access import OPEN, Directory, Person
from workbench.dashboards.app.secret import Secrets

COOKIE = "user"
"""What Panel's OAuth calls it, too."""

PERSON = "workbench_person"
"""Under what a session's signed token names whose it is."""


class Gate:
    """Tells who a request is from.

    Args:
        directory: who is known.
        secrets: by what their cookies are signed.
    """

    def __init__(self, directory: Directory, secrets: Secrets) -> None:
        self.directory = directory
        self.secrets = secrets

    @property
    def is_open(self) -> bool:
        """Whether nobody has to sign in."""
        return self.directory.way == OPEN

    def name(self, request: HTTPServerRequest) -> str | None:
        """Return the name that a request's cookie was signed for, None when there is none or it is old."""
        if self.is_open:
            return self.directory.local().name
        cookie = request.cookies.get(COOKIE)
        if cookie is None:
            return None
        days = self.directory.access.session.total_seconds() / 86400
        found = decode_signed_value(self.secrets.cookies, COOKIE, cookie.value, max_age_days=days)
        return found.decode("utf-8", "replace") if found else None

    def person(self, name: str | None) -> Person | None:
        """Return whom a name means, None when they have no role here at this moment."""
        if self.is_open:
            return self.directory.local()
        return self.directory.person(name) if name else None

    def may_connect(self, request: HTTPServerRequest) -> bool:
        """Whether a websocket belongs to the person whose page it claims to come from."""
        name = self.name(request)
        parts = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        if name is None or len(parts) != 2:
            return False
        return _payload(parts[1].strip()).get(PERSON) == name


def _payload(token: str) -> dict[str, Any]:
    try:
        return dict(get_token_payload(token))
    except Exception:  # noqa: BLE001 - whatever was sent in its place is no token
        return {}
