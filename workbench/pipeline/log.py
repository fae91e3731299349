"""Writes a run's events; the stream's version is the fence against a runner that was thought dead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workbench.errors import ConflictError
from workbench.ledger import Append, Event, Ledger, NewEvent

_TRIES = 20


class RunLog:
    """The stream `run/<run>`, written by one runner at a time.

    Args:
        version: of the last event that this runner knows of.
    """

    def __init__(self, ledger: Ledger, run: str, version: int) -> None:
        self._ledger = ledger
        self._stream = f"run/{run}"
        self._run = run
        self._version = version

    def add(self, kind: str, data: dict[str, Any], *, subject: str = "", key: str = "") -> Event:
        """Append one event.

        Raises:
            ConflictError: another runner took this run over; what we did is not written.
        """
        return self.write([NewEvent(kind, {"run": self._run, **data}, subject, key)])[0]

    def write(
        self, events: Sequence[NewEvent], others: Callable[[], Sequence[Append]] = tuple
    ) -> tuple[Event, ...]:
        """Append events together with those of other streams, in one transaction.

        Args:
            events: for the run's own stream.
            others: makes the other appends; asked again when somebody else was first on their streams.

        Raises:
            ConflictError: another runner took this run over.
        """
        own = Append(self._stream, self._version, tuple(events))
        for attempt in range(_TRIES):
            try:
                written = self._ledger.append(own, *others())
            except ConflictError as error:
                if error.stream == self._stream:
                    raise ConflictError(
                        f"Run {self._run} was taken over by another runner; this one stops.",
                        hint=f"See what it did: workbench show {self._run}",
                        stream=self._stream,
                        expected=self._version,
                        actual=error.actual,
                    ) from error
                if attempt + 1 == _TRIES:
                    raise
                continue
            self._version += len(events)
            return written
        raise AssertionError("unreachable")
