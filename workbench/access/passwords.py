"""The file of passwords: a name and an argon2 hash in each line, for its owner's eyes alone."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import StorageError, UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12
"""Characters that a password has at least."""

_LONGEST = 1024
_PRIVATE = 0o600


def read_passwords(path: Path) -> dict[str, str]:
    """Return the hash of each name; nothing when there is no file.

    Raises:
        StorageError: it cannot be read, or others than its owner may write it or read it.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise StorageError(
                f"{path} may be read by others than its owner.", hint=f"chmod 600 {path}", store=str(path)
            )
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} cannot be read: {error}.", hint="", store=str(path)) from error
    parts = (line.rpartition("\t") for line in lines if line.strip())
    return {name: kept for name, _, kept in parts}


def set_password(path: Path, name: str, password: str) -> None:
    """Keep the hash of a person's password, in place of an earlier one.

    Raises:
        UsageError: it is too short or too long.
    """
    if not SHORTEST <= len(password) <= _LONGEST:
        raise UsageError(
            f"A password has {SHORTEST} to {_LONGEST:,} characters, but this one has {len(password)}.",
            hint="Four words that do not belong together are easy to keep and hard to guess.",
        )
    _write(path, {**read_passwords(path), name: _hasher().hash(password)})


def remove_password(path: Path, name: str) -> bool:
    """Forget a person's password, and tell whether there was one."""
    known = read_passwords(path)
    found = known.pop(name, None) is not None
    if found:
        _write(path, known)
    return found


def is_password(password: str, kept: str | None) -> bool:
    """Whether a password is the one whose hash was kept; takes as long when nothing was kept."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    if len(password) > _LONGEST:
        return False
    try:
        return _hasher().verify(kept or _nobodys(), password) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


def _write(path: Path, known: dict[str, str]) -> None:
    """Replace the file as a whole: nobody reads half of it, and no moment leaves it open to others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=".passwords-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(f"{name}\t{kept}\n" for name, kept in sorted(known.items()))
            file.flush()
            os.fsync(file.fileno())
        Path(made).chmod(_PRIVATE)
        Path(made).replace(path)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


@cache
def _nobodys() -> str:
    return _hasher().hash(os.urandom(16).hex())


@cache
def _hasher() -> PasswordHasher:
    """Return the hash with the parameters that RFC 9106 gives where memory is scarce."""
    from argon2 import PasswordHasher, Type

    return PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4, type=Type.ID)
