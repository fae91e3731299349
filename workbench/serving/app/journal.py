"""The worker's way into the prediction log, with the project's word on what happens when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Literal

from workbench.errors import SpoolFailed
from workbench.serving.app.standing import Arm
from workbench.serving.lines import say
from workbench.serving.log.spool import Spool
from workbench.serving.metrics.names import LOG_FAILURES, LOG_ROWS
from workbench.serving.refused import Refused

if TYPE_CHECKING:
    from workbench.serving.metrics.cells import Cells
    from workbench.serving.model import Scored

_SAY_EVERY = 10.0


class Journal:
    """Logs predicted rows and labels before they are answered.

    Args:
        spool: what is written to.
        policy: `answer` what cannot be logged all the same, and count it; or `refuse` it.
        cells: where rows and failures are counted.
    """

    def __init__(self, spool: Spool, policy: Literal["answer", "refuse"], cells: Cells) -> None:
        self._spool = spool
        self._policy = policy
        self._cells = cells
        self._values = cells.values
        self._rows = cells.place(LOG_ROWS.name, {})
        self._waits = spool.durability == "fsync"
        self._said = 0.0

    def write(
        self,
        arm: Arm,
        scored: Scored,
        request: str,
        at: int,
        *,
        caller: str,
        latency: int,
        entities: Sequence[str] | None,
        places: Sequence[int] | None = None,
    ) -> None:
        """Log the rows that an arm scored.

        Args:
            arm: the version, in its part.
            scored: what it made of them.
            request: the request's id.
            at: the request's project time, microseconds since 1970.
            caller: whose they are.
            latency: microseconds since the request arrived.
            entities: one for each row, or None.
            places: which rows of the request they are; all of them when None.

        Raises:
            Refused: 503, they cannot be logged and must be.
        """
        record = arm.encoder.encode(
            request, at, arm.name, caller, latency, entities, scored.scores, scored.values, places
        )
        try:
            self._spool.append(record)
        except SpoolFailed as failed:
            self._failed(failed, len(scored.scores))
        else:
            self._values[self._rows] += len(scored.scores)

    def write_labels(self, records: Sequence[bytes]) -> None:
        """Log accepted labels, whatever the policy: a label that is not kept was not accepted.

        Raises:
            Refused: 503, they cannot be written.
        """
        try:
            self._spool.append(*records)
        except SpoolFailed as failed:
            raise _unwritable(failed) from failed

    @property
    def waits(self) -> bool:
        """Whether an answer waits until its rows are on the disk."""
        return self._waits

    async def durable(self, rows: int, *, must: bool = False) -> None:
        """Wait until what was written is on the disk.

        Args:
            rows: how many that concerns.
            must: whether a failure is refused whatever the policy says.

        Raises:
            Refused: 503, the disk does not take it.
        """
        try:
            await self._spool.durable()
        except SpoolFailed as failed:
            if must:
                raise _unwritable(failed) from failed
            self._failed(failed, rows)

    def _failed(self, failed: SpoolFailed, rows: int) -> None:
        self._cells.add(LOG_FAILURES.name, {}, rows)
        now = monotonic()
        if now - self._said > _SAY_EVERY:
            self._said = now
            say("log.failed", "error", why=failed.message, policy=self._policy)
        if self._policy == "refuse":
            raise _unwritable(failed) from failed


def _unwritable(failed: SpoolFailed) -> Refused:
    return Refused(503, "log_unavailable", "What was asked cannot be logged.", failed.hint)
