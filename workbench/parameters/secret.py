"""Secrets by reference: the name travels, the value is looked up where it is used."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from workbench.errors import ConfigurationError, ParameterError
from workbench.root import find_root

_PREFIX = "secret:"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class Secret:
    """A reference to a secret; its text form is `secret:NAME`, never the value.

    Args:
        name: letters, digits and `_`, as an environment variable is named.
    """

    __slots__ = ("name",)
    name: str

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError("expected a secret's name of letters, digits and '_', not the secret itself")
        object.__setattr__(self, "name", name)

    def reveal(self, root: Path | None = None) -> str:
        """Return the value: from the environment, else from the project's `.workbench/secrets.toml`.

        The variable `WORKBENCH_SECRET_NAME` goes before `NAME`; an empty one counts as not set.

        Args:
            root: the project's folder; None finds it from the current folder upwards.

        Raises:
            ParameterError: it is set nowhere, or the file may be read by others.
        """
        for variable in (f"WORKBENCH_SECRET_{self.name}", self.name):
            if os.environ.get(variable):
                return Revealed(os.environ[variable], self)
        file = _file(root)
        if file is None or self.name not in (known := _read(file, self)):
            place = file or "<project>/.workbench/secrets.toml"
            raise self._error(
                f"The secret {self.name!r} is not set.",
                f'Set the environment variable WORKBENCH_SECRET_{self.name}, or write {self.name} = "…" '
                f"into {place} (chmod 600).",
            )
        if not isinstance(known[self.name], str):
            raise self._error(f"The secret {self.name!r} in {file} is not a text.", "Put it in quotes.")
        return Revealed(known[self.name], self)

    def _error(self, message: str, hint: str) -> ParameterError:
        return ParameterError(message, hint=hint, name=self.name, where="secrets")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("A Secret cannot be changed; make another one.")

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"

    def __str__(self) -> str:
        return f"{_PREFIX}{self.name}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.name == self.name

    def __hash__(self) -> int:
        return hash((Secret, self.name))

    def __reduce__(self) -> tuple[Any, ...]:
        return Secret, (self.name,)


class Revealed(str):
    """A secret's value as text, which remembers its reference and does not show itself in a notebook."""

    __slots__ = ("secret",)
    secret: Secret

    def __new__(cls, value: str, secret: Secret) -> Revealed:
        """Return the value, marked with where it came from."""
        made = super().__new__(cls, value)
        made.secret = secret
        return made

    def __repr__(self) -> str:
        return f"{self.secret!r}.reveal()"

    def __reduce__(self) -> tuple[Any, ...]:
        return Revealed, (str(self), self.secret)


def reference(text: str) -> Secret | None:
    """Return the secret that a text such as `secret:NAME` refers to, None when it is another text."""
    name = text.removeprefix(_PREFIX)
    return Secret(name) if name != text and _NAME.fullmatch(name) else None


def concealed(value: Any) -> Any:
    """Return a value in which every revealed secret is its reference again."""
    if isinstance(value, Revealed):
        return str(value.secret)
    if isinstance(value, dict):
        return {key: concealed(item) for key, item in value.items()}
    if type(value) in (list, tuple, set, frozenset):
        return type(value)(concealed(item) for item in value)
    return value


def _file(root: Path | None) -> Path | None:
    try:
        path = (root or find_root()) / ".workbench" / "secrets.toml"
    except ConfigurationError:
        return None
    return path if path.is_file() else None


def _read(file: Path, secret: Secret) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077:
                raise secret._error(f"Others may read {file}.", f"Make it yours alone: chmod 600 {file}")
            return tomllib.load(opened)
    except OSError as error:
        raise secret._error(f"{file} cannot be read: {error.strerror}.", "Check its owner.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise secret._error(f"{file} is not valid TOML.", 'Write lines like NAME = "value".') from None
