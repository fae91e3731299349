"""What is written to the ledger, and what is read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


@dataclass(frozen=True)
class NewEvent:
    """An event that is about to be appended.

    Attributes:
        kind: what happened, for example `run.started`.
        data: its facts; JSON types only, with finite numbers and text as keys.
        subject: what it happened to: a stage, a pipeline, a model.
        key: what it is found again by, for example the digest of a fingerprint.
    """

    kind: str
    data: Mapping[str, Any]
    subject: str = ""
    key: str = ""


@dataclass(frozen=True)
class Append:
    """Events for one stream, on condition that nobody else has written to it meanwhile.

    Attributes:
        stream: for example `run/20260101-030000-ab12`.
        expected: version of the last event in the stream as the writer knows it; 0 when it has none.
        events: may be empty; then only the condition is checked.
    """

    stream: str
    expected: int
    events: tuple[NewEvent, ...]


@dataclass(frozen=True)
class Event:
    """An event as it stands in the ledger.

    Attributes:
        position: its place in the whole ledger, from 1, without gaps.
        version: its place in its stream, from 1, without gaps.
        at: project time.
        recorded_at: wall time.
        actor: who did it, as `user@host` by default.
        previous: the hash of the event before it in the whole ledger.
        hash: SHA-256 over everything above.
    """

    position: int
    stream: str
    version: int
    kind: str
    subject: str
    key: str
    at: datetime
    recorded_at: datetime
    actor: str
    data: dict[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True)
class Head:
    """The last event's place and hash. Kept elsewhere, it anchors the chain: see `Ledger.verify`."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


class Problem(NamedTuple):
    """Something that `verify` found wrong, and where."""

    position: int
    what: str


@dataclass(frozen=True)
class Verification:
    """What `verify` found.

    Attributes:
        count: how many events were read.
        problems: what is wrong, in the order of the ledger.
    """

    count: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems
