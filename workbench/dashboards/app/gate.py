"""Who is behind a request: the same answer for pages, websockets, frames and sign-in."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from bokeh.util.token import get_token_payload
from tornado.httputil import HTTPServerRequest
from tornado.web import decode_signed_value

from workbench.access import OPEN, Directory, Person, Role
from workbench.dashboards.app.secret import Secrets

COOKIE = "user"
"""What Panel's OAuth calls it, too."""

PERSON = "workbench_person"
"""Under what a session's signed token names whose it is."""


_OWN = re.compile(r"[0-9a-f]{16}:")  # what stands before a name, so that no two sign-ins are one
_FOREVER = 2.0**53  # seconds; a number that JSON has, too


@dataclass(frozen=True)
class Visit:
    """Somebody's sign-in.

    Attributes:
        name: as whom.
        until: when it ends, in seconds since 1970.
        key: tells it from others of the same name; what signed it cannot be worked out from it.
    """

    name: str
    until: float = _FOREVER
    key: str = ""


class Gate:
    """Tells who a request is from. May be used from any thread.

    Args:
        directory: who is known.
        secrets: by what their cookies are signed.
        now: tells the time by which a sign-in ends, in seconds since 1970.
    """

    def __init__(self, directory: Directory, secrets: Secrets, now: Callable[[], float] = time.time) -> None:
        self.directory = directory
        self.secrets = secrets
        self._now = now
        self._ended: dict[str, float] = {}
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether nobody has to sign in."""
        return self.directory.way == OPEN

    def visit(self, request: HTTPServerRequest) -> Visit | None:
        """Return whose sign-in a request's cookie is, None when there is none, or it is old or has ended."""
        if self.is_open:
            return Visit(self.directory.local().name)
        cookie = request.cookies.get(COOKIE)
        lasts = self.directory.access.session.total_seconds()
        found = _signed(self.secrets.cookies, cookie.value, lasts) if cookie else None
        return found if found and self._holds(found) else None

    def person(self, visit: Visit | None) -> Person | None:
        """Return who signed in, None when they have no role at this moment or their sign-in has ended."""
        if self.is_open:
            return self.directory.local()
        found = self.directory.person(visit.name) if visit and self._holds(visit) else None
        if found is None or visit is None:
            return None

        def standing() -> Role | None:
            return self.directory.role(visit.name) if self._holds(visit) else None

        return replace(found, standing=standing)

    def end(self, request: HTTPServerRequest) -> None:
        """End the sign-in of a request's cookie: here, and on every page that was opened with it."""
        visit = None if self.is_open else self.visit(request)
        if visit is not None:
            with self._lock:
                now = self._now()
                self._ended = {key: until for key, until in self._ended.items() if until > now}
                self._ended[visit.key] = visit.until

    def may_connect(self, request: HTTPServerRequest) -> bool:
        """Whether a websocket belongs to the sign-in whose page it claims to come from."""
        visit = self.visit(request)
        parts = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        if visit is None or len(parts) != 2:
            return False
        claimed = visit_of(_payload(parts[1].strip()))
        return claimed is not None and (claimed.name, claimed.key) == (visit.name, visit.key)

    def _holds(self, visit: Visit) -> bool:
        return self._now() < visit.until and visit.key not in self._ended


def signed_in(name: str) -> str:
    """Return what a sign-in's cookie is to hold: the name, after a number that no other sign-in has.

    A cookie's time is in whole seconds, and two of one name in one second have to end apart.
    """
    return f"{secrets.token_hex(8)}:{name}"


def told(visit: Visit) -> dict[str, Any]:
    """Return what a session's signed token says of whose it is."""
    return {PERSON: asdict(visit)}


def visit_of(payload: Any) -> Visit | None:
    """Return whose session it is by what its token says, which was signed by us."""
    try:
        return Visit(**payload[PERSON])
    except (KeyError, TypeError):
        return None


def _signed(secret: str, cookie: str, lasts: float) -> Visit | None:
    """Return whom a cookie was signed for, in Tornado's second format: `2|1:0|10:TIME|4:user|…`."""
    found = decode_signed_value(secret, COOKIE, cookie, max_age_days=lasts / 86400, min_version=2)
    text = found.decode("utf-8", "replace") if found else ""
    own = _OWN.match(text)
    if own is None:
        return None
    began = float(cookie.split("|")[2].partition(":")[2])
    key = hashlib.sha256(cookie.encode()).hexdigest()[:32]
    return Visit(text[own.end() :], began + lasts, key)


def _payload(token: str) -> dict[str, Any]:
    try:
        return dict(get_token_payload(token))
    except Exception:  # noqa: BLE001 - whatever was sent in its place is no token
        return {}
