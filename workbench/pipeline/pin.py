"""What a person's session on a stage is held to: the inputs and parameters of one run, until it is mended."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import ParameterError, StorageError
from workbench.pipeline.space import write_whole

if TYPE_CHECKING:
    from workbench.parameters import Signature
    from workbench.project import Layout

_FILE = "pinned.json"


@dataclass(frozen=True)
class Failed:
    """Where a stage failed.

    Attributes:
        cell: its number in the project's notebook, counted from 1; None when it is no longer there, or when
            no cell was at fault.
        cell_id: as Jupyter links to it; empty where cells have none.
        line: the first line of its code.
        error: its name and text, or the reason where nothing was raised.
    """

    cell: int | None = None
    cell_id: str = ""
    line: str = ""
    error: str = ""


@dataclass(frozen=True)
class Pin:
    """The run that sessions on a stage are held to.

    Attributes:
        run: which was asked for.
        made_in: the run that the stage ran in; another one where its result was reused.
        inputs: the record of every input of that attempt, places relative to the project.
        given: the parameters that were injected, as JSON.
        parameters: all of them.
        executed: the notebook as it ran.
        at, actor: when it was opened, project time, and by whom.
    """

    run: str
    stage: str
    entry: str
    made_in: str
    attempt: int
    outcome: str
    inputs: Mapping[str, dict[str, Any]]
    given: Mapping[str, Any]
    parameters: Mapping[str, Any]
    executed: str = ""
    failed: Failed | None = None
    at: str = ""
    actor: str = ""

    def write(self, folder: Path) -> Path:
        """Write the pin into the folder of a person's sessions on the stage; return the file's path.

        Raises:
            StorageError: it cannot be written.
        """
        path = folder / _FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(asdict(self), indent=1))
        return path

    def words(self) -> list[str]:
        """Return what a person has to know who sits down at the stage, a sentence a line."""
        came = f"taken from run {self.made_in}, " if self.made_in != self.run else ""
        lines = [f"{self.stage} as in run {self.run} ({came}attempt {self.attempt}, {self.outcome})"]
        if self.failed:
            where = f"in cell {self.failed.cell}, `{self.failed.line}`" if self.failed.cell else "there"
            lines.append(f"It failed {where}: {self.failed.error}")
        lines.append(f"It reads: {_reads(self.inputs)}")
        if self.given:
            lines.append(f"Given to it: {_values(self.given)}")
        return lines

    def steps(self) -> list[tuple[str, str]]:
        """Return the commands that come next, each with what it does."""
        on = f"workbench resume {self.run}", "once the notebook is mended and saved"
        off = f"workbench open {self.run} {self.entry} --close", "back to the newest inputs"
        return [on, off] if self.failed else [off]


def sessions_folder(layout: Layout, user: str, stage: str) -> Path:
    """Return the folder of a person's sessions on a stage."""
    return layout.scratch / user / stage


def read_pin(folder: Path) -> Pin | None:
    """Return what sessions in a folder are held to, None when to nothing.

    Raises:
        StorageError: the file is there and cannot be read.
    """
    path = folder / _FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        failed = content.pop("failed")
        return Pin(**content, failed=Failed(**failed) if failed else None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise StorageError(
            f"{path} cannot be read: {error}.",
            hint="Remove it to work on the newest inputs, or open the run anew: workbench open RUN STAGE",
            store=str(path),
        ) from error


def unpin(folder: Path) -> str:
    """Let sessions in a folder be held to nothing; return the run that they were held to, empty for none."""
    try:
        pin = read_pin(folder)
        run = pin.run if pin else ""
    except StorageError:
        run = "that cannot be read"
    (folder / _FILE).unlink(missing_ok=True)
    return run


def unpin_all(layout: Layout, run: str, entries: Sequence[str]) -> None:
    """Let go of everybody's sessions that are held to entries of a run: it has gone on behind them."""
    for path in layout.scratch.glob(f"*/*/{_FILE}"):
        with suppress(StorageError, OSError):  # somebody else's, which their own session tells of
            pin = read_pin(path.parent)
            if pin and pin.run == run and pin.entry in entries:
                unpin(path.parent)


@dataclass(frozen=True)
class Applied:
    """What became of a run's parameters in a notebook.

    Attributes:
        set: those that were put in place.
        other: those that the notebook itself has otherwise now: name → (in the run, now).
        refused: those that it cannot take any more: name → why.
    """

    set: Mapping[str, Any] = field(default_factory=dict)
    other: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)

    def words(self) -> list[str]:
        """Return what a person has to know of it, a sentence a line."""
        lines = [
            f"{name} is {_value(now)} in this notebook, and was {_value(then)} in that run"
            for name, (then, now) in self.other.items()
        ]
        return [*lines, *(f"{name} could not be set: {why}" for name, why in self.refused.items())]


def apply_parameters(pin: Pin, signature: Signature, namespace: MutableMapping[str, Any]) -> Applied:
    """Put the parameters that a run was given into a notebook's variables, as its injected cell did.

    Those that it was not given are the notebook's own affair: they stay as the notebook has them, and a
    difference is told.
    """
    applied = Applied()
    for name, value in pin.given.items():
        try:
            read = signature.parse if isinstance(value, str) else signature.check
            typed = read({name: value}, where=pin.stage)
        except ParameterError as error:
            applied = replace(applied, refused={**applied.refused, name: error.message})
            continue
        namespace.update(typed)
        applied = replace(applied, set={**applied.set, **typed})
    own = {n: namespace[n] for n in signature.names if n in namespace and n not in pin.given}
    now = signature.canonical(own)
    other = {n: (then, now[n]) for n, then in pin.parameters.items() if n in now and now[n] != then}
    return replace(applied, other=other)


def _reads(inputs: Mapping[str, Mapping[str, Any]]) -> str:
    return ", ".join(f"{name}{_about(record)}" for name, record in inputs.items()) or "nothing"


def _about(record: Mapping[str, Any]) -> str:
    version = f" version {record['version']}" if record.get("version") is not None else ""
    rows = f" ({record['rows']:,} rows)" if isinstance(record.get("rows"), int) else ""
    return " (there was none)" if record.get("kind") == "absent" else f"{version}{rows}"


def _values(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {_value(value)}" for name, value in values.items())


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"
