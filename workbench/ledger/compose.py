"""Turns appends into the rows that follow the last one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from workbench.errors import ConflictError
from workbench.ledger.canonical import canonical
from workbench.ledger.event import Append, Head
from workbench.ledger.row import Row, instant, seal


@dataclass(frozen=True)
class Draft:
    """Appends that were checked and made into text, before any lock is taken."""

    appends: tuple[Append, ...]
    texts: tuple[tuple[str, ...], ...]
    actor: str

    def rows(
        self, head: Head, version_of: Callable[[str], int], *, at: datetime, recorded_at: datetime
    ) -> list[Row]:
        """Return the rows to write after `head`.

        Args:
            head: the last event in the ledger.
            version_of: tells the version of the last event in a stream.
            at: project time.
            recorded_at: wall time.

        Raises:
            ConflictError: a stream's version is not the expected one.
        """
        versions: dict[str, int] = {}
        rows: list[Row] = []
        for append, texts in zip(self.appends, self.texts, strict=True):
            actual = versions.get(append.stream)
            actual = version_of(append.stream) if actual is None else actual
            _check_version(append, actual)
            for event, text in zip(append.events, texts, strict=True):
                actual += 1
                last = rows[-1] if rows else head
                row = Row(
                    last.position + 1, append.stream, actual, event.kind, event.subject, event.key,
                    instant(at), instant(recorded_at), self.actor, text, last.hash, "",
                )  # fmt: skip
                rows.append(seal(row))
            versions[append.stream] = actual
        return rows


def draft(appends: Sequence[Append], actor: str) -> Draft:
    """Check appends and make their data into text.

    Raises:
        TypeError, ValueError: an event holds something that a ledger cannot.
    """
    for append in appends:
        _check_text("stream", append.stream, needed=True)
        for event in append.events:
            _check_text("kind", event.kind, needed=True)
            _check_text("subject", event.subject)
            _check_text("key", event.key)
    _check_text("actor", actor, needed=True)
    texts = tuple(
        tuple(canonical(dict(event.data), where=f"{event.kind}: data") for event in append.events)
        for append in appends
    )
    return Draft(tuple(appends), texts, actor)


def _check_text(name: str, text: str, *, needed: bool = False) -> None:
    if not isinstance(text, str):
        raise TypeError(f"An event's {name} must be text, but got {text!r}.")
    if needed and not text:
        raise ValueError(f"An event's {name} must not be empty.")
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(f"An event's {name} must be text that every store can hold, but got {text!r}.")


def _check_version(append: Append, actual: int) -> None:
    if actual != append.expected:
        raise ConflictError(
            f"Stream {append.stream!r} is at version {actual}, but {append.expected} was expected: "
            "another writer was first. Nothing was written.",
            hint="Read the stream again, decide again, and append again.",
            stream=append.stream,
            expected=append.expected,
            actual=actual,
        )
