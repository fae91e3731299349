"""A token as the ledger tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.ledger import Event, Ledger

STREAM = "tokens"
CREATED = "token.created"
REVOKED = "token.revoked"
ADMIN = "admin"
SCOPES = ("predict", "feedback", "explain", "metrics", ADMIN)


@dataclass(frozen=True)
class Caller:
    """Who holds a token.

    Attributes:
        name: as the token was made for; it stands in the log and beside the metrics.
        token: the token's id.
        scopes: what the token is good for; `admin` is good for everything.
        models: those that it is good for; any when empty.
    """

    name: str
    token: str
    scopes: tuple[str, ...]
    models: tuple[str, ...] = ()

    def may(self, scope: str) -> bool:
        """Whether the token is good for a scope."""
        return scope in self.scopes or ADMIN in self.scopes

    def may_ask(self, model: str | None) -> bool:
        """Whether the token is good for a model; for what concerns none, always."""
        return model is None or not self.models or model in self.models


@dataclass(frozen=True)
class Token:
    """A token; its secret is known to its holder alone.

    Attributes:
        hash: of the secret, argon2id.
        expires: when it ends, in project time; None for never.
        by: who made it.
        revoked: when it was revoked; None while it is good.
        reason: why it was.
    """

    caller: Caller
    hash: str
    at: datetime
    by: str
    expires: datetime | None = None
    revoked: datetime | None = None
    reason: str = ""

    @property
    def id(self) -> str:
        """What the token is called; no secret."""
        return self.caller.token

    def state(self, now: datetime) -> str:
        """Return in one word how it stands: good, expired or revoked."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and now >= self.expires else "good"

    def to_dict(self) -> dict[str, Any]:
        """Return the token as JSON, without the hash."""
        caller = self.caller
        return {
            "token": self.id,
            "caller": caller.name,
            "scopes": list(caller.scopes),
            "models": list(caller.models),
            "created": self.at.isoformat(),
            "by": self.by,
            "expires": self.expires.isoformat() if self.expires else None,
            "revoked": self.revoked.isoformat() if self.revoked else None,
            "reason": self.reason,
        }


def take(tokens: dict[str, Token], events: Iterable[Event]) -> None:
    """Take in events of the stream of tokens, in order; kinds that a later workbench may write are left."""
    for event in events:
        data = event.data
        if event.kind == CREATED:
            caller = Caller(data["caller"], data["token"], tuple(data["scopes"]), tuple(data["models"]))
            ends = datetime.fromisoformat(data["expires"]) if data["expires"] else None
            tokens[caller.token] = Token(caller, data["hash"], event.at, event.actor, ends)
        elif event.kind == REVOKED:
            known = tokens[data["token"]]
            tokens[known.id] = replace(known, revoked=event.at, reason=data["reason"])


def read_tokens(ledger: Ledger) -> dict[str, Token]:
    """Return every token that was ever made, by id, the oldest first."""
    tokens: dict[str, Token] = {}
    take(tokens, ledger.read(STREAM))
    return tokens
