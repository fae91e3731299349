"""Which checkpoints of a stage are valid: those whose code above, and all that it reads, is as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.pipeline.checkpoint.find import Checkpoint, find_checkpoints
from workbench.pipeline.checkpoint.restart import Restart
from workbench.pipeline.checkpoint.shelf import kept_checkpoint, shelf_folder
from workbench.pipeline.fingerprint import Fingerprint
from workbench.pipeline.modules import local_modules
from workbench.pipeline.prepare import PreparedStage

_SEES_ALL = frozenset({"globals", "locals", "vars", "eval", "exec", "get_ipython", "__magic__"})


def shelves_of(
    place: Path, stage: PreparedStage, inputs: Mapping[str, Mapping[str, Any]], seed: int
) -> dict[Checkpoint, Path]:
    """Return the checkpoints of a stage's notebook, each with the folder for values that are valid now.

    Code below does not count, nor do parameters that the code above does not read, nor local modules that
    it does not import.

    Args:
        place: the folder of all checkpoints.
        stage: as it is now.
        inputs: the record of each of its inputs.
        seed: the project's.
    """
    found = find_checkpoints(stage.own_cells, stage.signature.names)
    if not found:
        return {}
    print_ = stage.fingerprint(inputs)
    return {c: shelf_folder(place, stage.name, c.name, _key(c, stage, print_, seed)) for c in found}


def last_valid(shelves: Mapping[Checkpoint, Path]) -> Restart | None:
    """Return the lowest checkpoint behind which a notebook can begin, None when it must run from the top."""
    for checkpoint, folder in reversed([*shelves.items()]):
        kept = None if checkpoint.problem else kept_checkpoint(folder)
        if kept:
            return Restart(checkpoint, kept.run)
    return None


def _key(checkpoint: Checkpoint, stage: PreparedStage, print_: Fingerprint, seed: int) -> str:
    all_seen = bool(checkpoint.reads & _SEES_ALL)
    above = stage.own_cells[: checkpoint.cell + 1]
    content = {
        "stage": stage.name,
        "name": checkpoint.name,
        "kept": sorted(checkpoint.kept),
        "above": checkpoint.above,
        "parameters": {n: v for n, v in print_.parameters.items() if all_seen or n in checkpoint.reads},
        "inputs": {name: value.fingerprint for name, value in print_.inputs.items()},
        "modules": local_modules(above, stage.notebook.parent, stage.root),
        "environment": dict(print_.environment),
        "seed": seed,
    }
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
