"""Does what was claimed, once: by whoever comes first, and again only if that one died before it began."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import NamedTuple

from workbench.errors import BusyError, ConflictError, WorkbenchError
from workbench.ledger import Append, Ledger, NewEvent
from workbench.ledger.actor import ACTOR as ACTOR_VARIABLE
from workbench.pipeline.heart import Heart
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.reporter import Reporter
from workbench.project import load_project
from workbench.scheduling.checkout import checkout, full_commit
from workbench.scheduling.claim import ACTOR, JUDGE, LIVE, MONITOR, PIPELINE, Claim
from workbench.workspace import Workspace

BEAT = 5.0
"""Seconds between two beats of who is at work on a claim."""


class Done(NamedTuple):
    """What became of a claim."""

    outcome: str
    reason: str = ""


def perform(workspace: Workspace, claim: Claim, reporter: Reporter | None = None) -> Done | None:
    """Do what was claimed and record its end.

    Returns:
        What became of it; None when it is over already, somebody else is at it, or it has to wait.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}"
    try:
        lease = workspace.leases.acquire(lease_of(claim), holder, timedelta(seconds=4 * BEAT))
    except BusyError:
        return None
    try:
        with Heart(lease, BEAT), _acting():
            begun = claim.action == PIPELINE and has_begun(workspace.ledger, claim)
            if begun or is_over(workspace.ledger, claim):
                return None
            done = _done(workspace, claim, reporter)
            if done is not None:
                end(workspace.ledger, claim, done)
            return done
    finally:
        lease.release()


def lease_of(claim: Claim) -> str:
    """Return the name of the lease of whoever is at work on a claim."""
    return f"claim/{claim.run}"


def has_begun(ledger: Ledger, claim: Claim) -> bool:
    """Return whether a run with the claim's id was ever started."""
    return bool(ledger.version(f"run/{claim.run}"))


def is_over(ledger: Ledger, claim: Claim) -> bool:
    """Return whether the end of a claim is in the ledger."""
    return bool(ledger.find(kinds=(claim.ended,), key=claim.run, limit=1))


def end(ledger: Ledger, claim: Claim, done: Done) -> None:
    """Record what became of a claim, once."""
    data = {
        claim.origin: claim.name,
        "due": claim.due.isoformat(),
        "run": claim.run,
        "outcome": done.outcome,
        "reason": done.reason,
    }
    event = NewEvent(claim.ended, data, subject=claim.name, key=claim.run)
    while True:
        version = ledger.version(claim.stream)
        if is_over(ledger, claim):
            return
        with suppress(ConflictError):
            ledger.append(Append(claim.stream, version, (event,)), actor=ACTOR)
            return


def _done(workspace: Workspace, claim: Claim, reporter: Reporter | None) -> Done | None:
    try:
        return _ACTIONS[claim.action](workspace, claim, reporter)
    except BusyError:
        return None
    except WorkbenchError as error:
        if claim.action == PIPELINE and has_begun(workspace.ledger, claim):
            return None  # the run's own record tells what became of it
        return Done(Outcome.FAILED.value, error.message)
    except Exception as error:
        if claim.action != PIPELINE or not has_begun(workspace.ledger, claim):
            end(workspace.ledger, claim, Done(Outcome.FAILED.value, f"{type(error).__name__}: {error}"))
        raise


def _run(workspace: Workspace, claim: Claim, reporter: Reporter | None) -> Done:
    with _code(workspace, claim) as place:
        state = place.run(
            claim.target,
            overrides=claim.parameters,
            reason=claim.reason,
            run=claim.run,
            reporter=reporter,
        )
    outcome = state.outcome or Outcome.LOST
    return Done(outcome.value, state.reason)


@contextmanager
def _code(workspace: Workspace, claim: Claim) -> Iterator[Workspace]:
    """Yield the project as it is, or as it was in the commit that is pinned."""
    if claim.commit == LIVE:
        yield workspace
        return
    root = checkout(workspace.project, full_commit(workspace.project.root, claim.commit))
    with Workspace(load_project(root), workspace.clock) as pinned:
        yield pinned


def _monitor(workspace: Workspace, claim: Claim, reporter: Reporter | None) -> Done:
    """Look at the window that had ended when it was due; again when somebody died over it."""
    from workbench.monitoring.span import asked_span
    from workbench.monitoring.watch import watch

    config = workspace.project.model(claim.target).monitoring
    span = asked_span(None, None, now=claim.due, length=config.window, timezone=config.timezone)
    watched = watch(
        workspace,
        claim.target,
        since=span.since,
        until=span.until,
        reason=claim.reason,
        run=None if has_begun(workspace.ledger, claim) else claim.run,
        reporter=reporter,
    )
    verdict = watched.report.verdict().value if watched.report else watched.run.reason
    return Done((watched.run.outcome or Outcome.LOST).value, f"the window: {verdict}")


def _judge(workspace: Workspace, claim: Claim, _reporter: Reporter | None) -> Done:
    from workbench.monitoring.judgement.judge import judge

    judgement = judge(workspace, claim.target)
    return Done(Outcome.SUCCEEDED.value, judgement.reason if judgement else "nobody challenges")


_ACTIONS: dict[str, Callable[[Workspace, Claim, Reporter | None], Done]] = {
    PIPELINE: _run,
    MONITOR: _monitor,
    JUDGE: _judge,
}


@contextmanager
def _acting() -> Iterator[None]:
    """Let what is recorded meanwhile say that the scheduler did it, on behalf of who started it."""
    before = os.environ.get(ACTOR_VARIABLE)
    os.environ[ACTOR_VARIABLE] = ACTOR
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(ACTOR_VARIABLE, None)
        else:
            os.environ[ACTOR_VARIABLE] = before
