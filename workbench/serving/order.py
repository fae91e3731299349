"""What a supervisor and its workers say to one another."""

from __future__ import annotations

from typing import Any

import msgspec


class WorkerSettings(msgspec.Struct, frozen=True):
    """What a worker is told on its command line.

    Attributes:
        root: the project's folder.
        slot: the worker's number, from 0; its successor has the same.
        workers: how many share the work.
        listening: the descriptor of the socket that all accept from.
        control: the descriptor of its channel.
        counted: the folder that all count in.
    """

    root: str
    slot: int
    workers: int
    listening: int
    control: int
    counted: str
    models: tuple[str, ...]


class Split(msgspec.Struct, frozen=True):
    """What serves of one model.

    Attributes:
        share: the challenger's, from 0 to 1.
    """

    model: str
    champion: int
    challenger: int | None = None
    share: float = 0.0
    shadows: tuple[int, ...] = ()

    @property
    def versions(self) -> tuple[int, ...]:
        """Every version that serves, each once."""
        named = (self.champion, self.challenger, *self.shadows)
        return tuple(dict.fromkeys(number for number in named if number is not None))


class Loadable(msgspec.Struct, frozen=True):
    """A version as a worker needs it to load its files; it asks no ledger.

    Attributes:
        record: the record of its files.
    """

    model: str
    number: int
    fingerprint: str
    run: str
    stage: str
    at: str
    actor: str
    record: dict[str, Any]
    parameters: dict[str, Any]


class Prepare(msgspec.Struct, frozen=True, tag="prepare"):
    """Load what an order needs, and say when that is done.

    Attributes:
        number: of the order; a greater one makes a smaller one void.
        splits: what shall serve.
        versions: what shall be loaded: what serves, and what a rollback may want.
    """

    number: int
    splits: tuple[Split, ...]
    versions: tuple[Loadable, ...]


class Commit(msgspec.Struct, frozen=True, tag="commit"):
    """Let an order's versions serve, from the next request on."""

    number: int


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """Take no new connections, answer what is under way, and end."""


class Failure(msgspec.Struct, frozen=True):
    """A version that a worker could not load, and why."""

    model: str
    version: int
    sentence: str


class Prepared(msgspec.Struct, frozen=True, tag="prepared"):
    """An order is loaded, but for the failures."""

    number: int
    failures: tuple[Failure, ...] = ()


class Committed(msgspec.Struct, frozen=True, tag="committed"):
    """An order serves."""

    number: int


class Alive(msgspec.Struct, frozen=True, tag="alive"):
    """The worker's loop turns."""


ToWorker = Prepare | Commit | Stop
FromWorker = Prepared | Committed | Alive
