"""Signing in by a password or at a provider, and out."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bokeh.server.auth_provider import AuthProvider
from tornado.web import RequestHandler
from tornado.websocket import WebSocketHandler

from workbench.dashboards.app.entering import enter, sign_in_page
from workbench.dashboards.app.gate import COOKIE
from workbench.dashboards.app.oidc import ProviderLogin

if TYPE_CHECKING:
    from workbench.dashboards.app.gate import Gate
    from workbench.dashboards.app.provider import Provider

LOGIN, LOGOUT = "/login", "/logout"
_FREE = 5  # guesses in a row that cost nothing but their hash
_LONGEST = 30.0  # seconds
_MOST = 10_000


class Guesses:
    """Lets who guessed wrong wait: twice as long after each further guess, up to half a minute."""

    def __init__(self) -> None:
        self._wrong: dict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))

    def wait(self, name: str, now: float) -> float:
        """Return the seconds until somebody may guess again."""
        return max(0.0, self._wrong[name][1] - now) if name in self._wrong else 0.0

    def wrong(self, name: str, now: float) -> None:
        """Remember a wrong guess."""
        if len(self._wrong) > _MOST:
            self._wrong.clear()
        count = self._wrong[name][0] + 1
        delay = min(_LONGEST, 2.0 ** (count - _FREE)) if count >= _FREE else 0.0
        self._wrong[name] = (count, now + delay)

    def right(self, name: str) -> None:
        """Forget somebody's wrong guesses."""
        self._wrong.pop(name, None)


class SignIn(AuthProvider):  # type: ignore[misc] # Bokeh's class is not typed
    """Bokeh's question who is there, answered by the gate; with a page for those who are nobody yet.

    Args:
        gate: tells who a request is from.
        project: its name, for the page.
        provider: of identities; None where people have passwords.
    """

    def __init__(self, gate: Gate, project: str, provider: Provider | None = None) -> None:
        self._gate = gate
        self._project = project
        self._provider = provider
        super().__init__()

    @property
    def get_user(self) -> Any:
        """Who is signed in, by the request's cookie; a websocket must also belong to that person's page."""

        def find(handler: RequestHandler) -> str | None:
            if isinstance(handler, WebSocketHandler) and not self._gate.may_connect(handler.request):
                return None
            visit = self._gate.visit(handler.request)
            return visit.name if visit and self._gate.person(visit) else None

        return find

    @property
    def login_url(self) -> str:
        """Where to sign in."""
        return LOGIN

    @property
    def logout_url(self) -> str:
        """Where to sign out."""
        return LOGOUT

    @cached_property
    def login_handler(self) -> type[RequestHandler]:
        """The page to sign in on."""
        known = {"gate": self._gate, "project": self._project}
        if self._provider is not None:
            return type("Login", (ProviderLogin,), {**known, "provider": self._provider})
        return type("Login", (LoginHandler,), known)

    @cached_property
    def logout_handler(self) -> type[RequestHandler]:
        """The end of a sign-in."""
        return type("Logout", (LogoutHandler,), {"gate": self._gate})


class LoginHandler(RequestHandler):
    """Asks for a name and a password; the form carries Tornado's XSRF token."""

    gate: Gate
    project = ""
    guesses = Guesses()

    def get(self) -> None:
        """Show the form."""
        self._show()

    async def post(self) -> None:
        """Let somebody in, or show the form again."""
        name, password = (
            self.get_body_argument("name", ""),
            self.get_body_argument("password", "", strip=False),
        )
        wait = self.guesses.wait(name, time.monotonic())
        if wait > 0:
            self.set_status(429)
            self._show(f"Too many wrong guesses. Wait {wait:.0f} seconds, then try again.", name)
            return
        loop = asyncio.get_running_loop()
        if not await loop.run_in_executor(None, self.gate.directory.check, name, password):
            self.guesses.wrong(name, time.monotonic())
            self.set_status(403)
            self._show("That name and password are not known here. A role may be missing, too.", name)
            return
        self.guesses.right(name)
        enter(self, self.gate, name, self.get_query_argument("next", ""))

    def _show(self, error: str = "", name: str = "") -> None:
        form = {"xsrf": self.xsrf_token.decode(), "error": error, "name": name, "project": self.project}
        self.finish(sign_in_page(**form))


class LogoutHandler(RequestHandler):
    """Signs somebody out; asked for by a link, it does no harm."""

    gate: Gate

    def get(self) -> None:
        """End this sign-in wherever its cookie is, and go back to where one signs in."""
        self.gate.end(self.request)
        self.clear_cookie(COOKIE)
        self.redirect(f".{LOGIN}?out=1")
