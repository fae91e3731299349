"""Who calls, and whether they may."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import Protocol

from workbench.serving.refused import Refused

ANONYMOUS = "anonymous"
_BEARER = b"bearer "
_OPEN = frozenset({"predict", "feedback", "explain", "metrics"})
_FRESH, _KEPT = 0.3, 0.8
_MOST = 10_000


@dataclass(slots=True)
class _Known:
    """A caller that was let in: asked about again when no longer fresh, and forgotten after that."""

    name: str
    fresh_until: float
    kept_until: float


class Caller(Protocol):
    """Who holds a token."""

    @property
    def name(self) -> str:
        """As the token was made for."""


class Verifier(Protocol):
    """Tells whose token it is; may take milliseconds, and reads the ledger."""

    def verify(self, token: str, scope: str, model: str | None) -> Caller:
        """Return who holds a token that is good for a scope and a model, or raise Refused."""


class Gate:
    """Lets callers in: by their token, or without where the project allows it.

    What was verified is kept for less than a second, and verified again beside the requests while it is:
    a revoked token is turned away within a second, and no request waits for the ledger again and again.

    Args:
        tokens: knows the tokens.
        required: whether nobody is let in without one.
    """

    def __init__(self, tokens: Verifier, *, required: bool) -> None:
        self._tokens = tokens
        self._required = required
        self._known: dict[tuple[bytes, str, str | None], _Known] = {}
        self._asking: set[asyncio.Task[str]] = set()

    async def admit(self, authorization: bytes | None, scope: str, model: str | None = None) -> str:
        """Return the caller's name.

        Raises:
            Refused: 401 without a good token, 403 where it is not good for this.
        """
        if authorization is None:
            if self._required or scope not in _OPEN:
                raise _missing(scope)
            return ANONYMOUS
        key = (sha256(authorization).digest(), scope, model)
        found = self._known.get(key)
        if found is not None:
            now = monotonic()
            if now < found.fresh_until:
                return found.name
            if now < found.kept_until:
                found.fresh_until = found.kept_until
                task = asyncio.create_task(self._ask(key, authorization))
                self._asking.add(task)
                task.add_done_callback(self._asked)
                return found.name
        return await self._ask(key, authorization)

    async def _ask(self, key: tuple[bytes, str, str | None], authorization: bytes) -> str:
        _, scope, model = key
        if authorization[: len(_BEARER)].lower() != _BEARER:
            raise _missing(scope)
        token = authorization[len(_BEARER) :].strip().decode("latin-1")
        try:
            caller = await asyncio.to_thread(self._tokens.verify, token, scope, model)
        except Refused:
            self._known.pop(key, None)
            raise
        if len(self._known) >= _MOST:
            self._known.clear()
        now = monotonic()
        self._known[key] = _Known(caller.name, now + _FRESH, now + _KEPT)
        return caller.name

    def _asked(self, task: asyncio.Task[str]) -> None:
        self._asking.discard(task)
        if not task.cancelled():
            task.exception()  # whoever calls next is told


def _missing(scope: str) -> Refused:
    return Refused(
        401,
        "token_missing",
        f"This needs a token for {scope!r}, and none was sent.",
        "Send the header `Authorization: Bearer TOKEN`; workbench token create makes one.",
    )
