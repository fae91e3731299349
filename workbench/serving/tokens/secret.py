"""What a token looks like, and the hash that is kept of its secret."""

from __future__ import annotations

import secrets
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_PREFIX = "wb"
_LONGEST = 200


def new_id() -> str:
    """Return a token's id."""
    return secrets.token_hex(6)


def new_secret() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def written(token: str, secret: str) -> str:
    """Return what the holder sends: `wb_<id>_<secret>`."""
    return f"{_PREFIX}_{token}_{secret}"


def parted(text: str) -> tuple[str, str] | None:
    """Return the id and the secret of what was sent; None when it is no token."""
    parts = text.split("_", 2)
    whole = len(parts) == 3 and parts[0] == _PREFIX and all(parts) and len(text) <= _LONGEST
    return (parts[1], parts[2]) if whole else None


def hashed(secret: str) -> str:
    """Return what is kept of a secret."""
    return _hasher().hash(secret)


def is_secret(secret: str, kept: str) -> bool:
    """Whether a secret is the one whose hash was kept; takes tens of milliseconds on purpose."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return _hasher().verify(kept, secret)
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    """Return the hash with OWASP's least parameters: the secret is random, nobody can guess it by words."""
    from argon2 import PasswordHasher, Type

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
