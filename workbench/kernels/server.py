"""The fork server: a process that has loaded much, computes nothing, and forks kernels on request.

It has one thread of its own, which waits. A forked kernel returns from `Server.serve` and goes its own
way.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workbench.kernels.folder import Place
from workbench.kernels.fork import Child, Fork, fork_process
from workbench.kernels.line import Closed, Line
from workbench.kernels.log import say
from workbench.kernels.order import Order, order_of
from workbench.kernels.preload import Preload, resident
from workbench.kernels.process import started_at
from workbench.kernels.recipe import Recipe

_LOOK = 2.0  # seconds between two looks at what nobody tells us
_PATIENCE = 5.0  # seconds for a request to arrive whole


@dataclass
class Server:
    """Serves one recipe until it is unused, outdated, too large, or told to end."""

    listener: socket.socket
    recipe: Recipe
    place: Place
    preload: Preload
    children: dict[int, Child] = field(default_factory=dict)
    served: int = 0
    _waiting: list[Line] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)
    _used: float = field(default_factory=time.monotonic)
    _retired: str = ""
    _wakeup: tuple[int, int] = (-1, -1)
    _inode: int = 0

    def __post_init__(self) -> None:
        self._inode = self.place.socket.stat().st_ino

    def serve(self) -> Fork | None:
        """Work until the end; return None then, and in each forked kernel what it was ordered to be."""
        self._listen_to_signals()
        for _ in self._loading():
            fork = self._turn(0)
            if fork:
                return fork
        while not (self._retired and not self.children):
            fork = self._turn(_LOOK)
            if fork:
                return fork
            self._consider_ending()
        say(f"ended: {self._retired}")
        return None

    def _loading(self) -> Iterator[None]:
        import gc

        for _ in self.preload.steps():
            if self._retired:
                return
            yield
        gc.collect()
        gc.freeze()  # what is loaded stays shared: no collection will ever write to it
        for name, error in self.preload.failures.items():
            say(f"not loaded: {name}: {error}")
        if self.preload.local:
            say(f"imported fresh in each kernel: {', '.join(self.preload.local)}")
        self.place.state.write_text("ready", encoding="ascii")
        say(f"ready after {self.preload.seconds} s, {resident() >> 20} MB, {self.preload.threads} threads")

    def _listen_to_signals(self) -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        self._wakeup = (reading, writing)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.retire("it was told to by SIGTERM"))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def _turn(self, timeout: float) -> Fork | None:
        """Do what is to be done, waiting for it at most `timeout` seconds."""
        poll = select.poll()
        poll.register(self._wakeup[0], select.POLLIN)
        if not self._retired:
            poll.register(self.listener, select.POLLIN)
        lines = [*self._waiting, *(child.line for child in self.children.values() if child.line)]
        for line in lines:
            poll.register(line, select.POLLIN)
        ready = {fd for fd, _ in poll.poll(int(timeout * 1000))}
        with contextlib.suppress(BlockingIOError):
            os.read(self._wakeup[0], 4096)
        self._reap()
        for child in self.children.values():
            if child.line and child.line.fileno() in ready:
                self._left(child)
        if not self._retired and self.listener.fileno() in ready:
            self._greet()
        for line in [line for line in self._waiting if line.fileno() in ready]:
            fork = self._answer(line)
            if fork:
                return fork
        return None

    def _greet(self) -> None:
        with contextlib.suppress(OSError):
            line = Line(self.listener.accept()[0])
            pid, uid = line.peer
            if uid != os.getuid() or pid == 0:
                say(f"refused a connection of user {uid}, process {pid}")
                line.close()
                return
            self._waiting.append(line)
            with contextlib.suppress(Closed):
                line.send({"pid": os.getpid(), "ready": self.preload.done})

    def _answer(self, line: Line) -> Fork | None:
        self._waiting.remove(line)
        try:
            message = line.receive(_PATIENCE)
            asked = message.pop("ask")
            if asked == "kernel":
                return self._kernel(line, order_of(message))
            if asked == "status":
                line.send(self.status())
            elif asked == "stop":
                self.retire("it was told to")
                line.send(self.status())
        except (Closed, TimeoutError):
            pass
        line.close()
        return None

    def _kernel(self, line: Line, order: Order) -> Fork | None:
        self._used = time.monotonic()
        inventory = self.preload.inventory
        inventory.watch(order.watch)
        unsafe = self.preload.unsafe()
        if unsafe:
            line.send({"refused": unsafe})
            line.close()
            if not self.preload.starter:  # a new server would come to the same
                self.retire(unsafe)
            return None
        pid, _ = line.peer
        requester = (pid, started_at(pid))
        fresh = inventory.own_changed
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        forked = fork_process()
        if forked == 0:
            self._let_go(line)
            return Fork(order, line, requester, fresh, self.preload.variables(), mask)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        self.children[forked] = Child(forked, line, requester, order.tied)
        changed = inventory.changed()  # looked at while the kernel is on its way: it costs no time
        if changed:
            self._renew(forked, changed)
            return None
        self.served += 1
        with contextlib.suppress(Closed):
            line.send({"forked": forked, "began": started_at(forked)})
        for file in line.files:
            os.close(file)
        line.files = []
        return None

    def _renew(self, pid: int, changed: str) -> None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        child = self.children.pop(pid)
        reason = f"{changed} has changed"
        self.retire(reason)
        if child.line:
            with contextlib.suppress(Closed):
                child.line.send({"renew": reason})
            child.line.close()

    def _reap(self) -> None:
        for pid in list(self.children):
            found, status = os.waitpid(pid, os.WNOHANG)
            if not found:
                continue
            child = self.children.pop(pid)
            self._used = time.monotonic()
            if child.line:
                with contextlib.suppress(Closed):
                    child.line.send({"exit": os.waitstatus_to_exitcode(status)})
                child.line.close()

    def _left(self, child: Child) -> None:
        """See why a line has closed: a kernel does not outlive who asked for it."""
        assert child.line is not None
        with contextlib.suppress(TimeoutError):
            try:
                child.line.receive(0)
            except Closed:
                child.line.close()
                child.line = None
                if child.tied and started_at(child.requester[0]) != child.requester[1]:
                    os.kill(child.pid, signal.SIGKILL)

    def _consider_ending(self) -> None:
        if self._retired:
            return
        size = resident()
        if not self._listens():
            self.retire("its socket has vanished")
        elif size > self.recipe.memory:
            self.retire(f"it has grown to {size >> 20} MB")
        elif not self.children and time.monotonic() - self._used > self.recipe.idle:
            self.retire("nobody used it")

    def retire(self, reason: str) -> None:
        """Take no more requests; the kernels that run go on."""
        if self._retired:
            return
        say(f"retires: {reason}")
        self._retired = reason
        if self._listens():
            self.place.socket.unlink(missing_ok=True)
            self.place.state.write_text("retired", encoding="ascii")
        self.listener.close()
        for line in self._waiting:
            line.close()
        self._waiting = []

    def _listens(self) -> bool:
        """Tell whether the socket's file is still there, and still this server's."""
        try:
            return self.place.socket.stat().st_ino == self._inode
        except OSError:
            return False

    def status(self) -> dict[str, Any]:
        """Return what is known of this server, as a message."""
        return {
            "pid": os.getpid(),
            "python": self.recipe.python[0],
            "preload": list(self.recipe.preload),
            "ready": self.preload.done,
            "seconds": self.preload.seconds,
            "failures": self.preload.failures,
            "kernels": sorted(self.children),
            "served": self.served,
            "memory": resident(),
            "threads": self.preload.threads,
            "age": round(time.monotonic() - self._began, 1),
            "retired": self._retired,
            "log": str(self.place.log),
        }

    def _let_go(self, line: Line) -> None:
        """Close in a forked kernel what is the server's alone."""
        signal.set_wakeup_fd(-1)
        for file in self._wakeup:
            os.close(file)
        self.listener.close()
        others = [*self._waiting, *(child.line for child in self.children.values() if child.line)]
        for other in others:
            if other is not line:
                other.close()
