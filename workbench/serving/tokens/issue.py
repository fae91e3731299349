"""Makes tokens and revokes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.errors import ConflictError, UnknownNameError, UsageError
from workbench.ledger import Append, NewEvent
from workbench.serving.tokens import secret as secrets
from workbench.serving.tokens.token import CREATED, REVOKED, SCOPES, STREAM, Token, read_tokens, take

if TYPE_CHECKING:
    from workbench.ledger import Ledger

_LONGEST_NAME = 64
_TRIES = 100  # each lost try means that somebody else's write went through


def create_token(
    ledger: Ledger,
    caller: str,
    scopes: Sequence[str],
    *,
    models: Sequence[str] = (),
    expires: datetime | None = None,
    actor: str | None = None,
) -> tuple[Token, str]:
    """Make a token.

    Args:
        ledger: keeps it, with a hash of the secret.
        caller: who will hold it; the name stands in the log and beside the metrics.
        scopes: what it is good for, of `SCOPES`.
        models: those that it is good for; any when empty.
        expires: when it ends, in project time; None for never.
        actor: who makes it; whoever is signed in when None.

    Returns:
        The token, and what its holder sends, which nobody can tell again.

    Raises:
        UsageError: the name cannot stand in a log, or no scope was given.
        UnknownNameError: there is no such scope.
    """
    _check(caller, scopes)
    number, secret = secrets.new_id(), secrets.new_secret()
    data = {
        "token": number,
        "caller": caller,
        "scopes": [scope for scope in SCOPES if scope in scopes],
        "models": sorted(set(models)),
        "expires": expires.isoformat() if expires else None,
        "hash": secrets.hashed(secret),
    }
    token = _write(ledger, number, NewEvent(CREATED, data, subject=caller, key=number), actor)
    return token, secrets.written(number, secret)


def revoke_token(ledger: Ledger, token: str, *, reason: str = "", actor: str | None = None) -> Token:
    """Revoke a token for ever; servers turn it away within a second. A revoked one stays as it is.

    Args:
        ledger: keeps it.
        token: its id.
        reason: why, for the record.
        actor: who revokes it; whoever is signed in when None.

    Raises:
        UnknownNameError: there is no such token.
    """
    known = read_tokens(ledger)
    if token not in known:
        raise UnknownNameError("token", token, known, hint="" if known else "None was made yet.")
    found = known[token]
    if found.revoked is not None:
        return found
    data = {"token": token, "reason": reason}
    return _write(ledger, token, NewEvent(REVOKED, data, subject=found.caller.name, key=token), actor)


def _write(ledger: Ledger, token: str, event: NewEvent, actor: str | None) -> Token:
    for _ in range(_TRIES - 1):
        try:
            return _written(ledger, token, event, actor)
        except ConflictError:
            continue
    return _written(ledger, token, event, actor)


def _written(ledger: Ledger, token: str, event: NewEvent, actor: str | None) -> Token:
    events = ledger.read(STREAM)
    tokens: dict[str, Token] = {}
    take(tokens, events)
    known = tokens.get(token)
    if known is not None and known.revoked is not None:
        return known
    take(tokens, ledger.append(Append(STREAM, len(events), (event,)), actor=actor))
    return tokens[token]


def _check(caller: str, scopes: Sequence[str]) -> None:
    if not caller.strip() or not caller.isprintable() or len(caller) > _LONGEST_NAME:
        raise UsageError(
            f"{caller!r} cannot stand in a log as a caller's name.",
            hint=f"Give one printable line of at most {_LONGEST_NAME} characters, such as booking-service.",
        )
    if not scopes:
        raise UsageError(
            f"A token for {caller!r} would be good for nothing: no scope was given.",
            hint=f"Name some of: {', '.join(SCOPES)}. For example: --scope predict,feedback",
        )
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownNameError("scope", scope, SCOPES)
