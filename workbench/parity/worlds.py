"""What differs between two worlds, as faults: chance that nobody pinned, a clock that was let in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbench.parity.compare import Difference
from workbench.parity.fault import Fault, Kind
from workbench.parity.reading import clock_calls, unpinned
from workbench.parity.reading.clock import TODO, TODO_FREE, durations
from workbench.parity.subject import Subject
from workbench.parity.trial import Trial


def chance_faults(subject: Subject, difference: Difference) -> Iterator[Fault]:
    """Yield what draws without a seed, where other chance alone made a difference."""
    drawn = [fault for fault in unpinned(subject) if _reaches(subject, fault.cell or 0, difference)]
    for fault in drawn:
        text = f"{fault.text}, and {difference.told()} differs from run to run"
        yield replace(fault, text=text, seen=True)
    looks = [fault for fault in clock_calls(subject) if fault.cell in difference.cells]
    if not drawn and looks:  # a clock that is not the checker's: a library's own, in C
        for look in looks:
            yield replace(
                look, text=f"{look.text}, and {difference.told()} differs from run to run", seen=True
            )
    elif not drawn:
        cell = next(iter(difference.cells), None)
        names = ", ".join(f"`{name}`" for name in difference.variables.get(cell or 0, ())[:3])
        what = names or difference.told()
        text = f"{what} differs from run to run: chance without a seed, or a set's order"
        yield Fault(Kind.SEED, cell, text, todo_of(subject, Kind.SEED), seen=True)


def _reaches(subject: Subject, cell: int, difference: Difference) -> bool:
    """Return whether a cell differs, or made something, such as a generator, for one that does."""
    flows, cells = subject.constants.flows, difference.cells
    if cell in cells or cell not in flows:
        return cell in cells
    return any(flows[cell].bound & flows[each].used for each in cells if each > cell and each in flows)


def clock_faults(
    subject: Subject, difference: Difference, chance: Difference, moved: Trial
) -> Iterator[Fault]:
    """Yield where the clock was read, where another day alone made a difference.

    Args:
        subject: the notebook.
        difference: between two runs on two days.
        chance: between two runs of the same day; what differs there differs anyway.
        moved: a run on another day.
    """
    free = durations(subject)
    looks = [look for look in moved.seen("clock") if (look["cell"], look["line"]) not in free.lines]
    anyway = set(difference.labels) <= set(chance.labels)
    used = {number: flow.used for number, flow in subject.constants.flows.items()}
    origins = difference.without(free.names).origins(used)
    guilty = [look for look in looks if look["cell"] in origins]
    if not guilty and not anyway:
        first = next(iter(difference.cells), 0)
        guilty = [look for look in looks if look["cell"] <= first][-1:]
    todo = todo_of(subject, Kind.CLOCK)
    for look in guilty:
        text = f"`{look['name']}()` reads the clock, and {difference.told()} differs on another day"
        yield Fault(Kind.CLOCK, look["cell"], text, todo, look["line"], seen=True)
    if not guilty and not anyway:
        said = next((fault for fault in clock_calls(subject) if fault.cell in difference.cells), None)
        cell, line = (said.cell, said.line) if said else (next(iter(difference.cells), None), None)
        yield Fault(Kind.CLOCK, cell, f"{difference.told()} differs on another day", todo, line, seen=True)


def todo_of(subject: Subject, kind: Kind) -> str:
    """Return what to do about chance or a clock."""
    staged = subject.stage is not None
    if kind is Kind.CLOCK:
        return TODO if staged else TODO_FREE
    return f"Give what draws a seed, such as {'stage.seed' if staged else '1'}; sort what comes from a set."
