"""What every way of signing in ends with: a signed cookie, and a page to go on to."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader

from workbench.dashboards.app.gate import COOKIE, signed_in

if TYPE_CHECKING:
    from tornado.httputil import HTTPServerRequest
    from tornado.web import RequestHandler

    from workbench.dashboards.app.gate import Gate


def enter(handler: RequestHandler, gate: Gate, name: str, target: str) -> None:
    """Let somebody in who has proven a name, and go on to where they wanted to."""
    handler.set_signed_cookie(
        COOKIE,
        signed_in(name),
        expires_days=gate.directory.access.session.total_seconds() / 86400,
        httponly=True,
        samesite="Lax",
        secure=scheme(handler.request) == "https",
    )
    handler.redirect(inside(target))


def scheme(request: HTTPServerRequest) -> str:
    """Return how the browser reached us, by what a proxy before us says; it decides about nothing else."""
    forwarded = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip()
    return "https" if "https" in (forwarded, request.protocol) else "http"


def inside(target: str) -> str:
    """Return where to go on, if it is a page of this server; the first page otherwise."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "./"
    is_ours = not (parts.scheme or parts.netloc) and target.startswith("/") and not target.startswith("//")
    if not is_ours or "\\" in target:
        return "./"
    return "." + parts.path[parts.path.rfind("/") :] + (f"?{parts.query}" if parts.query else "")


def sign_in_page(**shown: Any) -> str:
    """Return the page that asks who is there; everything on it is text."""
    return rendered("sign_in.html", **shown)


def rendered(template: str, **shown: Any) -> str:
    """Return a page that needs no script, of a template; everything on it is text."""
    return _templates().get_template(template).render(shown)


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("workbench.dashboards.app", "templates"), autoescape=True)
