"""Starts claims as processes of their own, which live on when the scheduler dies."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from workbench.errors import BusyError, ConflictError
from workbench.ledger.lease import Lease, Leases
from workbench.project import Project
from workbench.scheduling.claim import PIPELINE, Claim
from workbench.scheduling.perform import lease_of

_TTL = timedelta(seconds=60)
_PATIENCE = 30.0
"""Seconds before what died without a word is started again."""


@dataclass(frozen=True)
class Ended:
    """A process that has ended.

    Attributes:
        code: its exit code; negative, the number of the signal that ended it.
        log: the file of what it said.
    """

    claim: Claim
    code: int
    log: Path


@dataclass(frozen=True)
class _Child:
    claim: Claim
    process: subprocess.Popen[bytes]
    lease: Lease
    log: Path


class Crew:
    """The processes that one scheduler has started.

    A lease keeps other schedulers from starting the same one while this one lives. Should both do it all the
    same, one of the two processes finds the claim taken, and ends.

    Args:
        leases: who is at work on what; they stay open as long as the crew does.
    """

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._children: dict[str, _Child] = {}
        self._later: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._children)

    def start(self, project: Project, claim: Claim) -> bool:
        """Start a process for a claim, unless somebody is at it or it has to wait for another run."""
        if claim.run in self._children or time.monotonic() < self._later.get(claim.run, 0.0):
            return False
        if any(self._alive(name) for name in _needed(claim)):
            return False
        try:
            holder = f"{socket.gethostname()}:{os.getpid()}"
            lease = self._leases.acquire(f"start/{claim.run}", holder, _TTL)
        except BusyError:
            return False
        log = project.layout.state / "schedules" / f"{claim.run}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "workbench.scheduling", claim.origin, claim.name, claim.run]
        with log.open("ab") as stream:
            process = subprocess.Popen(
                command,
                cwd=project.root,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._children[claim.run] = _Child(claim, process, lease, log)
        return True

    def settle(self) -> list[Ended]:
        """Say that those that live are looked after, and return those that have ended."""
        ended = []
        for run, child in list(self._children.items()):
            code = child.process.poll()
            if code is None:
                with suppress(ConflictError):  # somebody thought this scheduler dead
                    child.lease.beat()
                continue
            child.lease.release()
            del self._children[run]
            if code:
                self._later[run] = time.monotonic() + _PATIENCE
            ended.append(Ended(child.claim, code, child.log))
        return ended

    def _alive(self, name: str) -> bool:
        lease = self._leases.look(name)
        return lease is not None and lease.alive


def _needed(claim: Claim) -> tuple[str, ...]:
    """Return the leases that must be free."""
    own = (lease_of(claim),)
    return (*own, f"pipeline/{claim.target}") if claim.action == PIPELINE else own
