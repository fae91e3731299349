"""Stands outside a kernel and ends it when it runs too long, freezes, or is told to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from dataclasses import dataclass

from workbench.pipeline.kernel import Usage, kill_group
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.silence import Silence

_TICK = 0.1  # seconds between two looks
_GRACE = 2.0  # seconds between an interrupt and the kill
_USAGE_EVERY = 1.0  # seconds between two samples of CPU and memory


@dataclass(frozen=True)
class Verdict:
    """Why the watchdog ended a kernel."""

    outcome: Outcome
    reason: str


class Watchdog(threading.Thread):
    """Watches one kernel in a thread of its own, so that nothing in the runner's loop can blind it.

    Args:
        pid: the kernel's process, leader of its group.
        heartbeat_address: the kernel's heartbeat socket; it answers even while Python holds the GIL,
            and stops answering when the process is stopped.
        timeout: seconds that the attempt may take in all.
        heartbeat: seconds between two heartbeats; after two missed ones the kernel counts as frozen.
    """

    def __init__(self, pid: int, heartbeat_address: str, *, timeout: float, heartbeat: float) -> None:
        super().__init__(name=f"watchdog-{pid}", daemon=True)
        self.usage = Usage()
        self.verdict: Verdict | None = None
        self._pid = pid
        self._address = heartbeat_address
        self._timeout = timeout
        self._heartbeat = heartbeat
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._ready = threading.Event()
        self._stop_reason: str | None = None

    def request_stop(self, reason: str) -> None:
        """Ask for the kernel to be ended; returns at once."""
        self._stop_reason = reason

    def ready(self) -> None:
        """Say that the kernel has answered for the first time; from now on its silence means something."""
        self._ready.set()

    def end(self) -> None:
        """Stop watching, after a last look at what the kernel used."""
        if not self._ended.is_set():
            self.usage.sample(self._pid)
        self._ended.set()
        self.join()

    def run(self) -> None:
        """Look at the kernel until it is ended, by us or by its work."""
        pulse = _Pulse(self._address, self._heartbeat, self._ready)
        sampled = 0.0
        try:
            while not self._ended.wait(_TICK):
                now = time.monotonic()
                if now - sampled >= _USAGE_EVERY:
                    self.usage.sample(self._pid)
                    sampled = now
                verdict = self._judge(now, pulse)
                if verdict:
                    self._kill(verdict)
                    return
        finally:
            pulse.close()

    def _judge(self, now: float, pulse: _Pulse) -> Verdict | None:
        if self._stop_reason is not None:
            return Verdict(Outcome.INTERRUPTED, self._stop_reason)
        if now - self._began > self._timeout:
            return Verdict(Outcome.TIMED_OUT, f"ran longer than its timeout of {self._timeout:g} s")
        if pulse.missed(now) >= 2:
            quiet = 2 * self._heartbeat
            return Verdict(Outcome.TIMED_OUT, f"frozen: its kernel gave no sign of life for {quiet:g} s")
        return None

    def _kill(self, verdict: Verdict) -> None:
        self.usage.sample(self._pid)
        self.verdict = verdict
        if verdict.outcome is Outcome.INTERRUPTED:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGINT)
            self._ended.wait(_GRACE)
        kill_group(self._pid)


class _Pulse:
    """Counts the heartbeats that a kernel failed to answer in a row."""

    def __init__(self, address: str, interval: float, ready: threading.Event) -> None:
        import zmq

        self._zmq = zmq
        self._context = zmq.Context()
        self._address = address
        self._interval = interval
        self._ready = ready
        self._answered = time.monotonic()
        self._silence = Silence(interval / 2, self._answered)
        self._asked = False
        self._socket = self._connect()

    def missed(self, now: float) -> int:
        silent = self._silence.look(now)
        if not self._ready.is_set():
            self._answered = now
        elif not self._asked:
            if now - self._answered >= min(self._interval / 4, 1.0):
                self._socket.send(b"ping")
                self._asked = True
        elif not self._socket.poll(0):
            return int(silent / self._interval)
        else:
            self._socket.recv()
            self._asked, self._answered = False, now
        self._silence.end()
        return 0

    def close(self) -> None:
        self._socket.close(0)
        self._context.term()

    def _connect(self) -> zmq.Socket[bytes]:  # type: ignore[name-defined] # noqa: F821
        socket = self._context.socket(self._zmq.REQ)
        socket.linger = 0
        socket.connect(self._address)
        return socket
