"""Digests of files, and the check of bytes against them before anything parses those bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from workbench.errors import IntegrityError, StorageError

_MEND = "Restore the file from a backup, or run the stage that made it again with --force."


class FileDigest(NamedTuple):
    """A file's path relative to its folder (POSIX), its size in bytes and its SHA-256."""

    path: str
    size: int
    sha256: str


def sha256_stream(stream: BufferedReader) -> str:
    """Return the SHA-256 of an open file from its start, and rewind it."""
    stream.seek(0)
    found = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return found


def sha256_file(path: str | Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text.

    Raises:
        StorageError: the file cannot be read.
    """
    try:
        with Path(path).open("rb") as stream:
            return sha256_stream(stream)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror or error}.",
            hint="Check that it exists and that you may read it.",
            store=str(path),
        ) from error


def digest_folder(folder: str | Path) -> tuple[FileDigest, ...]:
    """Digest every file below a folder, sorted by path; links are followed, folders are not listed."""
    root = Path(folder)
    paths = (path for path in root.rglob("*") if path.is_file())
    found = (FileDigest(p.relative_to(root).as_posix(), p.stat().st_size, sha256_file(p)) for p in paths)
    return tuple(sorted(found))


def verify_files(
    root: str | Path, files: Sequence[FileDigest | Mapping[str, Any]], *, exact: bool = True
) -> None:
    """Check that a folder holds the recorded files with the recorded bytes.

    Args:
        root: the folder that the paths are relative to.
        files: what was recorded: FileDigests, or their mappings as an OutputRecord holds them.
        exact: whether a file that was not recorded is an error too.

    Raises:
        IntegrityError: a file is missing, unexpected, or differs from its record; the message names it.
    """
    folder = Path(root)
    recorded = [as_digest(file) for file in files]
    for file in recorded:
        with open_verified(folder, file):
            pass
    if not exact:
        return
    expected = {file.path for file in recorded}
    for path in sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()):
        if path not in expected:
            raise IntegrityError(
                f"{folder / path} is not among the {len(expected)} recorded files of its folder.",
                hint="Remove it if it was left there by hand; nothing of the folder is read until then.",
                path=str(folder / path),
                expected=None,
                got="an unrecorded file",
            )


def open_verified(root: str | Path, file: FileDigest | Mapping[str, Any]) -> BufferedReader:
    """Open a recorded file after checking its bytes; reading what is returned reads those very bytes.

    Raises:
        IntegrityError: it is missing, its path leads out of its folder, or its bytes differ.
    """
    recorded = as_digest(file)
    path = _inside(Path(root), recorded.path)
    try:
        stream = path.open("rb")
    except OSError as error:
        raise _differs(path, f"{recorded.size} bytes", f"nothing ({error.strerror})") from error
    try:
        _check(stream, path, recorded)
    except BaseException:
        stream.close()
        raise
    return stream


def as_digest(file: FileDigest | Mapping[str, Any]) -> FileDigest:
    """Return a FileDigest from itself or from its mapping in a record."""
    if isinstance(file, FileDigest):
        return file
    return FileDigest(file["path"], file["size"], file["sha256"])


def _check(stream: BufferedReader, path: Path, recorded: FileDigest) -> None:
    size = stream.seek(0, 2)
    if size != recorded.size:
        raise _differs(path, f"{recorded.size} bytes", f"{size} bytes")
    found = sha256_stream(stream)
    if found != recorded.sha256:
        raise _differs(path, f"SHA-256 {recorded.sha256}", f"SHA-256 {found}")


def _inside(root: Path, path: str) -> Path:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or not parts.parts:
        raise IntegrityError(
            f"A record names the file {path!r}, which does not lie inside its folder {root}.",
            hint="Do not use this record: run `workbench audit verify` to see whether the ledger changed.",
            path=path,
            expected="a relative path",
            got=path,
        )
    return root / parts


def _differs(path: Path, expected: str, got: str) -> IntegrityError:
    return IntegrityError(
        f"{path} is not what was recorded: expected {expected}, got {got}. It was not read.",
        hint=_MEND,
        path=str(path),
        expected=expected,
        got=got,
    )
