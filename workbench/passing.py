"""Folders that go with the work that needs them, also when it is killed: the next one clears up."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = ".held"


@contextmanager
def passing_folder(prefix: str) -> Iterator[Path]:
    """Give a private folder among the temporary ones, and remove it afterwards.

    What killed processes have left of the same prefix is removed first: nobody holds its lock any more.

    Args:
        prefix: of its name, such as `workbench-check-`; nobody else's may begin so.
    """
    _clear(prefix)
    made = Path(tempfile.mkdtemp(prefix=f".{prefix}"))  # nobody clears it before it is held
    with _held(made / _LOCK):
        folder = made.rename(made.with_name(made.name[1:]))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _clear(prefix: str) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError), _held(folder / _LOCK, makes=False):  # held, gone, or another person's
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(file: Path, *, makes: bool = True) -> Iterator[None]:
    """Hold a lock that ends with this process.

    Raises:
        OSError: somebody holds it, or there is no such file.
    """
    held = os.open(file, os.O_RDWR | (os.O_CREAT if makes else 0), 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)
