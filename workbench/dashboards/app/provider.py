"""An identity provider: where people go, what the code that they bring back is worth, and whose it is."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from workbench.errors import SignInError, UsageError

if TYPE_CHECKING:
    from workbench.project.access import OidcConfig

_PATIENCE = 10.0  # seconds for each of the two requests
_LARGEST = 2**18  # bytes of an answer
_LEEWAY = 60.0  # seconds that two clocks may differ
_LONGEST = 200  # characters of a name


@dataclass(frozen=True)
class _Known:
    """What a provider is called, and where it is asked."""

    title: str
    authorize: str
    token: str
    user: str
    scope: str = "openid email profile"
    claim: str = "email"


_KNOWN = {
    "auth0": _Known(
        "Auth0", "https://{domain}/authorize", "https://{domain}/oauth/token", "https://{domain}/userinfo"
    ),
    "azure": _Known(
        "Microsoft",
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        "https://graph.microsoft.com/oidc/userinfo",
    ),
    "bitbucket": _Known(
        "Bitbucket",
        "https://bitbucket.org/site/oauth2/authorize",
        "https://bitbucket.org/site/oauth2/access_token",
        "https://api.bitbucket.org/2.0/user",
        scope="account",
        claim="username",
    ),
    "github": _Known(
        "GitHub",
        "https://github.com/login/oauth/authorize",
        "https://github.com/login/oauth/access_token",
        "https://api.github.com/user",
        scope="",
        claim="login",
    ),
    "gitlab": _Known(
        "GitLab",
        "https://{domain}/oauth/authorize",
        "https://{domain}/oauth/token",
        "https://{domain}/oauth/userinfo",
    ),
    "google": _Known(
        "Google",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://openidconnect.googleapis.com/v1/userinfo",
    ),
    "okta": _Known(
        "Okta",
        "https://{domain}/oauth2/v1/authorize",
        "https://{domain}/oauth2/v1/token",
        "https://{domain}/oauth2/v1/userinfo",
    ),
}
_NO_ID_TOKEN = ("bitbucket", "github")
"""They speak OAuth 2 alone."""


@dataclass(frozen=True)
class Attempt:
    """A sign-in that has begun, which the browser keeps in a signed cookie until it comes back.

    Attributes:
        state: comes back beside the code.
        nonce: comes back inside the id token.
        verifier: what only this attempt knows, whose hash went ahead (PKCE, RFC 7636).
        next: where to go on.
    """

    state: str
    nonce: str
    verifier: str
    next: str

    @classmethod
    def begin(cls, target: str) -> Attempt:
        """Return a new one."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(64), target)

    @classmethod
    def from_text(cls, text: str) -> Attempt:
        """Return the one that `to_text` wrote."""
        return cls(**json.loads(text))

    def to_text(self) -> str:
        """Return it for a cookie."""
        return json.dumps(asdict(self))


class Provider:
    """An identity provider, asked by OpenID Connect's authorization code flow with PKCE.

    Panel's own handlers are not used. They take the name out of an id token whose audience, nonce and
    signature nobody checks, out of an undeclared access token where there is none, and keep all tokens in
    cookies. Here it comes from the provider's userinfo alone, asked with a token that was fetched from it
    directly; the id token beside it must be for our client, this attempt and the same person (OpenID
    Connect Core 1.0, 3.1.3.7 and 5.3.2). No token is kept.

    Args:
        config: which one, and as which client.
        secret: the client's.
    """

    def __init__(self, config: OidcConfig, secret: str) -> None:
        self._config = config
        self._secret = secret
        self._known = _known(config)
        self._claim = config.user or self._known.claim

    @classmethod
    def of(cls, config: OidcConfig, environment: MutableMapping[str, str]) -> Provider:
        """Return the one that a project names, and take the secret out of the environment.

        No process that is started later, such as a run's, can read it there.

        Raises:
            UsageError: the environment does not hold the client's secret.
        """
        secret = environment.pop(config.secret, "").strip()
        if not secret:
            raise UsageError(
                f"People sign in at {_known(config).title}, but {config.secret}, which is to hold the "
                f"secret of the client {config.key!r} there, is not set.",
                hint=f"export {config.secret}=… and start the dashboards again; "
                "[access.oidc] secret names the variable.",
            )
        return cls(config, secret)

    @property
    def title(self) -> str:
        """What people know it as."""
        return self._known.title

    @property
    def redirect(self) -> str | None:
        """Where it is to send people back to; None where the request tells."""
        return self._config.redirect

    def away(self, attempt: Attempt, redirect: str) -> str:
        """Return the address where an attempt goes on."""
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._config.key,
            "redirect_uri": redirect,
            "scope": self._known.scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return f"{self._known.authorize}?{urlencode({name: value for name, value in query.items() if value})}"

    def name(self, code: str, attempt: Attempt, redirect: str) -> str:
        """Return the name of who came back with a code.

        Raises:
            SignInError: the provider cannot be reached, does not take the code, or does not say who it is.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "client_id": self._config.key,
            "client_secret": self._secret,
            "code_verifier": attempt.verifier,
        }
        given = self._ask(self._known.token, data=urlencode(form).encode())
        token = given.get("access_token")
        if not isinstance(token, str) or not token:
            raise self._refused(f"did not take the code: {given.get('error', 'it gave no token')}")
        who = self._ask(self._known.user, token=token)
        if self._config.provider not in _NO_ID_TOKEN:
            self._check(given.get("id_token"), attempt.nonce, who)
        return self._named(who)

    def _check(self, id_token: Any, nonce: str, who: Mapping[str, Any]) -> None:
        """Refuse an id token of another client, attempt or person; it came from the provider itself."""
        claims = _claims(id_token)
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        expires = claims.get("exp")
        is_ours = (
            self._config.key in audiences
            and claims.get("azp", self._config.key) == self._config.key
            and isinstance(claims.get("nonce"), str)
            and secrets.compare_digest(claims["nonce"].encode(), nonce.encode())
            and isinstance(expires, int | float)
            and expires + _LEEWAY > time.time()
            and bool(claims.get("sub"))
            and claims["sub"] == who.get("sub")
        )
        if not is_ours:
            raise self._refused("answered with an id token that is not for this sign-in")

    def _named(self, who: Mapping[str, Any]) -> str:
        found = who.get(self._claim)
        if isinstance(found, int) and not isinstance(found, bool):
            found = str(found)
        if not isinstance(found, str) or not found.strip():
            raise self._refused(f"does not tell the claim {self._claim!r} of who signed in")
        if self._claim == "email" and who.get("email_verified") in (False, "false"):
            raise self._refused(f"has not verified that {found[:_LONGEST]} belongs to who signed in")
        if len(found) > _LONGEST or not found.isprintable() or " via " in found:
            raise self._refused("calls who signed in by what cannot stand in the record as a name")
        return found

    def _ask(self, address: str, *, data: bytes | None = None, token: str = "") -> dict[str, Any]:
        headers = {"Accept": "application/json", "User-Agent": "workbench"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(address, data=data, headers=headers)  # noqa: S310 - https, by config
        try:
            with _opener().open(request, timeout=_PATIENCE) as answer:
                text = answer.read(_LARGEST)
        except urllib.error.HTTPError as error:
            with error:
                said = _json(error.read(_LARGEST))
            if error.code >= 500:
                raise self._refused(f"answered {error.code}", status=502) from None
            raise self._refused(f"did not accept it: {said.get('error', error.code)}") from None
        except (OSError, ValueError) as error:
            why = getattr(error, "reason", error)
            raise self._refused(f"cannot be reached: {why}", status=502) from None
        return _json(text)

    def _refused(self, what: str, *, status: int = 403) -> SignInError:
        hint = "Try again in a moment." if status != 403 else "Begin anew; if it stays so, ask an admin."
        return SignInError(f"{self.title} {what}.", hint=hint, provider=self.title, status=status)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: a secret goes where the project says and nowhere else."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Stay)


def _known(config: OidcConfig) -> _Known:
    if config.provider == "generic":
        host = urlsplit(config.urls["authorize"]).hostname or "the identity provider"
        return _Known(host, config.urls["authorize"], config.urls["token"], config.urls["user"])
    known = _KNOWN[config.provider]
    place = {"domain": config.domain or "gitlab.com", "tenant": config.tenant}
    authorize, token, user = (a.format(**place) for a in (known.authorize, known.token, known.user))
    return _Known(known.title, authorize, token, user, known.scope, known.claim)


def _claims(id_token: Any) -> dict[str, Any]:
    parts = id_token.split(".") if isinstance(id_token, str) else []
    if len(parts) != 3:
        return {}
    try:
        return _json(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}


def _json(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
