"""Starts runs as processes of their own, under the name of the person who asked, and watches them."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from workbench.errors import BusyError, StorageError, UsageError
from workbench.ledger.actor import ACTOR, local_actor
from workbench.pipeline.request import Requests
from workbench.project import load_project

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.runs import RunSummary
    from workbench.insight.store import Store

_COMMAND = "import sys; from workbench.cli.main import main; sys.exit(main())"
_SAID = 8000  # characters of what a process said
_FOLDER = "launched"


@dataclass(frozen=True)
class LaunchRequest:
    """What is to run.

    Attributes:
        parameters: stage → name → text, only those that are to differ from what is declared.
        start: the first stage; the first one of the pipeline when empty.
        until: the last stage; the last one of the pipeline when empty.
        force: whether to run also what is unchanged.
        resume: the run that is to go on, with what it was asked for; the rest counts for nothing then.
    """

    pipeline: str
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    start: str = ""
    until: str = ""
    force: bool = False
    resume: str = ""

    def words(self) -> list[str]:
        """Return the command that it stands for, behind `workbench`."""
        if self.resume:
            return ["resume", self.resume]
        given = [f"{s}.{name}={text}" for s, texts in self.parameters.items() for name, text in texts.items()]
        words = ["run", self.pipeline, *(word for one in given for word in ("--parameter", one))]
        words += ["--from", self.start] if self.start else []
        words += ["--until", self.until] if self.until else []
        return [*words, *(["--force"] if self.force else [])]


@dataclass(frozen=True)
class Launched:
    """A run that was asked for here.

    Attributes:
        id: of the launch, not of the run.
        actor: under whose name it stands in the ledger.
        after: the position in the ledger after which its run begins.
        log: what the process says.
    """

    id: str
    request: LaunchRequest
    person: str
    actor: str
    after: int
    process: subprocess.Popen[bytes]
    log: Path


@dataclass(frozen=True)
class Progress:
    """How a launched run stands.

    Attributes:
        run: None until it begins.
        code: the process's exit code; None while it lives.
        said: the end of what the process said.
    """

    launched: Launched
    run: RunSummary | None
    code: int | None
    said: str


def check_launch(store: Store, person: Person, request: LaunchRequest) -> None:
    """Check a request against the project as it is now, and start nothing.

    Raises:
        AccessError: the person may not launch runs.
        UsageError: a pipeline, stage or parameter is not what the project declares.
        BusyError: the pipeline is running already.
    """
    person.require("launch")
    if request.resume:
        store.run(request.resume)
    else:
        Requests(load_project(store.project.root)).pipeline(
            request.pipeline,
            request.parameters,
            start=request.start or None,
            until=request.until or None,
            force=request.force,
        )
    for run in store.runs():
        if run.outcome is None and run.pipeline == request.pipeline:
            raise BusyError(
                f"Pipeline {request.pipeline!r} is already running, as {run.id}.",
                hint="Wait until it has ended, or stop it where it runs.",
                lease=f"pipeline/{request.pipeline}",
                holder=run.id,
            )


def launch(store: Store, person: Person, request: LaunchRequest) -> Launched:
    """Start a run in a process that lives on when the dashboards end.

    Raises:
        AccessError: the person may not launch runs.
        UsageError: something asked for is not what the project declares; nothing was started.
        BusyError: the pipeline is running already.
        StorageError: the process cannot be started, or the ledger not be read.
    """
    check_launch(store, person, request)
    name = secrets.token_hex(6)
    log = store.project.layout.state / _FOLDER / f"{name}.log"
    after = store.ledger.head().position
    environment, actor = _as(person)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as stream:
            process = subprocess.Popen(
                [sys.executable, "-c", _COMMAND, *request.words()],
                cwd=store.project.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise StorageError(
            f"The run could not be started: {error.strerror or error}.",
            hint="Look for free memory and disk on the machine of the dashboards.",
            store=str(log),
        ) from error
    launched = Launched(name, request, person.name, actor, after, process, log)
    with _lock:
        _all.setdefault(store, []).append(launched)
    return launched


def launches(store: Store, person: Person) -> tuple[Progress, ...]:
    """Return how the runs stand that were launched here since the server started, the newest first.

    Raises:
        AccessError: the person may not launch runs.
    """
    person.require("launch")
    with _lock:
        found = list(_all.get(store, ()))
    return tuple(progress(store, person, launched) for launched in reversed(found))


def progress(store: Store, person: Person, launched: Launched) -> Progress:
    """Return how a launched run stands.

    Raises:
        AccessError: the person may not launch runs.
    """
    person.require("launch")
    code = launched.process.poll()
    return Progress(launched, _run_of(store, launched), code, _said(launched.log))


def stop(store: Store, person: Person, launched: Launched) -> None:  # noqa: ARG001 - as all of its kind
    """End a launched run: what it committed stays, what was under way is recorded as interrupted.

    It returns at once; the run's end follows in the ledger.

    Raises:
        AccessError: the person may not launch runs, hence not stop them.
    """
    person.require("launch")
    if launched.process.poll() is None:  # a kernel's children hear no SIGINT
        launched.process.terminate()


def _run_of(store: Store, launched: Launched) -> RunSummary | None:
    """Return its run: the first of that pipeline and person since; a pipeline runs once at a time."""
    name = _runs.get(launched.id)
    if name is None:
        try:
            began = store.ledger.find(kinds=("run.started", "run.resumed"), after=launched.after)
        except StorageError:
            return None
        pipeline, resumed = launched.request.pipeline, f"run/{launched.request.resume}"
        own = [event for event in began if event.actor == launched.actor]
        fits = [e for e in own if e.stream == resumed or e.data.get("pipeline") == pipeline]
        if not fits:
            return None
        name = _runs[launched.id] = fits[0].stream.partition("/")[2]
    return next((run for run in store.runs() if run.id == name), None)


def _as(person: Person) -> tuple[dict[str, str], str]:
    """Return the environment in which a process acts for a person, and how the ledger names that."""
    here = local_actor()
    environment = dict(os.environ)
    if person.actor == here:
        return environment, here
    if " via " in person.actor or not person.actor.isprintable():
        raise UsageError(
            f"{person.actor!r} cannot stand in the record as a name.",
            hint="Give the person another name in [access.users].",
        )
    signed_in = here.rpartition(" via ")[2]
    return {**environment, ACTOR: person.actor}, f"{person.actor} via {signed_in}"


def _said(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _SAID))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


_lock = threading.Lock()
_all: WeakKeyDictionary[Store, list[Launched]] = WeakKeyDictionary()
_runs: dict[str, str] = {}
