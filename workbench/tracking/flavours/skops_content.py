"""What a skops file says, free of what changes from one writing to the next."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Times of a search, and seeds that were used up in training: the same model was found at another speed.
_PASSING = frozenset(
    {
        "mean_fit_time",
        "std_fit_time",
        "mean_score_time",
        "std_score_time",
        "refit_time_",
        "random_state",
        "_random_seed",
        "_feature_subsample_rng",
        "_rng",
    }
)


def content_of(path: Path) -> bytes:
    """Return a skops file's content in one fixed form.

    Left out are the archive's dates and order, the addresses in memory by which skops names its members,
    the order of sets, the padding between the fields of a tree's nodes, and what training leaves behind
    without being part of the model: times and spent seeds.
    """
    with ZipFile(path) as archive:
        schema = json.loads(archive.read("schema.json"))
        return _canonical(_plain(schema, archive))


def _plain(node: Any, archive: ZipFile) -> Any:
    if isinstance(node, list):
        return [_plain(each, archive) for each in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(each, archive) for key, each in node.items() if key != "__id__"}
    loader = node.get("__loader__")
    if isinstance(node.get("file"), str):
        plain["file"] = _member(node["file"], archive.read(node["file"]))
    elif loader == "DictNode" and isinstance(plain["content"], dict):
        types = zip(plain["content"], plain.pop("key_types")["content"], strict=True)
        plain["key_types"] = [kind["__class__"] for key, kind in types if key not in _PASSING]
        plain["content"] = {k: v for k, v in plain["content"].items() if k not in _PASSING}
    elif loader == "SetNode":
        plain["content"] = sorted(plain["content"], key=_canonical)
    return plain


def _member(name: str, content: bytes) -> str:
    import numpy as np

    if name.endswith(".npz"):
        return _archive(content)
    if name.endswith(".npy"):
        array = np.load(io.BytesIO(content), allow_pickle=False)
        if array.dtype.names is not None:
            return _fields(array)
    return hashlib.sha256(content).hexdigest()


def _fields(array: NDArray[np.void]) -> str:
    """Digest an array of records field by field, since the bytes between fields are anybody's."""
    import numpy as np

    found = hashlib.sha256(str(array.shape).encode())
    for name in array.dtype.names or ():
        column = np.ascontiguousarray(array[name])
        found.update(f"{name} {column.dtype.str}".encode() + column.tobytes())
    return found.hexdigest()


def _archive(content: bytes) -> str:
    """Digest a sparse matrix's own archive by its members, not by its dates."""
    with ZipFile(io.BytesIO(content)) as archive:
        parts = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    return hashlib.sha256(_canonical(parts)).hexdigest()


def _canonical(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
