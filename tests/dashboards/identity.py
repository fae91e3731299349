"""A small OpenID Connect provider, real enough to sign in at: authorize, token, user, signed id tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "dashboards", "the client's own secret"


class Identity:
    """Answers until it is closed.

    Attributes:
        url: without a slash at its end.
        people: the claims of each, by what they type when they sign in.
        checks_proof: whether it compares the proof that PKCE asks for, as it has to.
        lies: claims that replace those of the id token; None takes one out.
        asked: the paths that were asked for.
    """

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.checks_proof = True
        self.lies: dict[str, Any] = {}
        self.gives_id_token = True
        self.asked: list[str] = []
        self.grants: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, str] = {}
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def toml(self) -> str:
        """What stands in workbench.toml."""
        urls = ", ".join(f'{name} = "{self.url}/{name}"' for name in ("authorize", "token", "user"))
        return f'\n[access.oidc]\nprovider = "generic"\nkey = "{CLIENT}"\nurls = {{ {urls} }}\n'

    def start(self) -> None:
        """Answer, at the same address as before."""
        handler = type("Handler", (_Handler,), {"identity": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def stop(self) -> None:
        """Answer nothing any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reset(self) -> None:
        """Be honest again."""
        self.checks_proof, self.lies, self.gives_id_token = True, {}, True
        self.asked.clear()

    def grant(self, query: Mapping[str, str], who: str) -> str:
        """Return where somebody goes who said who they are."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self.grants[code] = {**query, "who": who}
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def redeem(self, form: Mapping[str, str]) -> dict[str, Any] | None:
        """Return the tokens for a code, once; None when something does not fit."""
        granted = self.grants.pop(form.get("code", ""), None)
        if granted is None or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proves = _text(digest) == granted.get("code_challenge")
        if form.get("redirect_uri") != granted["redirect_uri"] or (self.checks_proof and not proves):
            return None
        token = secrets.token_urlsafe(16)
        self.tokens[token] = granted["who"]
        given = {"access_token": token, "token_type": "Bearer", "expires_in": 300}
        return {**given, **({"id_token": self._signed(granted)} if self.gives_id_token else {})}

    def _signed(self, granted: Mapping[str, str]) -> str:
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": f"id-of-{granted['who']}",
            "nonce": granted.get("nonce"),
            "exp": int(time.time()) + 300,
            **self.lies,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        head = _text(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        body = f"{head}.{_text(json.dumps(said).encode())}"
        return f"{body}.{_text(hmac.digest(SECRET.encode(), body.encode(), 'sha256'))}"


class _Handler(BaseHTTPRequestHandler):
    identity: Identity

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.identity.asked.append(parts.path)
        query = _flat(parts.query)
        if parts.path == "/authorize":
            self._form(query)
        elif parts.path == "/user":
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            who = self.identity.tokens.get(token)
            claims = {"sub": f"id-of-{who}", **self.identity.people.get(who or "", {})}
            self._json(200, claims) if who else self._json(401, {"error": "invalid_token"})
        else:
            self._json(404, {"error": "nothing here"})

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        self.identity.asked.append(path)
        form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if path == "/authorize":
            self.send_response(303)
            self.send_header("Location", self.identity.grant(form, form.pop("who")))
            self.end_headers()
            return
        given = self.identity.redeem(form)
        self._json(200, given) if given else self._json(400, {"error": "invalid_grant"})

    def _form(self, query: Mapping[str, str]) -> None:
        kept = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in query.items()
        )
        page = (
            '<link rel="icon" href="data:,"><form method="post" action="/authorize">'
            f'{kept}<label>Who are you? <input name="who"></label>'
            "<button>Go on</button></form>"
        )
        self._answer(200, "text/html; charset=utf-8", page.encode())

    def _json(self, status: int, document: Mapping[str, Any]) -> None:
        self._answer(status, "application/json", json.dumps(document).encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
