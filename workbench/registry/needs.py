"""What gates need to be given, said before any of them runs."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.errors import UsageError, nearest
from workbench.registry.column import Given
from workbench.registry.gate import Scored
from workbench.registry.gates import NamedGate


def check_needs(gates: Sequence[NamedGate], given: Given) -> None:
    """Raise UsageError when a gate needs the rows' times or columns, and they were not given."""
    for name, kind, gate, _ in gates:
        if gate.blocked and given.times is None:
            raise UsageError(
                f"Gate {name!r} needs times: rows of one day share their fate and are one block.",
                hint='Give wb.check(…, times=…), or set block = "row" where rows are independent of each '
                "other.",
            )
        if "frame" in gate.needs and given.frame is None:
            columns = f" {', '.join(gate.columns)}" if gate.columns else "the candidate's features"
            raise UsageError(
                f"Gate {name!r} ({kind}) needs a frame: a table of the same rows with {columns.strip()}.",
                hint="Give wb.check(…, frame=…), such as the rows that were scored.",
            )


def check_columns(gates: Sequence[NamedGate], scored: Scored) -> None:
    """Raise UsageError when a gate names a column that the frame does not have."""
    if scored.frame is None:
        return
    known = [str(name) for name in scored.frame.columns]
    for name, _, gate, _ in gates:
        for column in gate.columns:
            if column in known:
                continue
            close = nearest(column, known)
            meant = f"Did you mean {close!r}? " if close else ""
            raise UsageError(
                f"Gate {name!r} groups rows by {column!r}, a column that the frame given to wb.check lacks.",
                hint=f"{meant}It has {len(known)} columns; add this one before the call, or change the gate.",
            )
