"""Tells whose token it is: the hash is checked once, the rest at every call."""

from __future__ import annotations

import threading
import time
from hashlib import sha256
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError
from workbench.serving.refused import Refused
from workbench.serving.tokens.secret import is_secret, parted
from workbench.serving.tokens.token import STREAM, Caller, Token, take

if TYPE_CHECKING:
    from workbench.clock import Clock
    from workbench.ledger import Ledger

_MOST = 10_000
_LONGEST_WAIT = 1.0  # seconds for a turn at the hash
_GOOD = "good"


class Tokens:
    """The tokens of a ledger, followed while it can be read.

    A token's hash takes tens of milliseconds, so it is checked once and remembered by a quick hash of
    what was sent. Whether it was revoked, or has expired, is asked at every call. A ledger that cannot be
    read keeps nobody out whom it let in before: what was known stands until it answers again.

    Args:
        ledger: where tokens are kept; read by a thread of its own.
        clock: by its project time they expire.
        every: seconds after which the ledger is asked again.
        patience: seconds that a call waits for a ledger that does not answer.
    """

    def __init__(self, ledger: Ledger, clock: Clock, *, every: float = 0.1, patience: float = 0.25) -> None:
        self._ledger = ledger
        self._clock = clock
        self._every = every
        self._patience = patience
        self._tokens: dict[str, Token] = {}
        self._version = 0
        self._read = False
        self._asked = float("-inf")
        self._answered = threading.Event()
        self._answered.set()
        self._lock = threading.Lock()
        self._proved: dict[bytes, str] = {}
        self._wrong: dict[bytes, str] = {}
        self._one_hash = threading.Lock()

    def verify(self, token: str, scope: str, model: str | None = None) -> Caller:
        """Return who holds a token.

        May be called from any thread; waits for the ledger at most `patience`, and for the hash of a
        token that was not seen before.

        Args:
            token: as it was sent.
            scope: what it is needed for.
            model: the model that is asked; None for what concerns none.

        Raises:
            Refused: 401 when nobody holds it any more, 403 when it is good for other things, 503 when the
                ledger was never read.
        """
        self._follow()
        known = self._known(token)
        state = known.state(self._clock.now())
        if state != _GOOD:
            ended = known.revoked or known.expires
            raise Refused(
                401,
                f"token_{state}",
                f"Token {known.id} of {known.caller.name!r} {_happened(state)} {ended:%Y-%m-%d %H:%M} UTC.",
                f"Make another: workbench token create {known.caller.name}",
            )
        return _allowed(known.caller, scope, model)

    def _known(self, text: str) -> Token:
        """Return the token whose secret was sent."""
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        number = self._proved.get(digest)
        if number is None:
            number = self._prove(digest, text)
        return self._tokens[number]

    def _prove(self, digest: bytes, text: str) -> str:
        parts = parted(text)
        if parts is None:
            raise _unknown("What was sent is no token of this service: one begins with wb_.")
        number, secret = parts
        found = self._tokens.get(number)
        if found is None:
            self._follow(at_once=True)  # it may have been made this very moment
            found = self._tokens.get(number)
        if found is None:
            if not self._read:
                message = "The ledger, which knows the tokens, does not answer."
                raise Refused(503, "tokens_unavailable", message, "Try again in a moment.")
            raise _unknown("No token of that id was made here.")
        if not self._is_right(digest, secret, found.hash):
            _remember(self._wrong, digest, number)
            raise _unknown(f"The secret that was sent is not that of token {number}.")
        _remember(self._proved, digest, number)
        return number

    def _is_right(self, digest: bytes, secret: str, kept: str) -> bool:
        """Check one secret at a time, so that guesses cost the memory and the time of one, not of many."""
        if not self._one_hash.acquire(timeout=_LONGEST_WAIT):
            message = "Too many tokens that nobody knows are being checked."
            raise Refused(429, "too_many_guesses", message, "Try again in a moment.")
        try:
            return digest in self._proved or (digest not in self._wrong and is_secret(secret, kept))
        finally:
            self._one_hash.release()

    def _follow(self, *, at_once: bool = False) -> None:
        """Ask the ledger when it is time, or at once; wait a little for its answer."""
        now = time.monotonic()
        with self._lock:
            if (at_once or now - self._asked >= self._every) and self._answered.is_set():
                self._asked = now
                self._answered.clear()
                threading.Thread(target=self._refresh, name="tokens", daemon=True).start()
        left = self._asked + self._patience - now
        if left > 0:
            self._answered.wait(left)

    def _refresh(self) -> None:
        try:
            news = self._ledger.read(STREAM, after=self._version)
            if news:
                tokens = dict(self._tokens)
                take(tokens, news)
                self._tokens, self._version = tokens, news[-1].version
            self._read = True
        except WorkbenchError:
            pass
        finally:
            self._answered.set()


def _allowed(caller: Caller, scope: str, model: str | None) -> Caller:
    if not caller.may(scope):
        raise Refused(
            403,
            "wrong_scope",
            f"The token {caller.token} of {caller.name!r} is good for {', '.join(caller.scopes)}, "
            f"and this needs {scope}.",
            f"Make another: workbench token create {caller.name} --scope {scope}",
        )
    if not caller.may_ask(model):
        raise Refused(
            403,
            "wrong_model",
            f"The token {caller.token} of {caller.name!r} is good for {', '.join(caller.models)}, "
            f"and not for {model!r}.",
            f"Make another: workbench token create {caller.name} --model {model}",
        )
    return caller


def _happened(state: str) -> str:
    return "was revoked at" if state == "revoked" else "expired at"


def _unknown(message: str) -> Refused:
    return Refused(401, "token_unknown", message, "workbench token create makes a token.")


def _remember(known: dict[bytes, str], digest: bytes, token: str) -> None:
    if len(known) >= _MOST:
        known.clear()
    known[digest] = token
