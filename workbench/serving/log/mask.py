"""Columns marked sensitive: hashed with the project's own secret, or left out, before anything is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import msgspec

from workbench.data.durable import cannot_write, sync_folder

_SIZE = 32


def read_salt(path: Path) -> bytes:
    """Return the project's secret, making it, readable by its owner only, when there is none.

    Raises:
        StorageError: it cannot be written or read.
    """
    try:
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as error:
        raise cannot_write(path, error) from error


def _make(path: Path) -> None:
    """Write a secret under another name first: whoever is second, takes the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    fd = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(fd, os.urandom(_SIZE))
        os.fsync(fd)
        try:
            os.link(aside, path)
        except FileExistsError:
            return
        sync_folder(path.parent)
    finally:
        os.close(fd)
        aside.unlink(missing_ok=True)


def hashed(value: Any, salt: bytes) -> str | None:
    """Return a value's keyed hash, 32 hexadecimal digits; equal values have equal ones, None has none.

    A whole number hashes alike whether it came as 3 or as 3.0.
    """
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode()
    return blake2b(text.encode("utf-8", "backslashreplace"), key=salt, digest_size=16).hexdigest()


class Mask:
    """Says what of a model's rows may be written.

    Args:
        sensitive: names of columns.
        how: "hash" or "drop".
        salt: the project's secret.
        entity_column: the column that entities come from; when it is sensitive, entities are hashed, whatever
            `how` says, so that labels still find their predictions.
    """

    def __init__(
        self,
        sensitive: Collection[str],
        how: Literal["hash", "drop"],
        salt: bytes,
        entity_column: str | None = None,
    ) -> None:
        self._sensitive = frozenset(sensitive)
        self._drop = how == "drop"
        self._salt = salt
        self._entities = entity_column in self._sensitive

    def entity(self, value: str | None) -> str | None:
        """Return an entity as it is logged."""
        return hashed(value, self._salt) if self._entities else value

    def entities(self, values: Sequence[str | None] | None) -> Sequence[str | None] | None:
        """Return the entities of some rows as they are logged."""
        if values is None or not self._entities:
            return values
        return [hashed(value, self._salt) for value in values]

    def columns(self, columns: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return name and kind of the columns as they are logged."""
        return tuple(
            (name, "text" if name in self._sensitive else kind)
            for name, kind in columns
            if not (self._drop and name in self._sensitive)
        )

    def rows(self, names: Sequence[str]) -> Callable[[Sequence[Sequence[Any]]], list[Any]] | None:
        """Return what turns rows of these columns into rows as they are logged; None: nothing needs to."""
        marked = [name in self._sensitive for name in names]
        if not any(marked):
            return None
        if self._drop:
            kept = [index for index, secret in enumerate(marked) if not secret]
            return lambda rows: [[row[index] for index in kept] for row in rows]
        salt = self._salt
        return lambda rows: [
            [hashed(value, salt) if secret else value for value, secret in zip(row, marked, strict=True)]
            for row in rows
        ]
