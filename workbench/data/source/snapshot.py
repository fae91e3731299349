"""What was read of a source, kept whole: stages read the copy, and its content decides."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.data.dataset import stage_table
from workbench.data.digest import verify_files
from workbench.data.durable import replacing
from workbench.data.place import located, portable
from workbench.data.source.credentials import shown
from workbench.data.source.read import Reading
from workbench.errors import IntegrityError, SourceError, UnknownNameError
from workbench.project import Project, SourceConfig

Record = dict[str, Any]
_LATEST = "latest.json"


class Sources:
    """A project's sources; each is looked at once, so that all stages of a run read the same rows.

    A copy lies in `.workbench/sources/NAME/FINGERPRINT`. As long as the source's validator (an etag, a
    digest, a watermark) is what it was, the copy is taken and nothing is read; otherwise the source is
    read, and if it says the same as before, its fingerprint is the same too.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._seen: dict[str, Record] = {}

    def record(self, name: str) -> Record:
        """Return the record of an input; of kind `unread`, never reused, when the source cannot be read.

        Raises:
            ConfigurationError: the source is declared in an impossible way.
        """
        try:
            return self.fetch(name)
        except SourceError as error:
            return {
                "kind": "unread",
                "name": name,
                "fingerprint": f"unread-{uuid.uuid4().hex}",
                "files": [],
                "error": error.message,
                "hint": error.hint,
                "problem": error.problem,
            }

    def fetch(self, name: str) -> Record:
        """Return the record of what a source holds now: fingerprint, rows, schema, files of the copy.

        Raises:
            SourceError: it does not answer, is not there, or is not what was declared.
            UnknownNameError: no source of that name is declared.
        """
        if name not in self._seen:
            declared = self._project.config.sources
            if name not in declared:
                raise UnknownNameError("source", name, declared)
            self._seen[name] = self._fetched(declared[name])
        return self._seen[name]

    def _fetched(self, config: SourceConfig) -> Record:
        root = self._project.root
        folder = self._project.layout.state / "sources" / config.name
        reading = Reading(config, root)
        validator = None if config.fresh == "always" else reading.validator()
        known = _latest(folder)
        same = known.get("declared") == _declaration(config) and known.get("validator") == validator
        if validator is not None and same and _whole(known["record"], root):
            record: Record = known["record"]
            return record
        table = reading.table()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".reading-") as place:
            staged = stage_table(table, Path(place) / "table", config.name)
            copy = folder / staged["fingerprint"][:32]
            kept = {**staged, "kind": "source", "uri": str(copy), "source": shown(config.uri)}
            record = portable(kept, root)
            if not _whole(record, root):
                shutil.rmtree(copy, ignore_errors=True)
                (Path(place) / "table").rename(copy)
        _remember(folder, {"declared": _declaration(config), "validator": validator, "record": record})
        return record


def _whole(record: Mapping[str, Any], root: Path) -> bool:
    try:
        verify_files(located(record, root)["uri"], record["files"])
    except IntegrityError:
        return False
    return True


def _latest(folder: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((folder / _LATEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # it only saves reading the source again
        return {}
    return content


def _remember(folder: Path, content: Mapping[str, Any]) -> None:
    with replacing(folder / _LATEST) as stream:
        stream.write(json.dumps(content, indent=1).encode())


def _declaration(config: SourceConfig) -> str:
    """Return a digest of everything declared that may change what is read; secrets by reference."""
    about = config.model_dump(mode="json", exclude={"description", "timeout", "retries", "fresh"})
    return hashlib.sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()
