"""Artifacts: any other output, kept as files that can be read without running anything from them."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from workbench.data.digest import FileDigest, digest_folder, open_verified, verify_files
from workbench.data.durable import cannot_write, copy, replacing
from workbench.data.json_value import canonical_json, check_json
from workbench.data.record import OutputRecord
from workbench.errors import StorageError, UsageError

_SUPPORTED = (
    "a dict, list or number (JSON), a text, bytes, a Matplotlib figure (PNG), a NumPy array (NPY), or the "
    "Path of a file or folder"
)


def stage_artifact(value: Any, folder: str | Path, name: str) -> OutputRecord:
    """Write a value into an attempt's space and return its record; nothing is ever pickled.

    Args:
        value: a dict, list or number (JSON; tuples become lists), str, bytes, Matplotlib figure, NumPy
            array, or the Path of a file or folder, which is copied.
        folder: the output's own, empty folder.
        name: the output's name.

    Raises:
        UsageError: a value of this type cannot be stored; the message says what to do.
        StorageError: the disk is full; nothing is left half-written.
    """
    root = Path(folder)
    kind, write = _writer(value, name)
    meaning = write(root)
    files = digest_folder(root)
    return {
        "kind": "artifact",
        "name": name,
        "fingerprint": _fingerprint(kind, files) if meaning is None else meaning,
        "format": kind,
        "files": [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in files],
        "uri": str(root),
    }


def load_artifact(record: OutputRecord | Mapping[str, Any], root: str | Path) -> Any:
    """Return an artifact's value, its bytes checked against the record before they are parsed.

    A figure comes back as the bytes of its PNG, a file or folder as its Path (to read, not to change).

    Raises:
        IntegrityError: bytes differ from those recorded.
        StorageError: the record's format is unknown to this version.
    """
    folder, kind, files = Path(root), record.get("format"), record["files"]
    if kind == "file":
        first = PurePosixPath(files[0]["path"])
        in_folder = len(first.parts) > 1
        verify_files(folder, files, exact=in_folder)
        return folder / first.parts[0]
    with open_verified(folder, files[0]) as stream:
        if kind == "numpy":
            import numpy as np

            return np.load(stream, allow_pickle=False)
        content = stream.read()
    if kind == "json":
        return json.loads(content)
    if kind == "text":
        return content.decode("utf-8")
    if kind in ("bytes", "figure"):
        return content
    raise StorageError(
        f"Artifact {record['name']!r} has the format {kind!r}, which this version cannot read.",
        hint="Was it written by a newer version of the workbench? Update, or run its stage again.",
        store=str(folder),
    )


def _writer(value: Any, name: str) -> tuple[str, Callable[[Path], str | None]]:
    origin = type(value).__module__.partition(".")[0]
    if isinstance(value, str):
        return "text", lambda root: _write(root / "value.txt", _encoded(value, name))
    if isinstance(value, bytes | bytearray | memoryview):
        return "bytes", lambda root: _write(root / "value.bin", bytes(value))
    if isinstance(value, Path):
        return "file", lambda root: _copy_into(_existing(value), root)
    if origin == "numpy" and type(value).__name__ == "ndarray":
        return "numpy", lambda root: _write_array(value, root / "value.npy", name)
    if origin == "matplotlib" and hasattr(value, "savefig"):
        return "figure", lambda root: _write_figure(value, root / "value.png")
    if isinstance(value, dict | list | tuple | int | float):
        return "json", lambda root: _write_json(value, root / "value.json", name)
    raise UsageError(
        f"Output {name!r} is a {type(value).__module__}.{type(value).__qualname__}, "
        "which cannot be stored as a file.",
        hint=f"Save {_SUPPORTED}. {_advice(value)}",
    )


def _advice(value: Any) -> str:
    if hasattr(value, "get_figure"):
        return "For these axes: save ax.get_figure()."
    if hasattr(value, "item") and type(value).__module__ == "numpy":
        return "For a NumPy scalar: save value.item(); for a masked array: value.filled()."
    if isinstance(value, set | frozenset):
        return "For a set: save sorted(value)."
    if hasattr(value, "predict"):
        return "A model is saved as one: stage.save(name, model)."
    return "Anything else: write it to a file yourself and save that file's Path."


def _write(path: Path, content: bytes) -> None:
    with replacing(path) as stream:
        stream.write(content)


def _encoded(text: str, name: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(
            f"Output {name!r} is a text that is no valid Unicode: {error.reason} at {error.start}.",
            hint="Save its bytes: text.encode('utf-8', 'surrogateescape').",
        ) from error


def _write_json(value: Any, path: Path, name: str) -> str:
    check_json(value, name)
    _write(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode())
    return hashlib.sha256(b"json\n" + canonical_json(value)).hexdigest()


def _write_array(array: Any, path: Path, name: str) -> None:
    import numpy as np

    if array.dtype.hasobject:
        raise UsageError(
            f"Output {name!r} is a NumPy array of Python objects ({array.dtype}), which would need pickle.",
            hint="Convert it first, for example .astype(float) or .astype(str), or save a list as JSON.",
        )
    with replacing(path) as stream:  # through `write` alone: NumPy's own way into a file hides why it failed
        np.save(_Sink(stream), np.asarray(array, order="C"), allow_pickle=False)


class _Sink:
    def __init__(self, stream: BinaryIO) -> None:
        self.write = stream.write


def _write_figure(figure: Any, path: Path) -> None:
    with replacing(path) as stream:
        figure.savefig(stream, format="png", dpi=120, bbox_inches="tight", metadata={"Software": None})


def _existing(path: Path) -> Path:
    if path.is_file() or (path.is_dir() and any(p.is_file() for p in path.rglob("*"))):
        return path.resolve()
    what = "is an empty folder" if path.is_dir() else "does not exist"
    raise UsageError(
        f"The path {path} to save {what}.",
        hint="Give the Path of an existing file, or of a folder with files in it; to save text, give a str.",
    )


def _copy_into(source: Path, root: Path) -> None:
    if source.is_file():
        copy(source, root / source.name)
        return
    try:
        files = [path for path in sorted(source.rglob("*")) if path.is_file()]
        for path in files:
            copy(path, root / source.name / path.relative_to(source))
    except BaseException as error:
        shutil.rmtree(root / source.name, ignore_errors=True)
        if isinstance(error, OSError):
            raise cannot_write(root / source.name, error) from error
        raise


def _fingerprint(kind: str, files: tuple[FileDigest, ...]) -> str:
    content = [kind, [[file.path, file.sha256] for file in files]]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
