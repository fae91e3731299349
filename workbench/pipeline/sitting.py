"""A person at work on a stage: what their session reads, and what may be done from it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from workbench.errors import UnknownNameError, UsageError
from workbench.ledger.actor import local_user
from workbench.notebook_file import read_cells
from workbench.parameters import read_signature
from workbench.pipeline.checkpoint import kept_checkpoint, shelves_of
from workbench.pipeline.executed_here import unexecuted
from workbench.pipeline.interactive import check_namespace, interactive_ticket
from workbench.pipeline.made_from import Saved, steady_values
from workbench.pipeline.pin import Pin, apply_parameters, read_pin, sessions_folder
from workbench.pipeline.prepare import own_cells
from workbench.pipeline.space import Space
from workbench.pipeline.stage import Stage

if TYPE_CHECKING:
    from workbench.pipeline.backing import Backing
    from workbench.pipeline.checkpoint import Checkpoint
    from workbench.pipeline.prepare import PreparedStage
    from workbench.pipeline.recorded import Recorded
    from workbench.pipeline.runs import Runs
    from workbench.pipeline.ticket import Ticket
    from workbench.project import Project

_saved_here: dict[tuple[str, str], Saved] = {}
"""By folder of sessions and output, what this process has saved; in the folder may lie something else."""
_RUN_FROM_TOP = "Nothing is kept for this notebook as it is saved, on these inputs: run it from the top."


class Bench(Protocol):
    """An opened project, as a session needs it."""

    @property
    def backing(self) -> Backing:
        """Its stores."""

    @property
    def finder(self) -> Runs:
        """Its runs."""

    def prepared(self, stage: str, values: Mapping[str, Any]) -> PreparedStage:
        """Return a stage made ready from its notebook as it is saved, with these parameters."""


class Sitting:
    """A person's session on a stage; the project is opened for each thing that needs it.

    Args:
        opener: opens the project.
        values: the parameters as the session began; None where it began outside of a notebook.
    """

    def __init__(
        self,
        opener: Callable[[], AbstractContextManager[Bench]],
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self._opener = opener
        self._values = values

    def saved(self, ticket: Ticket, name: str, record: Mapping[str, Any]) -> None:
        """Remember that this session has saved an output."""
        _saved_here[ticket.folder, name] = Saved.now(record, ticket, self._values)

    def commit(self, stage: Stage, namespace: dict[str, Any], reason: str) -> Recorded:
        """Record what the session has saved as a run of its own.

        Raises:
            UsageError: a declared output was not saved in this session, or an input was never made.
            ParameterError: a parameter has the wrong type or is out of range.
        """
        from workbench.pipeline.recorded import record_session

        self._check_saved(stage)
        with self._opener() as bench:
            prepared = self._prepared(bench, stage.ticket, namespace)
            unseen = unexecuted(prepared.own_cells)
            return record_session(bench.backing, prepared, stage.ticket, unseen=unseen, reason=reason)

    def _check_saved(self, stage: Stage) -> None:
        records = Space(stage.folder).records()
        for name in stage.outputs:
            saved = _saved_here.get((stage.ticket.folder, name))
            why = (
                saved.otherwise(records.get(name), stage.ticket, self._values)
                if saved
                else "was not saved in this session"
            )
            if why:
                raise UsageError(
                    f"{name!r} {why}, so nothing is recorded.",
                    hint="Run the cells that make and save it, and then this one again.",
                )

    def _prepared(self, bench: Bench, ticket: Ticket, namespace: Mapping[str, Any]) -> PreparedStage:
        """Return the stage as it is saved, with the parameters that this session has had throughout."""
        project, name = bench.backing.project, ticket.stage
        cells = own_cells(read_cells(project.root / project.stage(name).notebook))
        values = steady_values(project, name, cells, self._values, namespace)
        return bench.prepared(name, values)

    def with_checkpoints(self, ticket: Ticket, namespace: dict[str, Any]) -> Ticket:
        """Return the ticket with the notebook's checkpoints; kept are those whose code above was run here."""
        with self._opener() as bench:
            stage = self._prepared(bench, ticket, namespace)
            place = Path(ticket.folder) / "checkpoints"
            found = shelves_of(place, stage, ticket.inputs, ticket.seed)
        unkept = {c.name: c.problem or _unseen(stage.own_cells[: c.cell + 1]) for c in found}
        return replace(
            ticket,
            checkpoints={c.name: str(folder) for c, folder in found.items() if not unkept[c.name]},
            unkept={name: why for name, why in unkept.items() if why},
        )

    def restore(self, stage: Stage, name: str, namespace: dict[str, Any]) -> None:
        """Run what has to be run from above a checkpoint, and put its values into the notebook.

        Raises:
            UsageError: there is no such checkpoint, or it is not valid any more.
        """
        from workbench.pipeline.kept_values import restore_values

        valid = self.valid(stage.ticket, namespace)
        chosen = next((checkpoint for checkpoint in valid if checkpoint.name == name), None)
        if chosen is None:
            names = [checkpoint.name for checkpoint in valid]
            raise UnknownNameError("valid checkpoint", name, names, hint=_RUN_FROM_TOP if not names else "")
        own = f"{chosen.variable} = "  # the stage stays the one that it is
        _run("\n".join(s for s in chosen.prelude if not s.startswith(own)), namespace)
        namespace.update(restore_values(stage, valid[chosen]))

    def valid(self, ticket: Ticket, namespace: dict[str, Any]) -> dict[Checkpoint, Path]:
        """Return the checkpoints behind which this notebook, as it is saved, can go on."""
        with self._opener() as bench:
            stage = self._prepared(bench, ticket, namespace)
            places = (Path(ticket.folder) / "checkpoints", bench.backing.project.layout.checkpoints)
            every = [shelves_of(place, stage, ticket.inputs, ticket.seed) for place in places]
        return {
            checkpoint: folder
            for shelves in every
            for checkpoint, folder in shelves.items()
            if not checkpoint.problem and kept_checkpoint(folder)
        }


def sit_down(
    bench: Bench,
    opener: Callable[[], AbstractContextManager[Bench]],
    name: str,
    namespace: dict[str, Any] | None,
    run: str | None,
) -> Stage:
    """Return a stage for a person's session, and tell what they have to know.

    Args:
        bench: the project.
        opener: opens it again, for what is done later.
        name: the stage's.
        namespace: the notebook's variables: its parameters are checked, and set where a run was given them.
        run: the run whose inputs and parameters it gets; what the stage was opened with when None.

    Raises:
        UsageError: there is no such stage or run.
        ParameterError: a parameter has the wrong type or is out of range.
    """
    backing = bench.backing
    project = backing.project
    project.stage(name)
    pin = _pin(bench, name, run)
    told = pin.words() if pin else []
    values = None
    if namespace is not None:
        told += _set_parameters(project, name, pin, namespace)
        values = check_namespace(project, name, namespace)
    ticket = interactive_ticket(
        project,
        name,
        committed=backing.catalog,
        extension=backing.extension,
        clock=backing.clock,
        pin=pin,
    )
    _let_mlflow_log(project)
    sitting = Sitting(opener, values)
    if namespace is not None and ".checkpoint(" in _text(project, name):
        told += [_behind(checkpoint) for checkpoint in sitting.valid(ticket, namespace)]
    if pin:
        told += [f"  {command}   {purpose}" for command, purpose in pin.steps()]
    if told:
        sys.stdout.write("\n".join(told) + "\n")
    return Stage(ticket, sitting)


def _pin(bench: Bench, stage: str, run: str | None) -> Pin | None:
    from workbench.pipeline.opening import pin_of

    backing = bench.backing
    if run is None:
        return read_pin(sessions_folder(backing.project.layout, local_user(), stage))
    state = bench.finder.find(run)
    return pin_of(backing.project, bench.finder.state, state, stage, backing.clock.now())


def _set_parameters(project: Project, stage: str, pin: Pin | None, namespace: dict[str, Any]) -> list[str]:
    if pin is None:
        return []
    signature = read_signature(project.root / project.stage(stage).notebook)
    return apply_parameters(pin, signature, namespace).words()


def _unseen(cells: Sequence[Mapping[str, Any]]) -> str:
    numbers = ", ".join(map(str, unexecuted(cells)))
    return f"cells {numbers} were not run here as they are saved, before those below them" if numbers else ""


def _text(project: Project, stage: str) -> str:
    return (project.root / project.stage(stage).notebook).read_text(encoding="utf-8")


def _behind(checkpoint: Checkpoint) -> str:
    name = checkpoint.name
    what = f"goes on behind {name!r}, with {', '.join(checkpoint.kept)} as kept"
    return f"  {checkpoint.variable}.restore({name!r})   {what}"


def _run(source: str, namespace: dict[str, Any]) -> None:
    """Run the statements from above a checkpoint that are needed below it."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and shell.user_ns is namespace:
        shell.run_cell(source, store_history=False).raise_error()
    else:
        exec(compile(source, "<restored>", "exec"), namespace)  # noqa: S102 - the notebook's own code


def _let_mlflow_log(project: Project) -> None:
    from workbench.tracking.active import session_variables

    layout = project.layout
    variables = session_variables(layout.tracking_url, layout.artifacts_uri, f"{project.name} scratch")
    for name, value in variables.items():
        os.environ.setdefault(name, value)
