"""Signing in at an identity provider."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tornado.web import RequestHandler

from workbench.dashboards.app.entering import enter, scheme, sign_in_page
from workbench.dashboards.app.provider import Attempt
from workbench.errors import SignInError

if TYPE_CHECKING:
    from workbench.dashboards.app.gate import Gate
    from workbench.dashboards.app.provider import Provider

_log = logging.getLogger("workbench.dashboards")
_LASTS = 15 * 60.0  # seconds that somebody may take at the provider
_STATE = re.compile(r"[A-Za-z0-9_-]{43}")
_SHOWN = 200  # characters of what an address says went wrong


class ProviderLogin(RequestHandler):
    """Sends people to the provider, and lets in whom it names when they come back."""

    gate: Gate
    provider: Provider
    project = ""

    async def get(self) -> None:
        """Offer the way there; go it; take who comes back."""
        asked = self.request.query_arguments
        if "code" in asked or "error" in asked:
            await self._back()
        elif "begin" in asked:
            self._away()
        else:
            left = "You are signed out here." if "out" in asked else ""
            self._show(note=f"{left} {self.provider.title} may still know you." if left else "")

    def _away(self) -> None:
        attempt = Attempt.begin(self.get_query_argument("next", ""))
        self.set_signed_cookie(
            _cookie(attempt.state),
            attempt.to_text(),
            expires_days=_LASTS / 86400,
            httponly=True,
            samesite="Lax",
            secure=self._redirect.startswith("https:"),
        )
        self.redirect(self.provider.away(attempt, self._redirect))

    async def _back(self) -> None:
        attempt = self._attempt()
        if attempt is None:
            self.set_status(403)
            self._show("This sign-in was not begun in this browser, or too long ago. Begin it anew.")
            return
        self.clear_cookie(_cookie(attempt.state))
        if "error" in self.request.query_arguments:
            said = self.get_query_argument("error_description", "") or self.get_query_argument("error")
            self.set_status(403)
            self._show(f"{self.provider.title} did not let you in: {said[:_SHOWN]}", target=attempt.next)
            return
        code = self.get_query_argument("code")
        try:
            name = await asyncio.to_thread(self.provider.name, code, attempt, self._redirect)
        except SignInError as error:
            _log.warning("a sign-in failed: %s", error.message)
            self.set_status(error.status)
            self._show(f"{error.message} {error.hint}", target=attempt.next)
            return
        if self.gate.directory.role(name) is None:
            self.set_status(403)
            self._show(
                f"{self.provider.title} knows you as {name}, who has no role in this project. "
                f"Ask an admin: workbench access add {name} --role viewer",
                target=attempt.next,
            )
            return
        enter(self, self.gate, name, attempt.next)

    def _attempt(self) -> Attempt | None:
        """Return what this browser began with the state that has come back."""
        state = self.get_query_argument("state", "")
        if not _STATE.fullmatch(state):
            return None
        kept = self.get_signed_cookie(_cookie(state), max_age_days=_LASTS / 86400)
        if kept is None:
            return None
        attempt = Attempt.from_text(kept.decode())
        return attempt if secrets.compare_digest(attempt.state, state) else None

    @property
    def _redirect(self) -> str:
        request = self.request
        return self.provider.redirect or f"{scheme(request)}://{request.host}{request.path}"

    def _show(self, error: str = "", *, note: str = "", target: str | None = None) -> None:
        wanted = self.get_query_argument("next", "") if target is None else target
        begin = "?" + urlencode({"begin": "1", **({"next": wanted} if wanted else {})})
        place = {"provider": self.provider.title, "begin": begin, "note": note}
        self.finish(sign_in_page(project=self.project, error=error, **place))


def _cookie(state: str) -> str:
    """Return a name of its own for each attempt: several windows may sign in at once."""
    return f"signing_in_{state[:8]}"
