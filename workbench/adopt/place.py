"""Where the paths of a notebook lead, here and from the folder that it is moved to."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_SOMEBODYS = re.compile(
    r"(?:/(?:home|Users|root|mnt|media|Volumes|content|kaggle|data|srv|scratch|workspace)/.+)"
    r"|(?:[A-Za-z]:[\\/].+)|(?:~/.+)"
)


@dataclass(frozen=True)
class Place:
    """What a path in the notebook leads to.

    Attributes:
        text: how it is written from the new folder; unchanged for a URL.
        path: the file or folder, absolute; None for a URL.
        inside: its path relative to the project; None when it lies outside.
        exists: whether it is there.
        was_absolute: whether it was written for one machine.
    """

    text: str
    path: Path | None
    inside: str | None
    exists: bool
    was_absolute: bool


@dataclass(frozen=True)
class Places:
    """Resolves paths.

    Attributes:
        root: the project's folder.
        source: the folder that the notebook was written in.
        target: the folder that it goes to, which its kernel will start in.
        known: folders of another machine, each with the one here that stands for it.
    """

    root: Path
    source: Path
    target: Path
    known: dict[tuple[str, ...], Path] = field(default_factory=dict)

    def learn(self, text: str) -> None:
        """Remember what folder of another machine an absolute path shows to be one of here."""
        parts = _parts(text)
        if not is_absolute(text) or self._plain(text).exists():
            return
        for first in range(len(parts)):
            for base in (self.root, self.source):
                if base.joinpath(*parts[first:]).exists():
                    self.known.setdefault(tuple(parts[:first]), base)
                    return

    def of(self, text: str) -> Place:
        """Return what a path leads to.

        An absolute path of another machine leads to the file in the project, or beside the notebook, that
        its last parts name: `/home/ada/shop/data/orders.csv` to `data/orders.csv`.
        """
        if _URL.match(text):
            return Place(text, None, None, exists=True, was_absolute=False)
        absolute = is_absolute(text)
        path = self._found(text, absolute)
        inside = path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else None
        written = os.path.relpath(path, self.target) if inside is not None else str(path)
        written = PurePosixPath(written).as_posix() + ("/" if text.endswith(("/", "\\")) else "")
        return Place(written, path, inside, path.exists(), absolute)

    def start(self, text: str) -> Place:
        """Return what the beginning of a path leads to: its folder; the rest is made at run time."""
        posix = _posix(text)
        folder, slash, rest = posix.rpartition("/")
        place = self.of(f"{folder or ('/' if slash else '.')}/")
        return Place(
            ("" if place.text == "./" else place.text) + rest,
            place.path,
            place.inside,
            place.exists,
            place.was_absolute,
        )

    def _plain(self, text: str) -> Path:
        posix = _posix(text)
        return (
            Path(posix)
            if _WINDOWS.match(text)
            else Path(os.path.normpath(self.source / Path(posix).expanduser()))
        )

    def _found(self, text: str, absolute: bool) -> Path:
        plain = self._plain(text)
        if plain.exists() or (absolute and plain.is_relative_to(self.root)):
            return plain
        parts = _parts(text)
        named = self._by_last_parts(parts)
        if named:
            return named
        for length in range(len(parts), 0, -1) if absolute else ():
            base = self.known.get(tuple(parts[:length]))
            if base is not None:
                return base.joinpath(*parts[length:])
        if absolute or self.source.is_relative_to(self.root):
            return plain
        return Path(
            os.path.normpath(self.root / _posix(text))
        )  # what one from elsewhere writes beside itself

    def _by_last_parts(self, parts: Sequence[str]) -> Path | None:
        for first in range(len(parts)):
            for base in (self.root, self.source):
                candidate = base.joinpath(*parts[first:])
                if candidate.exists():
                    return candidate
        return None


def is_absolute(text: str) -> bool:
    """Return whether a path is written for one machine: from its root, a drive or a home."""
    return text.startswith(("/", "~")) or bool(_WINDOWS.match(text))


def is_somebodys(text: str) -> bool:
    """Return whether a text can hardly be anything but a path on somebody's machine."""
    return "\n" not in text and bool(_SOMEBODYS.fullmatch(text))


def _posix(text: str) -> str:
    return PureWindowsPath(text).as_posix() if "\\" in text and "/" not in text else text


def _parts(text: str) -> list[str]:
    """Return the names on a path, without root, drive and home."""
    pure = PureWindowsPath(text) if _WINDOWS.match(text) else PurePosixPath(_posix(text))
    return [part for part in pure.parts if part not in (pure.anchor, "..", ".", "~")]
