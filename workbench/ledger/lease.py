"""Leases: who is at work on what, with a token that fences off whoever was thought dead.

A lease expires by monotonic time, never by the wall clock. In the holder's own place the two read the
same monotonic clock, and a process that has ended holds nothing any more. From any other place an
observer must see the holder's beats stand still for the whole of its time to live; what it saw is
kept in the database, so that the next command on that machine goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from workbench.clock import Clock
from workbench.errors import BusyError, ConflictError
from workbench.ledger.database import Database, Execute, Turn
from workbench.ledger.place import Place, here


class _Row(NamedTuple):
    name: str
    token: int
    holder: str
    released: int
    ttl: float
    beats: int
    beaten: float
    place: str
    pid: int
    born: str


_SELECT = f"SELECT {', '.join(_Row._fields)} FROM leases WHERE name = :name"  # noqa: S608  our own columns
_INSERT = (
    f"INSERT INTO leases ({', '.join(_Row._fields)}) "  # noqa: S608  our own columns
    f"VALUES ({', '.join(f':{name}' for name in _Row._fields)})"
)
_REMOVE = "DELETE FROM leases WHERE name = :name"
_BEAT = "UPDATE leases SET beats = beats + 1, beaten = :now WHERE name = :name AND token = :token"
_RELEASE = "UPDATE leases SET released = 1 WHERE name = :name AND token = :token"
_SIGHTING = "SELECT token, beats, seen FROM lease_sightings WHERE name = :name AND place = :place"
_FORGET = "DELETE FROM lease_sightings WHERE name = :name AND (place = :place OR token <> :token)"
_SIGHT = (
    "INSERT INTO lease_sightings (name, place, token, beats, seen) "
    "VALUES (:name, :place, :token, :beats, :now)"
)


@dataclass(frozen=True)
class LeaseState:
    """A lease as an observer sees it.

    Attributes:
        holder: who has it, or had it last.
        token: grows with every new holder.
        alive: whether nobody else can have it.
        remaining: seconds until it expires unless it is beaten; 0 when it is not alive.
    """

    name: str
    holder: str
    token: int
    alive: bool
    remaining: float = 0.0


@dataclass(frozen=True)
class Lease:
    """A lease in hand. Beat it more often than its time to live; release it, or use it in `with`."""

    name: str
    holder: str
    token: int
    _leases: Leases = field(repr=False, compare=False)

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def beat(self) -> None:
        """Say that the holder lives; a lease that expired is saved when nobody took it.

        Raises:
            ConflictError: it was released, or somebody else took it.
        """
        self._leases._beat(self)

    def holds(self) -> bool:
        """Return whether it is still this holder's: not released, not taken, not expired."""
        return self._leases._holds(self)

    def release(self) -> None:
        """Give it back; does nothing when it is lost already."""
        self._leases._release(self)


class Leases:
    """The table `leases`.

    Args:
        database: where the table is.
        clock: its monotonic time is what leases live by.
        place: tells which process this is.
    """

    def __init__(self, database: Database, clock: Clock, place: Callable[[], Place] = here) -> None:
        self._database = database
        self._clock = clock
        self._place = place

    def acquire(self, name: str, holder: str, ttl: timedelta) -> Lease:
        """Take a lease that is free, released or expired.

        Args:
            name: what it is for, for example `pipeline/training`.
            holder: who takes it, for example a run.
            ttl: how long it lives without a beat.

        Raises:
            BusyError: somebody alive holds it.
        """
        with self._database.write(Turn.LEASES) as execute:
            row = _select(execute, name)
            state = None if row is None else self._judge(row, execute)
            token = 1 if row is None else row.token + 1
            if state is None or not state.alive:
                execute(_REMOVE, {"name": name})
                execute(_INSERT, self._new(name, holder, ttl, token)._asdict())
        if state is not None and state.alive:  # outside, so that what was seen is kept
            raise BusyError(
                f"Lease {name!r} is held by {state.holder!r}, but {holder!r} asked for it.",
                hint=f"Wait until it is released; if it has died, for {state.remaining:.0f} s.",
                lease=name,
                holder=state.holder,
            )
        return Lease(name, holder, token, self)

    def look(self, name: str) -> LeaseState | None:
        """Return how a lease stands, or None when nobody ever had it."""
        with self._database.read() as execute:
            row = _select(execute, name)
        if row is None:
            return None
        if row.released or row.place == self._place().name:
            return self._judge_here(row)
        with self._database.write(Turn.LEASES) as execute:
            row = _select(execute, name)
            return None if row is None else self._judge(row, execute)

    def close(self) -> None:
        """Let go of the database; leases in hand stay held until they expire."""
        self._database.close()

    def _new(self, name: str, holder: str, ttl: timedelta, token: int) -> _Row:
        place = self._place()
        now = self._clock.monotonic()
        return _Row(name, token, holder, 0, ttl.total_seconds(), 0, now, place.name, place.pid, place.born)

    def _judge(self, row: _Row, execute: Execute) -> LeaseState:
        place = self._place().name
        if row.released or row.place == place:
            return self._judge_here(row)
        return _state(row, self._since_sighting(row, place, execute))

    def _judge_here(self, row: _Row) -> LeaseState:
        if row.released or Place(row.place, row.pid, row.born).gone():
            return _state(row, None)
        return _state(row, self._clock.monotonic() - row.beaten)

    def _since_sighting(self, row: _Row, place: str, execute: Execute) -> float:
        """Return for how many seconds this place has seen the beats of a distant holder stand still."""
        now = self._clock.monotonic()
        values: dict[str, Any] = {"name": row.name, "place": place}
        for token, beats, seen in execute(_SIGHTING, values):
            if (token, beats) == (row.token, row.beats):
                return now - float(seen)
        execute(_FORGET, {**values, "token": row.token})
        execute(_SIGHT, {**values, "token": row.token, "beats": row.beats, "now": now})
        return 0.0

    def _beat(self, lease: Lease) -> None:
        with self._database.write(Turn.LEASES) as execute:
            row = _select(execute, lease.name)
            if row is not None and row.token == lease.token and not row.released:
                now = self._clock.monotonic()
                execute(_BEAT, {"name": lease.name, "token": lease.token, "now": now})
                return
        taken = row is not None and row.token != lease.token
        what = f"was taken over by {row.holder!r}" if row and taken else "was released"
        raise ConflictError(
            f"Lease {lease.name!r} of {lease.holder!r} {what}, so it cannot be beaten.",
            hint="Stop what it was for, and acquire it anew.",
            lease=lease.name,
            holder=row.holder if row and taken else None,
        )

    def _holds(self, lease: Lease) -> bool:
        with self._database.read() as execute:
            row = _select(execute, lease.name)
        if row is None or row.token != lease.token or row.released:
            return False
        return self._clock.monotonic() - row.beaten <= row.ttl

    def _release(self, lease: Lease) -> None:
        with self._database.write(Turn.LEASES) as execute:
            execute(_RELEASE, {"name": lease.name, "token": lease.token})


def _select(execute: Execute, name: str) -> _Row | None:
    rows = execute(_SELECT, {"name": name})
    return _Row(*rows[0]) if rows else None


def _state(row: _Row, silent: float | None) -> LeaseState:
    """Return the state of a lease whose holder was silent for so many seconds; None: it is gone."""
    alive = silent is not None and silent <= row.ttl
    remaining = max(row.ttl - silent, 0.0) if alive and silent is not None else 0.0
    return LeaseState(row.name, row.holder, row.token, alive, remaining)
