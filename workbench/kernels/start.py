"""Starts fork servers, once for each recipe, and connects to them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from workbench.kernels.folder import Place, place_of
from workbench.kernels.line import Closed, Line
from workbench.kernels.recipe import Recipe, recipe_for
from workbench.kernels.refusal import Refusal
from workbench.kernels.room import NAME, filling
from workbench.kernels.settings import KernelSettings

_AFTER_FAILURE = 600.0  # seconds before a server that died while it loaded is tried again
_LOG_LIMIT = 10**6


def expect(settings: KernelSettings) -> None:
    """See to it that a server is there soon; wait for nothing, and fail at nothing."""
    with contextlib.suppress(Refusal):  # whoever wants a kernel is told
        line, _ = _connected(recipe_for(os.environ, settings))
        line.close()


def reach(recipe: Recipe, patience: float) -> Line:
    """Return a line to a server that is ready to fork, started if there was none.

    Args:
        recipe: what the server must have been started with.
        patience: seconds to wait for one that is busy with its imports.

    Raises:
        Refusal: there is no server, or it did not answer in time.
    """
    line, begins = _connected(recipe)
    try:
        line.receive(patience)
    except TimeoutError as error:
        line.close()
        if begins or place_of(recipe.name).state.read_text(encoding="ascii") != "ready":
            raise Refusal("the fork server is still loading", passing=True) from error
        raise Refusal(
            f"the fork server did not answer within {patience:g} s; end it with: workbench kernels stop"
        ) from error
    except Closed as error:
        line.close()
        log = place_of(recipe.name).log
        raise Refusal(f"the fork server has just ended; its log: {log}", passing=not begins) from error
    return line


def _connected(recipe: Recipe) -> tuple[Line, bool]:
    """Return a line, and whether its server was started just now."""
    if not sys.platform.startswith("linux"):
        raise Refusal(f"forking a process with these libraries is not safe on {sys.platform}")
    place = place_of(recipe.name)
    line = connect(place)
    if line:
        return line, False
    with _locked(place):
        line = connect(place)  # somebody may have been faster
        if line:
            return line, False
        _check_last_start(place)
        _start(recipe, place)
        line = connect(place)
    if line is None:
        raise Refusal(f"the fork server could not be started; its log: {place.log}")
    return line, True


def connect(place: Place) -> Line | None:
    """Return a line to the server at a place, None when none listens there."""
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connected.connect(str(place.socket))
    except OSError:
        connected.close()
        return None
    line = Line(connected)
    _, uid = line.peer
    if uid != os.getuid():
        line.close()
        raise Refusal(f"the socket {place.socket} belongs to user {uid}")
    return line


@contextlib.contextmanager
def _locked(place: Place) -> Iterator[None]:
    with place.lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _check_last_start(place: Place) -> None:
    """Refuse when the last server of this recipe died while it loaded, not long ago."""
    with contextlib.suppress(FileNotFoundError):
        died = place.state.read_text(encoding="ascii") == "starting"
        if died and time.time() - place.state.stat().st_mtime < _AFTER_FAILURE:
            raise Refusal(f"the fork server died while it loaded its modules; its log: {place.log}")


def _start(recipe: Recipe, place: Place) -> None:
    """Execute a server on a socket that listens already, so that nobody needs to wait for it."""
    place.socket.unlink(missing_ok=True)
    place.recipe.write_text(recipe.to_json(), encoding="utf-8")
    place.state.write_text("starting", encoding="ascii")
    if place.log.exists() and place.log.stat().st_size > _LOG_LIMIT:
        place.log.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener, place.log.open("ab") as log:
        listener.bind(str(place.socket))
        place.socket.chmod(0o600)
        listener.listen(64)
        arguments = [str(listener.fileno()), str(place.recipe)]
        process = subprocess.Popen(
            [sys.executable, "-m", "workbench.kernels", *arguments],
            cwd=place.folder,
            env={**recipe.environment, NAME: filling()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(listener.fileno(),),
            start_new_session=True,
        )
    # The process forks the server and ends at once; somebody must take note of that.
    threading.Thread(target=process.wait, daemon=True, name="fork-server-start").start()
