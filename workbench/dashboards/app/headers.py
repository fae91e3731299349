"""What every answer tells the browser to refuse, whichever handler made it."""

from __future__ import annotations

import secrets

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

NONCE = secrets.token_urlsafe(24)
"""Stands in a page where its own scripts begin, until another one takes its place on the way out."""

PAGE_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Of scripts that stand in a page the template's own run, by the answer's nonce. Components come as
        # blobs; Panel compiles the markup of some, such as FlexBox, in the browser.
        "script-src 'self' 'unsafe-eval' blob:",
        "script-src-attr 'none'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' blob:",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
"""For our own pages: nothing is loaded from elsewhere, and nothing sent there."""


def page_policy(nonce: str) -> str:
    """Return the policy of one answer, in which scripts with a nonce may stand."""
    return PAGE_POLICY.replace("script-src 'self'", f"script-src 'self' 'nonce-{nonce}'")


FRAME_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
"""For a document that was cleaned: it has no scripts, and could run none."""

SCRIPTED_FRAME_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob: data:; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; worker-src blob:"
)
"""For a report whose scripts draw: an origin of its own, and no way out of it."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


class SafeHeaders(OutputTransform):
    """Adds the headers to every answer; a handler's own policy stands."""

    def __init__(self, request: HTTPServerRequest) -> None:
        self._is_static = "/static/" in request.path

    def transform_first_chunk(
        self,
        status_code: int,
        headers: HTTPHeaders,
        chunk: bytes,
        finishing: bool,  # noqa: ARG002 - the signature is Tornado's
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add them before the first byte is sent."""
        for name, value in _ALWAYS.items():
            headers[name] = value
        if "Content-Security-Policy" not in headers:
            nonce = secrets.token_urlsafe(24)
            if not self._is_static:
                chunk = chunk.replace(NONCE.encode(), nonce.encode())
            headers["Content-Security-Policy"] = page_policy(nonce)
        headers.pop("Server", None)
        if not self._is_static:
            headers.setdefault("Cache-Control", "no-store")
        if "Access-Control-Allow-Origin" in headers:
            del headers["Access-Control-Allow-Origin"]
        return status_code, headers, chunk
