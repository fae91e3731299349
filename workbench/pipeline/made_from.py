"""What a session's results were made from: the inputs and parameters that it had when they were saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.pipeline.checkpoint.names import binds
from workbench.pipeline.code import cell_source, parse, split_cell_magic
from workbench.pipeline.interactive import check_namespace

if TYPE_CHECKING:
    from workbench.pipeline.ticket import Ticket
    from workbench.project import Project


@dataclass(frozen=True)
class Saved:
    """An output that this process has saved in a session.

    Attributes:
        fingerprint: of the output.
        inputs: the fingerprint of each input; empty of one that had not been read by then.
        values: the parameters.
    """

    fingerprint: str
    inputs: Mapping[str, str]
    values: Mapping[str, Any] | None

    @classmethod
    def now(cls, record: Mapping[str, Any], ticket: Ticket, values: Mapping[str, Any] | None) -> Saved:
        """Return an output that is just being saved."""
        return cls(record["fingerprint"], _fingerprints(ticket), values)

    def otherwise(
        self, record: Mapping[str, Any] | None, ticket: Ticket, values: Mapping[str, Any] | None
    ) -> str:
        """Return why the output is not the one that the session, as it is, has made; empty when it is."""
        if record is None:
            return "could not be saved the last time, or was removed"
        if record["fingerprint"] != self.fingerprint:
            return "was saved by another session since"
        now = _fingerprints(ticket)
        other = [name for name, was in self.inputs.items() if was and now.get(name) != was]
        if other:
            return f"was made from another {' and '.join(map(repr, other))} than the session reads now"
        if values != self.values:
            return "was made with other parameters"
        return ""


def steady_values(
    project: Project,
    stage: str,
    cells: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any] | None,
    namespace: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a session's parameters: those that `wb.stage` found, which are still what they were then.

    What the notebook itself gives another value is the notebook's affair, as it is in a run.

    Args:
        project: the session's.
        stage: its name.
        cells: the notebook's own.
        values: as `wb.stage` found them; None where it was not called from a notebook.
        namespace: the notebook's variables.

    Raises:
        UsageError: a parameter was given another value by hand since.
        ParameterError: a parameter has the wrong type or is out of range.
    """
    own = {name: values[name] for name in _bound(cells) if name in values} if values else {}
    now = check_namespace(project, stage, {**namespace, **own})
    for name, value in now.items() if values is not None else ():
        if values is not None and (name not in values or values[name] != value):
            was = f"was {values[name]!r}" if name in values else "was not there"
            raise UsageError(
                f"The parameter {name} is {value!r}, and {was} when wb.stage({stage!r}) was called.",
                hint="Run that cell again, and those below it that use the parameter.",
            )
    return now


def _bound(cells: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the names that a notebook binds outside of its cell of parameters."""
    trees = [
        parse(split_cell_magic(cell_source(cell))[1])
        for cell in cells
        if cell.get("cell_type") == "code" and "parameters" not in cell.get("metadata", {}).get("tags", ())
    ]
    return {name for tree in trees if tree is not None for name in binds(tree)}


def _fingerprints(ticket: Ticket) -> dict[str, str]:
    return {name: str(record.get("fingerprint", "")) for name, record in ticket.inputs.items()}
