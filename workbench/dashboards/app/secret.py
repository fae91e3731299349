"""What signs cookies and sessions: made once for a project, kept for its owner's eyes alone."""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import StorageError

FILE = "dashboards.key"
_BYTES = 32


@dataclass(frozen=True)
class Secrets:
    """Two keys that follow from one.

    Attributes:
        cookies: signs who is signed in.
        sessions: signs which session a websocket belongs to.
    """

    cookies: str
    sessions: bytes


def read_secrets(folder: Path) -> Secrets:
    """Return a project's keys, made when there are none; only its owner may read their file.

    Args:
        folder: the project's state, `.workbench`.

    Raises:
        StorageError: the file cannot be read or made, or others may read it.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        key = _read(path) or _make(path)
    except OSError as error:
        raise StorageError(
            f"{path}, which signs cookies, cannot be read or made: {error}.",
            hint="Check that the folder belongs to you and is writable.",
            store=str(path),
        ) from error
    return Secrets(_derived(key, "cookies").hex(), _derived(key, "sessions").hex().encode())


def _read(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return b""
    if mode & 0o077:
        raise StorageError(
            f"{path}, which signs cookies, may be read by others than its owner.",
            hint=f"Delete it; a new one is made, and everybody signs in anew: rm {path}",
            store=str(path),
        )
    return path.read_bytes()


def _make(path: Path) -> bytes:
    """Make the file under another name first: of two that make one at once, one wins for both."""
    made = path.with_name(f".{FILE}-{secrets.token_hex(8)}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
    finally:
        made.unlink()
    return _read(path)


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, purpose.encode(), "sha256")
