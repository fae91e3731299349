"""What a notebook's call of `stage.checkpoint` does: keeps values, and tells when it cannot."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.pipeline.checkpoint.shelf import keep_checkpoint, restore_checkpoint

if TYPE_CHECKING:
    from workbench.pipeline.stage import Stage
    from workbench.pipeline.ticket import Ticket
    from workbench.tracking.trust import Trust

_PLACE = "write it as a statement of its own at the top level of a cell, with a literal name"


def keep_values(stage: Stage, name: str, values: Mapping[str, Any], see: Callable[[Ticket], Ticket]) -> None:
    """Keep the values of a checkpoint; a stage never fails for it.

    Args:
        stage: that runs.
        name: the checkpoint's.
        values: by the names of the notebook's variables.
        see: completes the ticket: what checkpoints the notebook has, and where their values go.
    """
    try:
        ticket = see(stage.ticket)
        if name not in ticket.checkpoints:
            return _tell(f"The checkpoint {name!r} is not kept: {ticket.unkept.get(name, _PLACE)}.")
        keep_checkpoint(
            Path(ticket.checkpoints[name]),
            name,
            values,
            space=stage.folder,
            run=stage.run,
            at=stage.now().isoformat(),
            trust=lambda: _trust(stage),
        )
    except WorkbenchError as error:
        _tell(f"The checkpoint {name!r} is not kept: {error.message} {error.hint}")


def restore_values(stage: Stage, folder: Path) -> dict[str, Any]:
    """Return the values of a checkpoint; what the stage had saved and logged by then is in place again.

    Raises:
        IntegrityError: their bytes are not those that were kept.
        StorageError: there are none.
    """
    return restore_checkpoint(folder, stage.folder, lambda: _trust(stage))


def _trust(stage: Stage) -> Trust:
    from workbench.tracking.trust import NO_TRUST, trust_of

    return trust_of(stage.project, stage.outputs[0]) if stage.outputs else NO_TRUST


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
