"""Turns a freshly forked process into a kernel that a cold one could not be told from."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import importlib.util
import io
import logging
import os
import random
import signal
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.kernels.honour import honour
from workbench.kernels.inventory import OWN
from workbench.kernels.known import modules_known, tell_debugger
from workbench.kernels.line import Closed, Line
from workbench.kernels.order import Order, take_over
from workbench.kernels.process import runs

if TYPE_CHECKING:
    from workbench.kernels.fork import Fork
    from workbench.kernels.room import Room

# Seconds in which the clients of a restarted kernel connect anew: ZeroMQ tries every 0.1 to 0.2 s. A cold
# kernel is busy with its imports meanwhile; this one would run a cell before the page hears its outputs.
_ANEW = 0.25


def become_kernel(fork: Fork, room: Room) -> None:
    """Be the kernel that was ordered, until it is shut down."""
    order = fork.order
    room.show(order.environment)  # first of all: from now on this process can be found
    _be_alone(fork)
    _be_where_asked(order, fork.variables)
    if fork.fresh:
        _forget_own()
    _reseed()
    honour(order.environment)
    if order.module:
        _say_bound(fork.line)
        importlib.import_module(order.module).answer()
        _leave()
    _start(order, fork)


def _be_alone(fork: Fork) -> None:
    """Take the streams of who asked, a session of one's own, and every signal's default."""
    os.setsid()
    for number, file in enumerate(fork.line.files[:3]):
        os.dup2(file, number)
    for file in fork.line.files:
        if file > 2:
            os.close(file)
    fork.line.files = []
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, fork.mask)


def _be_where_asked(order: Order, variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update({**variables, **order.environment})
    time.tzset()
    os.chdir(order.folder)
    take_over(order)
    found = importlib.util.find_spec("ipykernel_launcher")
    assert found is not None
    sys.argv = [str(found.origin), *order.arguments]
    sys.orig_argv = list(order.command)


def _forget_own() -> None:
    """Unload code of our own that was edited; the project's modules were never kept loaded."""
    for name in [name for name in sys.modules if name.partition(".")[0] == OWN]:
        del sys.modules[name]


def _reseed() -> None:
    """Draw new random state: each cold kernel has its own."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy:
        numpy.random.seed()
    torch = sys.modules.get("torch")
    if torch:
        torch.seed()


def _start(order: Order, fork: Fork) -> None:
    from ipykernel.kernelapp import IPKernelApp

    streams = _handlers()
    application = IPKernelApp.instance()
    application.parent_handle = fork.requester[0]
    application.init_poller = lambda: None  # it watches the parent process: for us, the fork server
    bind = application.init_heartbeat

    bound_at = 0.0

    def bind_and_say() -> None:
        nonlocal bound_at
        bind()
        bound_at = time.monotonic()
        _say_bound(fork.line)

    application.init_heartbeat = bind_and_say
    if len(order.arguments) == 2 and order.arguments[0] == "-f":
        application.parse_command_line = partial(_take_connection_file, application)
    if order.tied:
        threading.Thread(target=_end_with, args=fork.requester, daemon=True, name="requester").start()
    with modules_known():
        application.initialize(list(order.arguments))
    tell_debugger(application.kernel)
    for handler in streams:
        handler.setStream(sys.stderr)
    if order.again:
        time.sleep(max(0.0, bound_at + _ANEW - time.monotonic()))
    application.start()
    _leave()


def _take_connection_file(application: Any, arguments: list[str]) -> None:
    """Do as `parse_command_line` would with `-f FILE` alone, which every front end gives.

    It builds a parser of all options of all of IPython's classes first: a third of a kernel's start.
    """
    from traitlets.config.loader import Config

    application.argv, application.extra_args = arguments, []
    application.cli_config = Config({type(application).__name__: {"connection_file": arguments[1]}})
    application.update_config(application.cli_config)


def _leave() -> None:
    """End as Python ends, but without taking apart what all kernels share: that takes half a second.

    Threads are waited for, exit handlers run (IPython's drops the notebook's variables), and files that
    are still open are flushed.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()
    for each in gc.get_objects():
        if issubclass(type(each), io.IOBase):
            with contextlib.suppress(Exception):
                each.flush()
    os._exit(0)


def _say_bound(line: Line) -> None:
    """Tell who asked that the sockets are there: a client that connects now need not try again."""
    with contextlib.suppress(Closed):
        line.send({"bound": True})
    line.close()


def _end_with(pid: int, started: int) -> None:
    """End this process when the one that asked for it is gone, as a cold kernel ends with its parent."""
    while runs(pid, started):
        time.sleep(1.0)
    os._exit(1)


def _handlers() -> list[Any]:
    """Return the log handlers that libraries made for the server's stderr: they belong in the notebook."""
    loggers = [logging.root, *logging.root.manager.loggerDict.values()]
    found = [h for each in loggers if isinstance(each, logging.Logger) for h in each.handlers]
    streams = (sys.stderr, sys.stdout, sys.__stderr__, sys.__stdout__)
    return [h for h in found if isinstance(h, logging.StreamHandler) and h.stream in streams]
