"""Where the values of checkpoints lie, each set with its digests: whole, or not there."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.digest import digest_folder, verify_files
from workbench.errors import IntegrityError, StorageError
from workbench.pipeline.checkpoint.chance import chance_state, set_chance
from workbench.pipeline.checkpoint.values import load_value, store_value

if TYPE_CHECKING:
    from workbench.tracking.trust import Trust

_RECORD = "record.json"
_SAVED = ("outputs", "figures", "metrics.jsonl", "requests.jsonl")  # what a stage has saved and said so far
_MOST = 8  # sets that are kept of one checkpoint


@dataclass(frozen=True)
class Kept:
    """A set of values that is there.

    Attributes:
        run: the run that kept them; `scratch` for a person's session.
        at: project time.
    """

    folder: Path
    name: str
    run: str
    at: str
    values: Mapping[str, dict[str, Any]]


def shelf_folder(place: Path, stage: str, name: str, key: str) -> Path:
    """Return the folder of one checkpoint's values for one key, below the folder of all."""
    return place / stage / name / key[:24]


def keep_checkpoint(
    folder: Path,
    name: str,
    values: Mapping[str, Any],
    *,
    space: Path,
    run: str,
    at: str,
    trust: Callable[[], Trust],
) -> Kept:
    """Keep values, with what the stage has saved and logged so far; nothing is there until all of it is.

    Args:
        folder: from `shelf_folder`; what lies there whole already stays.
        name: the checkpoint's.
        values: by the names of the notebook's variables.
        space: the attempt's folder.
        run: whose attempt it is.
        at: project time.
        trust: says what models may hold.

    Raises:
        UsageError: a value would not come back as what it is.
        StorageError: the disk is full.
    """
    there = kept_checkpoint(folder)
    if there:
        return there
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
    try:
        chance = chance_state()
        records = {n: store_value(value, made / "values" / n, n, trust) for n, value in values.items()}
        _copy(space, made / "space")
        files = [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in digest_folder(made / "space")]
        record = {"name": name, "run": run, "at": at, "values": records, "space": files, "chance": chance}
        (made / _RECORD).write_text(json.dumps(record), encoding="utf-8")
        if there := kept_checkpoint(folder):  # another attempt was faster, and may be read already
            return there
        forget_checkpoint(folder)
        made.rename(folder)
    except OSError as error:
        raise StorageError(
            f"The checkpoint {name!r} could not be kept: {error.strerror or error}.",
            hint="Free some space; the stage goes on without it.",
            store=str(folder),
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    _thin_out(folder)
    return Kept(folder, name, run, at, records)


def kept_checkpoint(folder: Path) -> Kept | None:
    """Return the values that lie in a folder, every byte of them checked; None when they are not whole.

    They count as used now, so that no other attempt's values take their place before they are read.
    """
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        for name, value in record["values"].items():
            verify_files(folder / "values" / name, value["files"])
        verify_files(folder / "space", record["space"])
        os.utime(folder)
        return Kept(folder, record["name"], record["run"], record["at"], record["values"])
    except (OSError, ValueError, KeyError, TypeError, IntegrityError, StorageError):
        return None


def restore_checkpoint(folder: Path, space: Path, trust: Callable[[], Trust]) -> dict[str, Any]:
    """Return kept values by name, and put what the stage had saved and logged into an attempt's folder.

    Raises:
        IntegrityError: bytes differ from those recorded.
        StorageError: there is no such checkpoint.
    """
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(
            f"There is no checkpoint in {folder}: {error}.",
            hint="Run the notebook from the top.",
            store=str(folder),
        ) from error
    loaded = {n: load_value(value, folder / "values" / n, trust) for n, value in record["values"].items()}
    verify_files(folder / "space", record["space"])
    _copy(folder / "space", space)
    set_chance(record["chance"])
    return loaded


def forget_checkpoint(folder: Path) -> None:
    """Remove the values that lie in a folder, if there are any."""
    shutil.rmtree(folder, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in _SAVED:
        place = source / name
        if place.is_dir():
            shutil.copytree(place, target / name, dirs_exist_ok=True)
        elif place.is_file():
            shutil.copyfile(place, target / name)


def _thin_out(folder: Path) -> None:
    """Remove the sets of a checkpoint that were not used for longest: each set of parameters makes one."""
    sets = [place for place in folder.parent.iterdir() if not place.name.startswith(".")]
    for place in sorted(sets, key=os.path.getmtime)[:-_MOST]:
        shutil.rmtree(place, ignore_errors=True)
