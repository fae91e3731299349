"""An attempt's space: the folder that its stage writes into, and the only one."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.errors import StorageError


class Space:
    """Reads and writes the files of one attempt.

    The stage's kernel writes records, metrics and requests; the runner reads them when the kernel is
    gone. Every file appears whole or not at all.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    @property
    def notebook(self) -> Path:
        """The executed notebook."""
        return self.folder / "notebook.ipynb"

    @property
    def html(self) -> Path:
        """The executed notebook as a sanitised page."""
        return self.folder / "notebook.html"

    def prepare(self) -> Space:
        """Create the folders; return the space itself."""
        for name in ("outputs", "figures"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        return self

    def restart(self) -> None:
        """Forget what an earlier session logged, asked for, and how it ended; what it saved stays."""
        for name in ("metrics.jsonl", "requests.jsonl", "end.json"):
            (self.folder / name).unlink(missing_ok=True)
        self.prepare()

    def output(self, name: str) -> Path:
        """Return the folder for the files of one output."""
        return self.folder / "outputs" / name

    def begin_output(self, name: str) -> Path:
        """Return an empty folder for the files of one output; what was saved under its name is gone."""
        (self.folder / "outputs" / f"{name}.json").unlink(missing_ok=True)
        folder = self.output(name)
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        return folder

    def write_record(self, name: str, record: Mapping[str, Any]) -> None:
        """Keep what was saved under an output's name."""
        write_whole(self.folder / "outputs" / f"{name}.json", json.dumps(record, indent=1))

    def records(self) -> dict[str, dict[str, Any]]:
        """Return the records of all saved outputs by name."""
        return {path.stem: _read_json(path) for path in sorted((self.folder / "outputs").glob("*.json"))}

    def add_metrics(self, metrics: Mapping[str, float], step: int | None, at: str) -> None:
        """Append metric values."""
        self._append("metrics.jsonl", [_metric_line(k, v, step, at) for k, v in metrics.items()])

    def metric_lines(self) -> list[dict[str, Any]]:
        """Return every logged metric value in order; NaN and infinities are floats again."""
        return [{**line, "value": float(line["value"])} for line in self._lines("metrics.jsonl")]

    def metrics(self) -> dict[str, float]:
        """Return the last value of each metric."""
        return {line["name"]: line["value"] for line in self.metric_lines()}

    def add_request(self, request: Mapping[str, Any]) -> None:
        """Append what the notebook asks of the layers above."""
        self._append("requests.jsonl", [dict(request)])

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests in order."""
        return list(self._lines("requests.jsonl"))

    def write_end(self, kind: str, reason: str, evidence: Any = None) -> None:
        """Keep that the stage ended itself: `finish` or `reject`, and why."""
        text = json.dumps({"kind": kind, "reason": reason, "evidence": evidence}, default=str)
        write_whole(self.folder / "end.json", text)

    def end(self) -> dict[str, Any] | None:
        """Return how the stage ended itself, None when it ran through."""
        path = self.folder / "end.json"
        return _read_json(path) if path.exists() else None

    def write_cell(self, number: int, cells: int, first_line: str) -> None:
        """Say which cell is at work, for whoever watches; a disk that is full ends no run for that."""
        said = {"cell": number, "cells": cells, "line": first_line}
        with contextlib.suppress(OSError):
            made = self.folder / ".cell.json"
            made.write_text(json.dumps(said), encoding="utf-8")
            made.replace(self.folder / "cell.json")

    def cell(self) -> dict[str, Any] | None:
        """Return the cell that was begun last: `cell`, `cells`, `line`; None before the first."""
        path = self.folder / "cell.json"
        return _read_json(path) if path.exists() else None

    def _append(self, name: str, lines: list[dict[str, Any]]) -> None:
        text = "".join(json.dumps(line, default=str) + "\n" for line in lines)
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        path = self.folder / name
        if not path.exists():
            return
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.endswith("}"):  # a killed writer may leave half a last line
                yield json.loads(line)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader, or a power cut, finds the old or the new one, never half of it.

    Raises:
        StorageError: the disk is full or the folder cannot be written.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise StorageError(
            f"{path} could not be written: {error.strerror or error}.",
            hint="Free some space or choose another place, then run again; what stood there before is kept.",
            store=str(path),
        ) from error
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _metric_line(name: str, value: float, step: int | None, at: str) -> dict[str, Any]:
    number = float(value)
    kept: float | str = number if math.isfinite(number) else str(number)
    return {"name": name, "value": kept, "step": step, "at": at}


def _read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
