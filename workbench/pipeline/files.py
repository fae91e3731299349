"""The content of files that a stage reads by itself: not through `stage.load`, yet it decides as well."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from workbench.data.digest import digest_folder, sha256_file
from workbench.errors import ConfigurationError
from workbench.pipeline.fingerprint import InputPrint


def file_prints(root: Path, stage: str, paths: Iterable[Path]) -> dict[str, InputPrint]:
    """Return the print of each file or folder that a stage declares, by its path.

    Raises:
        ConfigurationError: one is not there.
        StorageError: one cannot be read.
    """
    return {path.as_posix(): InputPrint(_digest(root, stage, path), "file") for path in paths}


def _digest(root: Path, stage: str, path: Path) -> str:
    place = root / path
    if place.is_file():
        return sha256_file(place)
    if not place.is_dir():
        raise ConfigurationError(
            f"Stage {stage!r} reads the file {path.as_posix()}, which is not there.",
            hint=f"Put it at {place}, or correct stages.{stage}.files in workbench.toml.",
            file=str(root / "workbench.toml"),
            key=f"stages.{stage}.files",
        )
    content = [[file.path, file.sha256] for file in digest_folder(place)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
