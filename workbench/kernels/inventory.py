"""The files that a fork server stands on, and whether they are still the same."""

from __future__ import annotations

import hashlib
import os
import site
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

OWN = "workbench"

_Print = tuple[int, int]


class Inventory:
    """Remembers files as they were when their modules were loaded.

    What lies outside the places of installed packages is local code. Of that only the workbench itself
    is ever kept loaded, and only while its files stay the same.
    """

    def __init__(self) -> None:
        self._standard = os.path.realpath(sysconfig.get_path("stdlib"))
        self._installed = _installed()
        self._library: dict[str, _Print] = {}
        self._own: dict[str, _Print] = {}
        self._declared: dict[str, str] = {}
        self._seen = {name for name in sys.modules if name.partition(".")[0] != OWN}
        self._note(self._library, [sys.executable, f"{sys.prefix}/pyvenv.cfg", *self._installed])
        for folder in self._installed:
            self._note(self._library, (str(path) for path in Path(folder).glob("*.dist-info/RECORD")))

    def take(self) -> list[str]:
        """Note the files of modules loaded since the last call; unload local ones and return their names."""
        local = []
        for name in sys.modules.keys() - self._seen:
            module = sys.modules[name]
            file = getattr(module, "__file__", None)
            if not file or module is sys.modules["__main__"]:
                continue
            path = os.path.realpath(file)
            if name.partition(".")[0] == OWN:
                self._note(self._own, [path])
            elif path.startswith((*(f"{folder}{os.sep}" for folder in self._installed),)):
                self._note(self._library, [path])
            elif not path.startswith(f"{self._standard}{os.sep}"):
                local.append(name)
        for name in local:
            del sys.modules[name]
        self._seen = set(sys.modules)
        return sorted(local)

    def watch(self, files: Iterable[str]) -> None:
        """Note files that declare the environment, as they are when first heard of."""
        for file in files:
            self._declared.setdefault(file, _digest(file))

    def changed(self) -> str | None:
        """Return a file that is no longer what it was, None when all are the same."""
        edited = (path for path, known in self._library.items() if _print(path) != known)
        declared = (path for path, known in self._declared.items() if _digest(path) != known)
        return next(edited, None) or next(declared, None)

    @property
    def own_changed(self) -> bool:
        """Whether the workbench's own code is no longer what was loaded."""
        return any(_print(path) != known for path, known in self._own.items())

    def _note(self, known: dict[str, _Print], paths: Iterable[str]) -> None:
        for path in paths:
            known.setdefault(path, _print(path))


def _installed() -> tuple[str, ...]:
    places = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        places.append(site.getusersitepackages())
    # A .pth file or PYTHONPATH may lend another environment's; extension modules load once per process.
    places += [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    return tuple(dict.fromkeys(os.path.realpath(place) for place in places))


def _digest(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""


def _print(path: str) -> _Print:
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of them, while somebody waits
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
