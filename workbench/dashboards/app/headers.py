"""What every answer tells the browser to refuse, whichever handler made it."""

from __future__ import annotations

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

PAGE_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Bokeh's callbacks and panel-material-ui's components are compiled in the browser.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
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
            headers["Content-Security-Policy"] = PAGE_POLICY
        headers.pop("Server", None)
        if not self._is_static:
            headers.setdefault("Cache-Control", "no-store")
        if "Access-Control-Allow-Origin" in headers:
            del headers["Access-Control-Allow-Origin"]
        return status_code, headers, chunk
