"""The private folder in which fork servers listen."""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from workbench.kernels.refusal import Refusal

VARIABLE = "WORKBENCH_KERNELS"
_LONGEST = 107  # characters of a Unix socket's path


@dataclass(frozen=True)
class Place:
    """The files of one fork server."""

    folder: Path
    name: str

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / f"{self.name}.sock"

    @property
    def recipe(self) -> Path:
        """What it was started with."""
        return self.folder / f"{self.name}.json"

    @property
    def log(self) -> Path:
        """What it has to say."""
        return self.folder / f"{self.name}.log"

    @property
    def lock(self) -> Path:
        """Held by whoever starts it."""
        return self.folder / f"{self.name}.lock"

    @property
    def state(self) -> Path:
        """How its last start went."""
        return self.folder / f"{self.name}.state"


def runtime_folder() -> Path:
    """Return the folder, made if need be; nobody else can enter it.

    It is named by WORKBENCH_KERNELS, or lies in XDG_RUNTIME_DIR, or in the folder for temporary files.

    Raises:
        Refusal: it belongs to somebody else, or others may enter it.
    """
    folder = _named()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise Refusal(f"the folder {folder} cannot be used: {error.strerror}") from error
    private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    if not private or found.st_uid != os.getuid():
        raise Refusal(f"the folder {folder} is not private: expected one of mode 0700 that is yours")
    return folder


def place_of(name: str) -> Place:
    """Return the files of the fork server of that name.

    Raises:
        Refusal: there is no private folder, or its path is too long for a socket.
    """
    place = Place(runtime_folder(), name)
    if len(os.fsencode(place.socket)) > _LONGEST:
        raise Refusal(f"the path {place.socket} is longer than the {_LONGEST} bytes of a socket's path")
    return place


def places() -> list[Place]:
    """Return the files of every fork server that may be there."""
    folder = runtime_folder()
    return [Place(folder, path.stem) for path in sorted(folder.glob("*.sock"))]


def _named() -> Path:
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given).absolute()
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "workbench"
    return Path(tempfile.gettempdir()) / f"workbench-{os.getuid()}"
