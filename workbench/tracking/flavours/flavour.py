"""The seam between a library's models and the files that hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from workbench.data.digest import as_digest, open_verified

TEXT, SKOPS, JSON, ONNX, PICKLE = "text", "skops", "json", "onnx", "pickle"


class Flavour(Protocol):
    """Stores models of one library as an MLflow folder, and builds them again from verified bytes.

    The contract: `native` and `predict` touch no file; `write` is called with a folder that does not
    exist; `read` parses only what its `Recorded` hands out, whose bytes were just compared with the
    record, and imports its library only then. Nothing but a flavour whose `stored` is `pickle` runs what
    a file says.

    Attributes:
        name: MLflow's name of the flavour.
        stored: text, skops, json, onnx or pickle.
        file: the file that holds the model; empty when a folder does.
        packages: what must be installed to use the model, as on the package index.
        expects: what the flavour's part of `MLmodel` must say, and which values are allowed.
    """

    name: str
    stored: str
    file: str
    packages: tuple[str, ...]
    expects: Mapping[str, frozenset[str]]

    def takes(self, model: Any) -> bool:
        """Return whether this flavour stores models of that type."""

    def native(self, model: Any) -> Any:
        """Return what will be stored; raise UsageError when it cannot be."""

    def predict(self, model: Any, rows: Any) -> Any:
        """Return the native predictions of a few rows; None when it has none."""

    def columns(self, model: Any) -> list[str]:
        """Return the columns that the model takes, empty when it does not say."""

    def write(self, model: Any, folder: Path, described: Mapping[str, Any]) -> None:
        """Write the folder; `described` holds MLflow's signature, input_example and pip_requirements."""

    def meaning(self, folder: Path) -> bytes:
        """Return what makes two stored models the same, free of times, ids and addresses."""

    def read(self, recorded: Recorded) -> Any:
        """Return the native model."""


class Recorded:
    """The files of a model, handed out only after their bytes were compared with the record."""

    def __init__(self, folder: Path, files: Sequence[Mapping[str, Any]]) -> None:
        self._folder = folder
        self._files = {file["path"]: as_digest(file) for file in files}

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raise IntegrityError when they differ from the record."""
        with open_verified(self._folder, self._files[path]) as stream:
            return stream.read()

    @contextmanager
    def copied(self) -> Iterator[Path]:
        """Yield a private folder with the verified bytes, for libraries that read only from paths."""
        with TemporaryDirectory(prefix="model-") as place:
            folder = Path(place) / "model"
            for path in self._files:
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.read(path))
            yield folder


def libraries(model: Any) -> set[str]:
    """Return the packages that a model's classes come from."""
    return {each.__module__.partition(".")[0] for each in type(model).__mro__}


def type_name(model: Any) -> str:
    """Return the full name of a model's type."""
    return f"{type(model).__module__}.{type(model).__qualname__}"
