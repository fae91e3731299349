"""Leases, on every database."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.ledger.conftest import Machines
from workbench.clock import ManualClock
from workbench.errors import BusyError, ConflictError
from workbench.ledger import Lease, Leases
from workbench.ledger.place import Place, here

NAME = "pipeline/training"


@pytest.fixture
def leases(machines: Machines, clock: ManualClock) -> Leases:
    """The leases as this process sees them."""
    return machines.leases(clock)


def test_a_lease_that_nobody_had_is_free(leases: Leases, ttl: timedelta) -> None:
    """It can be looked at before, and taken."""
    assert leases.look(NAME) is None
    lease = leases.acquire(NAME, "run-1", ttl)
    assert (lease.name, lease.holder, lease.token, lease.holds()) == (NAME, "run-1", 1, True)
    state = leases.look(NAME)
    assert state is not None
    assert (state.holder, state.token, state.alive, state.remaining) == ("run-1", 1, True, 10.0)


def test_a_held_lease_is_refused_with_its_holder(leases: Leases, ttl: timedelta) -> None:
    """Even to the holder itself; another name is another lease."""
    leases.acquire(NAME, "run-1", ttl)
    for holder in ("run-2", "run-1"):
        with pytest.raises(BusyError, match="held by 'run-1'") as busy:
            leases.acquire(NAME, holder, ttl)
        error = pickle.loads(pickle.dumps(busy.value))
        assert (error.lease, error.holder) == (NAME, "run-1")
    assert leases.acquire("pipeline/other", "run-2", ttl).token == 1


def test_a_released_lease_goes_on_with_a_greater_token(leases: Leases, ttl: timedelta) -> None:
    """A holder of an old token can always be told from the new one."""
    for token in (1, 2, 3):
        with leases.acquire(NAME, f"run-{token}", ttl) as lease:
            assert lease.token == token
        assert not lease.holds()
        state = leases.look(NAME)
        assert state is not None
        assert (state.holder, state.alive, state.remaining) == (f"run-{token}", False, 0.0)


def test_a_lease_lives_as_long_as_it_is_beaten(leases: Leases, clock: ManualClock, ttl: timedelta) -> None:
    """Up to its time to live since the last beat, and no longer."""
    lease = leases.acquire(NAME, "run-1", ttl)
    for _ in range(5):
        clock.advance(ttl)
        assert lease.holds()
        lease.beat()
    clock.advance(ttl + timedelta(milliseconds=1))
    assert not lease.holds()
    assert leases.acquire(NAME, "run-2", ttl).token == 2


def test_project_time_expires_nothing(leases: Leases, ttl: timedelta, clock: ManualClock) -> None:
    """A replay may leap through a year: only monotonic time counts."""
    lease = leases.acquire(NAME, "run-1", ttl)
    clock._now += timedelta(days=365)
    assert lease.holds()
    with pytest.raises(BusyError):
        leases.acquire(NAME, "run-2", ttl)


def test_an_expired_lease_that_nobody_took_is_saved_by_a_beat(
    leases: Leases, clock: ManualClock, ttl: timedelta
) -> None:
    """A machine that slept goes on, if nobody else began."""
    lease = leases.acquire(NAME, "run-1", ttl)
    clock.advance(ttl * 3)
    assert not lease.holds()
    lease.beat()
    assert lease.holds()


def test_a_holder_that_was_thought_dead_is_fenced_off(
    leases: Leases, clock: ManualClock, ttl: timedelta
) -> None:
    """It cannot beat, does not hold, and its release leaves the new holder alone."""
    old = leases.acquire(NAME, "run-1", ttl)
    clock.advance(ttl * 2)
    new = leases.acquire(NAME, "run-2", ttl)
    assert not old.holds()
    with pytest.raises(ConflictError, match="taken over by 'run-2'") as taken:
        old.beat()
    assert (taken.value.lease, taken.value.holder) == (NAME, "run-2")
    old.release()
    assert new.holds()


def test_a_released_lease_cannot_be_beaten(leases: Leases, ttl: timedelta) -> None:
    """Release is final, and harmless when repeated."""
    lease = leases.acquire(NAME, "run-1", ttl)
    lease.release()
    lease.release()
    with pytest.raises(ConflictError, match="was released"):
        lease.beat()


def test_a_process_that_ended_holds_nothing(machines: Machines, clock: ManualClock, ttl: timedelta) -> None:
    """On its own machine nobody waits for a dead holder's lease to expire."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        born = Place("here", process.pid, "")
        theirs = machines.leases(clock, place=born).acquire(NAME, "run-1", ttl)
        mine = machines.leases(clock)
        with pytest.raises(BusyError):
            mine.acquire(NAME, "run-2", ttl)
        process.kill()
    state = mine.look(NAME)
    assert state is not None
    assert not state.alive
    assert mine.acquire(NAME, "run-2", ttl).token == theirs.token + 1


def test_a_process_number_used_again_is_another_process(
    machines: Machines, clock: ManualClock, ttl: timedelta
) -> None:
    """A process of that number that started at another time is not the holder."""
    other = Place("here", os.getpid(), born="1")
    machines.leases(clock, place=other).acquire(NAME, "run-1", ttl)
    assert machines.leases(clock).acquire(NAME, "run-2", ttl).token == 2


class TestFromAnotherMachine:
    """Its clock says nothing about ours, and its processes cannot be seen."""

    def test_a_lease_is_alive_until_its_beats_stood_still(
        self, machines: Machines, clock: ManualClock, ttl: timedelta
    ) -> None:
        """The observer needs to see the whole time to live pass, by its own clock."""
        far = ManualClock(clock.now())
        far.advance(timedelta(days=400))
        machines.leases(far, machine="there").acquire(NAME, "run-1", ttl)
        mine = machines.leases(clock)
        for _ in range(2):
            with pytest.raises(BusyError):
                mine.acquire(NAME, "run-2", ttl)
            clock.advance(ttl / 2)
        assert _alive(mine)
        clock.advance(timedelta(milliseconds=1))
        assert not _alive(mine)
        assert mine.acquire(NAME, "run-2", ttl).token == 2

    def test_each_beat_starts_the_observation_anew(
        self, machines: Machines, clock: ManualClock, ttl: timedelta
    ) -> None:
        """A holder that beats is alive, however long it is watched."""
        lease = machines.leases(ManualClock(clock.now()), machine="there").acquire(NAME, "run-1", ttl)
        mine = machines.leases(clock)
        for _ in range(4):
            assert _alive(mine)
            clock.advance(ttl)
            lease.beat()
        assert _alive(mine)

    def test_what_was_seen_outlives_the_observer(
        self, machines: Machines, clock: ManualClock, ttl: timedelta
    ) -> None:
        """The next command on a machine goes on from what the one before saw."""
        machines.leases(ManualClock(clock.now()), machine="there").acquire(NAME, "run-1", ttl)
        with pytest.raises(BusyError):
            machines.leases(clock).acquire(NAME, "run-2", ttl)
        clock.advance(ttl * 2)
        assert machines.leases(clock).acquire(NAME, "run-3", ttl).token == 2

    def test_what_one_machine_saw_says_nothing_to_another(
        self, machines: Machines, clock: ManualClock, ttl: timedelta
    ) -> None:
        """Monotonic time is a machine's own."""
        machines.leases(ManualClock(clock.now()), machine="there").acquire(NAME, "run-1", ttl)
        _alive(machines.leases(clock))
        clock.advance(ttl * 2)
        third = machines.leases(clock, machine="a third")
        assert _alive(third)

    def test_a_released_lease_is_free_at_once(
        self, machines: Machines, clock: ManualClock, ttl: timedelta
    ) -> None:
        """A release needs no observation."""
        machines.leases(ManualClock(clock.now()), machine="there").acquire(NAME, "run-1", ttl).release()
        assert machines.leases(clock).acquire(NAME, "run-2", ttl).holds()


def _alive(leases: Leases) -> bool:
    state = leases.look(NAME)
    assert state is not None
    return state.alive


def test_of_many_who_ask_at_once_one_gets_it(machines: Machines, clock: ManualClock, ttl: timedelta) -> None:
    """The others are told who has it."""
    seen_by = [machines.leases(clock) for _ in range(8)]
    start = threading.Barrier(8)

    def ask(number: int) -> Lease | BusyError:
        start.wait()
        try:
            return seen_by[number].acquire(NAME, f"run-{number}", ttl)
        except BusyError as error:
            return error

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    got = [answer for answer in answers if isinstance(answer, Lease)]
    refused = [answer for answer in answers if isinstance(answer, BusyError)]
    assert len(got) == 1
    assert {error.holder for error in refused} == {got[0].holder}


def test_this_process_is_where_it_says() -> None:
    """The default place is a process that has not ended."""
    assert here().pid == os.getpid()
    assert not here().gone()
    assert here() == here()
