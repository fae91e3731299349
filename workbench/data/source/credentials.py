"""Secrets on their way into an address and kept out of every message."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from workbench.parameters import Secret

_REFERENCE = re.compile(r"(?<![A-Za-z0-9_])secret:([A-Za-z_][A-Za-z0-9_]*)", re.ASCII)
_PASSWORD = re.compile(r"(://[^/@:\s]*:)[^/@\s]+(@)")
_ASKED = re.compile(r"(https?://[^\s?'\"]*\?)[^\s'\"]+")


class Credentials:
    """Puts secrets in the place of their references, and remembers what must not be shown.

    Args:
        root: the project's folder, where secrets may lie; None finds it from the current folder.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self._revealed: set[str] = set()

    def in_uri(self, uri: str) -> str:
        """Return an address with its secrets in place, escaped where they are a part of it.

        Raises:
            ParameterError: a secret is not set.
        """
        whole = _REFERENCE.fullmatch(uri)
        if whole:
            return self._reveal(whole[1])
        return _REFERENCE.sub(lambda found: quote(self._reveal(found[1]), safe=""), uri)

    def in_value(self, value: Any) -> Any:
        """Return a value in which texts that are references are the secrets themselves."""
        if isinstance(value, str):
            return _REFERENCE.sub(lambda found: self._reveal(found[1]), value)
        if isinstance(value, dict):
            return {key: self.in_value(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.in_value(item) for item in value]
        return value

    def concealed(self, text: str) -> str:
        """Return a text without any secret that was put in place here, and without any other password."""
        for secret in sorted(self._revealed, key=len, reverse=True):
            text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
        return shown(text)

    def _reveal(self, name: str) -> str:
        value = str.__str__(Secret(name).reveal(self._root))
        self._revealed.add(value)
        return value


def shown(uri: str) -> str:
    """Return an address as it may be printed: references stay, passwords and queries do not."""
    hidden = _PASSWORD.sub(
        lambda found: found[0] if _REFERENCE.search(found[0]) else f"{found[1]}***{found[2]}", uri
    )
    return _ASKED.sub(r"\1…", hidden)
