"""A notebook changed so that it begins behind a checkpoint: its cells stay, one cell says what was run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from workbench.notebook_file import INJECTED_PARAMETERS, INJECTED_RESTART
from workbench.pipeline.checkpoint.find import Checkpoint

SKIPPED = "skipped"
"""In a cell's metadata under `workbench`: why it is not executed."""


@dataclass(frozen=True)
class Restart:
    """A valid checkpoint that a notebook is to begin behind.

    Attributes:
        run: the run that kept it; empty for a person's session.
    """

    checkpoint: Checkpoint
    run: str

    def to_dict(self) -> dict[str, str]:
        """Return what the ledger keeps of it."""
        return {"name": self.checkpoint.name, "run": self.run}


def restarted(source: str, restart: Restart) -> str:
    """Return a notebook to execute whose cells above the checkpoint are left out.

    Imports, definitions and constants of theirs that are needed are run in a cell of its own, which puts
    the kept values in place. The cell of the parameters, and that of the injected ones, are run as ever.

    Args:
        source: the notebook to execute, as JSON; cells may have been injected into it.
        restart: where it begins.
    """
    document = json.loads(source)
    cells: list[dict[str, Any]] = document["cells"]
    own = [place for place, cell in enumerate(cells) if INJECTED_PARAMETERS not in _tags(cell)]
    last = own[restart.checkpoint.cell]
    for cell in cells[: last + 1]:
        if cell["cell_type"] == "code" and not {"parameters", INJECTED_PARAMETERS} & {*_tags(cell)}:
            cell["metadata"] = {**cell["metadata"], "workbench": {SKIPPED: restart.checkpoint.name}}
    cells.insert(last + 1, _cell(_code(restart)))
    return json.dumps(document)


def is_skipped(cell: Any) -> bool:
    """Whether a cell stands above the checkpoint that its notebook begins behind."""
    said = cell["metadata"].get("workbench")
    return bool(said) and SKIPPED in said


def _code(restart: Restart) -> str:
    checkpoint = restart.checkpoint
    head = f"# behind the checkpoint {checkpoint.name!r} of run {restart.run}; the cells above were not run"
    parts = (
        head,
        *checkpoint.prelude,
        f"{checkpoint.variable}.restore({checkpoint.name!r})",
        checkpoint.rest,
    )
    return "\n".join(part for part in parts if part)


def _cell(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": INJECTED_RESTART,
        "metadata": {"tags": [INJECTED_RESTART]},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def _tags(cell: dict[str, Any]) -> list[str]:
    tags: list[str] = cell.get("metadata", {}).get("tags", [])
    return tags
