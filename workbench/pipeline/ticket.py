"""The ticket that an attempt's kernel is started with: what it may read, and where it may write."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import StorageError

VARIABLE = "WORKBENCH_TICKET"


@dataclass(frozen=True)
class Ticket:
    """Everything that a stage's code needs to know of the run around it.

    The runner writes it into the attempt's space and names it in the kernel's environment; a notebook
    that finds none is being worked on by a person.

    Attributes:
        as_of: in a person's session, the run whose inputs it reads; empty for the newest.
        checkpoints: where the values of each of the notebook's checkpoints are kept, by name.
        unkept: why others of its checkpoints are not kept, by name.
        behind: the checkpoint that it was restarted behind, and the run that kept that; empty when it
            runs from the top.
    """

    root: str
    run: str
    pipeline: str
    stage: str
    entry: str
    attempt: int
    folder: str
    at: str
    actor: str
    seed: int
    data: str
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    interactive: bool = False
    as_of: str = ""
    checkpoints: dict[str, str] = field(default_factory=dict)
    unkept: dict[str, str] = field(default_factory=dict)
    behind: dict[str, str] = field(default_factory=dict)

    def write(self) -> Path:
        """Write the ticket into its attempt's folder and return the file's path."""
        path = Path(self.folder) / "ticket.json"
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        return path


def read_ticket(path: str | Path) -> Ticket:
    """Read a ticket back.

    Raises:
        StorageError: the file is missing or not a ticket.
    """
    try:
        fields = json.loads(Path(path).read_text(encoding="utf-8"))
        return Ticket(**{**fields, "outputs": tuple(fields["outputs"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StorageError(
            f"The attempt's ticket {path} cannot be read: {error}.",
            hint=f"It is written by the runner; unset {VARIABLE} to work interactively.",
            store=str(path),
        ) from error


def current_ticket() -> Ticket | None:
    """Return the ticket of the attempt that this process runs, None outside of one."""
    path = os.environ.get(VARIABLE)
    return read_ticket(path) if path else None
