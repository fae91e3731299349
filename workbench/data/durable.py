"""Files that are there whole or not at all, also on a full disk and after a power cut."""

from __future__ import annotations

import errno
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from workbench.errors import StorageError

_NO_HARD_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES, errno.ENOSYS}


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write into that takes the name `path` only when it is complete and on the disk.

    Raises:
        StorageError: the disk is full, or does not let itself be written; nothing is left behind.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a finished file a second name without copying it; across file systems it is copied.

    The file becomes read-only, because whoever wrote through either name would change both.
    """
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        source.chmod(0o444)
        os.link(source, temporary)
        temporary.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        if error.errno not in _NO_HARD_LINK:
            raise cannot_write(target, error) from error
        copy(source, target)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """Copy a file so that the copy is whole or absent."""
    with source.open("rb") as stream, replacing(target) as copied:
        shutil.copyfileobj(stream, copied, 1 << 20)


def sync_file(path: Path) -> None:
    """Make a file that somebody else wrote, and its name, survive a power cut."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def cannot_write(path: Path, error: Exception) -> StorageError:
    """Say why a path could not be written, and what to do."""
    reason = getattr(error, "strerror", None) or _one_line(str(error))
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "no space left" in reason.lower()
    if full:
        hint = f"Free some space where {path.parent} lies and run again; nothing was half-written."
    else:
        hint = "Check the folder's rights and its disk, then run again; nothing was half-written."
    return StorageError(f"{path} cannot be written: {reason}.", hint=hint, store=str(path.parent))


def _one_line(text: str) -> str:
    """Return the text of deltalake's errors, which come coloured and as a tree, on one line."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return " ".join(plain.replace("↳", ":").split()).replace(" :", ":").rstrip(".")
