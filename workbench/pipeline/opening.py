"""Opens a stage of a run: the project's own notebook, held to what that run read and was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.errors import NotebookError, ParameterError, StorageError, UnknownNameError, UsageError
from workbench.ledger.actor import local_user
from workbench.notebook_file import INJECTED, read_cells
from workbench.parameters import signature_of
from workbench.pipeline.history import AttemptState, EntryState, RunState
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.pin import Failed, Pin, sessions_folder, unpin
from workbench.pipeline.whereabouts import States, attempt_file, origin
from workbench.project import Project

_MARKER = "papermill-error-cell-tag"


@dataclass(frozen=True)
class Opened:
    """A stage that is ready to be worked on.

    Attributes:
        notebook: the project's own; it is what a resumed run executes.
        written: the file that holds sessions on it to the run.
    """

    notebook: Path
    written: Path
    pin: Pin

    def url_path(self, folder: Path) -> str:
        """Return the path behind `lab/tree/` under which a Jupyter server on a folder shows the notebook."""
        from urllib.parse import quote

        path = quote(self.notebook.relative_to(folder).as_posix())
        failed = self.pin.failed
        return f"{path}#cell-id={quote(failed.cell_id)}" if failed and failed.cell_id else path

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        failed = self.pin.failed
        return {
            "run": self.pin.run,
            "stage": self.pin.stage,
            "entry": self.pin.entry,
            "notebook": str(self.notebook),
            "written": str(self.written),
            "executed": self.pin.executed,
            "inputs": {name: record.get("fingerprint") for name, record in self.pin.inputs.items()},
            "given": dict(self.pin.given),
            "parameters": dict(self.pin.parameters),
            "cell": failed.cell if failed else None,
            "error": failed.error if failed else None,
            "words": self.pin.words(),
            "next": [command for command, _ in self.pin.steps()],
        }


def open_stage(project: Project, states: States, state: RunState, stage: str | None, at: datetime) -> Opened:
    """Hold the person's sessions on a stage to a run, and return where the notebook is.

    From then on `wb.stage(NAME)` in that notebook loads what the run read and sets what it was given, until
    a resumed run has gone on behind the stage, or `close_stage`.

    Args:
        project: the run's project.
        states: for the run that a result was reused from.
        state: the run.
        stage: an entry of it, or the stage of one; the one that failed when None.
        at: project time.

    Raises:
        UnknownNameError: the run has no such stage.
        UsageError: the stage never began in it.
        StorageError: the disk is full, or inputs of that run are gone.
    """
    pin = pin_of(project, states, state, stage, at)
    gone = [n for n, record in pin.inputs.items() if _is_gone(project, record)]
    if gone:
        raise StorageError(
            f"{', '.join(map(repr, gone))} of run {state.run} cannot be read any more: files are gone.",
            hint="Restore them from a backup, or make them anew: workbench run --force",
            store=str(project.layout.data),
        )
    folder = sessions_folder(project.layout, pin.actor, pin.stage)
    return Opened(project.root / project.stage(pin.stage).notebook, pin.write(folder), pin)


def close_stage(project: Project, state: RunState, stage: str | None) -> tuple[str, str]:
    """Let the person's sessions on a stage of a run read the newest inputs again.

    Args:
        project: the run's project.
        state: the run.
        stage: an entry of it, or the stage of one; the one that failed when None.

    Returns:
        The stage's name, and the run that its sessions were held to; empty when to none.

    Raises:
        UnknownNameError: the run has no such stage.
    """
    name = _entry(state, stage).stage
    return name, unpin(sessions_folder(project.layout, local_user(), name))


def pin_of(project: Project, states: States, state: RunState, stage: str | None, at: datetime) -> Pin:
    """Return what a session on a stage of a run is to be held to; nothing is written."""
    entry = _entry(state, stage)
    project.stage(entry.stage)
    maker, made = origin(states, state, entry)
    if not made.attempts:
        why = f" ({entry.reason})" if entry.reason else ""
        raise UsageError(
            f"{entry.name!r} never began in run {state.run}{why}, so nothing says what it would have read.",
            hint=_instead(state),
        )
    attempt = made.attempts[-1]
    given = _given(project, made, attempt)
    notebook = attempt_file(project.layout, maker, made, "notebook.ipynb")
    return Pin(
        run=state.run,
        stage=made.stage,
        entry=entry.name,
        made_in=maker.run,
        attempt=attempt.number,
        outcome=(attempt.outcome or Outcome.LOST).value.replace("_", " "),
        inputs=made.inputs,
        given={name: made.parameters[name] for name in given if name in made.parameters},
        parameters=made.parameters,
        executed=str(notebook or ""),
        failed=_failed(project, made, attempt, notebook),
        at=at.isoformat(),
        actor=local_user(),
    )


def _entry(state: RunState, stage: str | None) -> EntryState:
    if stage is None:
        failed = state.failed_entry
        if failed is None:
            raise UsageError(
                f"No stage of run {state.run} failed, so say which to open.",
                hint=f"Its stages: {', '.join(state.entries)}.",
            )
        return failed
    if stage in state.entries:
        return state.entries[stage]
    same = [entry for entry in state.entries.values() if entry.stage == stage]
    if len(same) == 1:
        return same[0]
    if same:
        raise UsageError(
            f"Run {state.run} ran {stage!r} {len(same)} times.",
            hint=f"Say which: {', '.join(entry.name for entry in same)}.",
        )
    raise UnknownNameError(f"stage in run {state.run}", stage, state.entries)


def _instead(state: RunState) -> str:
    failed = state.failed_entry
    return f"Open what failed: workbench open {state.run} {failed.name}" if failed else ""


def _given(project: Project, entry: EntryState, attempt: AttemptState) -> Sequence[str]:
    """Return which parameters were injected; where no record says it, those other than the defaults now."""
    if attempt.given is not None:
        return attempt.given
    try:
        signature = signature_of(read_cells(project.root / project.stage(entry.stage).notebook))
    except (NotebookError, ParameterError):
        return tuple(entry.parameters)
    defaults = signature.canonical({p.name: p.default for p in signature.parameters if not p.required})
    return [n for n, value in entry.parameters.items() if n not in defaults or defaults[n] != value]


def _failed(
    project: Project, entry: EntryState, attempt: AttemptState, notebook: Path | None
) -> Failed | None:
    outcome = attempt.outcome or Outcome.LOST
    if outcome.is_success:
        return None
    error = attempt.error
    if not error:
        return Failed(error=attempt.reason or outcome.verb)
    said = f"{error['ename']}: {error['evalue']}"
    ran = _ran(notebook, error["cell"]) if notebook else None
    if ran is None:
        return Failed(error=said)
    number, cell_id = _place(project.root / project.stage(entry.stage).notebook, ran)
    lines = [line for line in ran["source"].splitlines() if line.strip()]
    return Failed(number, cell_id, lines[0].strip()[:80] if lines else "", said)


def _ran(notebook: Path, number: int) -> Mapping[str, Any] | None:
    """Return a cell of an executed notebook by the number that its error has."""
    try:
        cells = [c for c in read_cells(notebook) if _MARKER not in c["metadata"].get("tags", ())]
    except NotebookError:
        return None
    found = cells[number - 1] if 0 < number <= len(cells) else None
    return None if found is None or INJECTED & {*found["metadata"].get("tags", ())} else found


def _place(notebook: Path, ran: Mapping[str, Any]) -> tuple[int | None, str]:
    """Return the number and id of the cell in the project's notebook that an executed one came from."""
    try:
        cells = read_cells(notebook)
    except NotebookError:
        return None, ""
    for key in ("id", "source"):
        for number, cell in enumerate(cells, start=1):
            if ran.get(key) and cell.get(key) == ran[key]:
                return number, str(cell.get("id", ""))
    return None, ""


def _is_gone(project: Project, record: Mapping[str, Any]) -> bool:
    uri = record.get("uri")
    if not uri or "://" in uri:
        return False
    return not all((project.root / uri / file["path"]).exists() for file in record.get("files", ()))
