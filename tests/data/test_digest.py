"""Digests of files."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.data import FileDigest, digest_folder, sha256_file, verify_files
from workbench.errors import IntegrityError, StorageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.txt").write_bytes(b"two")
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_a_folder_is_its_files_in_order(folder: Path) -> None:
    """Each file is listed by its relative POSIX path, with size and SHA-256; folders are not."""
    assert digest_folder(folder) == (
        FileDigest("a.txt", 0, hashlib.sha256(b"").hexdigest()),
        FileDigest("b/two.txt", 3, hashlib.sha256(b"two").hexdigest()),
    )


def test_what_was_digested_is_verified(folder: Path) -> None:
    """An untouched folder passes, from digests and from their JSON."""
    verify_files(folder, digest_folder(folder))
    verify_files(folder, [file._asdict() for file in digest_folder(folder)])


@pytest.mark.parametrize(
    ("change", "file", "expected", "got"),
    [
        (lambda root: (root / "b/two.txt").write_bytes(b"owt"), "b/two.txt", "SHA-256 3fc4", "SHA-256 cbdd"),
        (lambda root: (root / "a.txt").write_bytes(b"x"), "a.txt", "0 bytes", "1 bytes"),
        (lambda root: (root / "a.txt").unlink(), "a.txt", "0 bytes", "nothing (No such file"),
        (lambda root: (root / "b/new").touch(), "b/new", "None", "an unrecorded file"),
    ],
    ids=["changed", "longer", "missing", "extra"],
)
def test_a_difference_names_the_file_and_both_sides(
    folder: Path, change: Callable[[Path], None], file: str, expected: str, got: str
) -> None:
    """The error carries the path, what was recorded and what was found, and survives pickling."""
    files = digest_folder(folder)
    change(folder)
    with pytest.raises(IntegrityError) as caught:
        verify_files(folder, files)
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.path == str(folder / file)
    assert str(folder / file) in error.message
    assert str(error.expected).startswith(expected)
    assert str(error.got).startswith(got)


def test_unrecorded_files_may_be_allowed(folder: Path) -> None:
    """A folder that others write to as well is verified file by file."""
    files = digest_folder(folder)
    (folder / "new").touch()
    verify_files(folder, files, exact=False)


@pytest.mark.parametrize("path", ["/etc/hostname", "../outside", "b/../../outside", ""])
def test_a_recorded_path_cannot_lead_out(folder: Path, path: str) -> None:
    """A record that names a file elsewhere is refused before it is opened."""
    with pytest.raises(IntegrityError, match="does not lie inside"):
        verify_files(folder, [FileDigest(path, 0, "")])


def test_a_file_that_cannot_be_read_is_a_storage_error(tmp_path: Path) -> None:
    """Digesting what is not there says so."""
    with pytest.raises(StorageError, match="cannot be read: No such file"):
        sha256_file(tmp_path / "absent")
