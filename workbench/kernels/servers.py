"""The fork servers of this user: what they do, and how to end them."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass, field

from workbench.kernels.folder import Place, place_of, places, runtime_folder
from workbench.kernels.line import Closed
from workbench.kernels.process import command_lines
from workbench.kernels.recipe import recipe_for
from workbench.kernels.refusal import Refusal
from workbench.kernels.settings import KernelSettings
from workbench.kernels.start import connect, reach

_PATIENCE = 10.0  # seconds for a server that is busy with an import


@dataclass(frozen=True)
class ServerState:
    """A fork server, as it describes itself.

    Attributes:
        ready: all its modules are loaded; before that it forks with those that are.
        seconds: that loading took.
        failures: modules that could not be imported, with the error.
        kernels: process ids of the kernels that run.
        served: kernels forked so far.
        memory: bytes that it has in use.
        age: seconds since it was started.
        answers: False for a server that does not answer; all else is unknown then.
    """

    name: str
    log: str
    answers: bool = True
    pid: int = 0
    python: str = ""
    preload: tuple[str, ...] = ()
    ready: bool = False
    seconds: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)
    kernels: tuple[int, ...] = ()
    served: int = 0
    memory: int = 0
    age: float = 0.0


def servers() -> list[ServerState]:
    """Return the fork servers that listen.

    Raises:
        Refusal: there is no private folder for them.
    """
    found = (_ask(place, "status") for place in places())
    return [state for state in found if state]


def start_server(settings: KernelSettings, patience: float = 120.0) -> ServerState:
    """Return the server of a project's kernels, started if need be, when it has loaded everything.

    Args:
        settings: those of the project.
        patience: seconds to wait for it.

    Raises:
        Refusal: it cannot be started, or is not ready in time.
    """
    recipe = recipe_for(os.environ, settings)
    place = place_of(recipe.name)
    end = time.monotonic() + patience
    while time.monotonic() < end:
        reach(recipe, patience).close()
        state = _ask(place, "status")
        if state and state.ready:
            return state
        time.sleep(0.1)
    raise Refusal(f"the fork server is not ready after {patience:g} s; its log: {place.log}")


def stop_servers() -> list[ServerState]:
    """End every fork server; kernels that run go on, and a server's process with them.

    Raises:
        Refusal: there is no private folder for them.
    """
    stopped = []
    for place in places():
        state = _ask(place, "stop")
        if state and not state.answers:
            _kill(place)
        if state:
            stopped.append(state)
    for path in runtime_folder().glob("*.state"):  # one that died while it loaded may be tried again
        path.unlink(missing_ok=True)
    return stopped


def _ask(place: Place, question: str) -> ServerState | None:
    line = connect(place)
    if line is None:
        return None
    try:
        line.receive(_PATIENCE)
        line.send({"ask": question})
        told = line.receive(_PATIENCE)
    except (Closed, TimeoutError):
        return ServerState(place.name, str(place.log), answers=False)
    finally:
        line.close()
    known = {name: told[name] for name in ServerState.__dataclass_fields__ if name in told}
    lists = {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
    return ServerState(**{"name": place.name, **known, **lists})


def _kill(place: Place) -> None:
    """End a server that hangs: its process is the one that has the recipe in its command line."""
    for pid, words in command_lines():
        if str(place.recipe) in words and "workbench.kernels" in words:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    place.socket.unlink(missing_ok=True)
