"""From rows to scores: which version answers, what is logged, what is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from workbench.serving.app.rate import Rate
from workbench.serving.app.shadow import Asked, Shadows
from workbench.serving.app.standing import Arm, Deployed
from workbench.serving.app.types import Header
from workbench.serving.batch import Batch
from workbench.serving.log.request_id import RequestIds
from workbench.serving.metrics.answered import Answered
from workbench.serving.refused import Broken, Refused

if TYPE_CHECKING:
    from workbench.serving.app.journal import Journal
    from workbench.serving.metrics.cells import Cells

_SLOW = 0.004


@dataclass(slots=True)
class Predicted:
    """What a request is answered with.

    Attributes:
        request: its id; row i is logged as `<id>-<i>`.
        predictions: one for each row, as plain JSON values.
        arms: those that answered; more than one where entities of one batch belong to different arms.
    """

    request: str
    predictions: list[Any]
    arms: tuple[Arm, ...]
    rows: int

    @property
    def prediction_id(self) -> str:
        """The row's id where there is one row, the request's otherwise."""
        return f"{self.request}-0" if self.rows == 1 else self.request

    @property
    def version(self) -> str:
        """The version that answered, or several with commas between."""
        return ",".join(str(arm.version) for arm in self.arms)

    @property
    def arm(self) -> str:
        """The arm that answered, or several with commas between."""
        return ",".join(arm.name for arm in self.arms)

    def headers(self) -> tuple[Header, ...]:
        """Return the answer's own headers: ids, version and arm."""
        ids = ((b"x-request-id", self.request.encode()), (b"x-prediction-id", self.prediction_id.encode()))
        if len(self.arms) == 1:
            return (*ids, *self.arms[0].headers)
        return (*ids, (b"x-model-version", self.version.encode()), (b"x-arm", self.arm.encode()))


class Predictor:
    """Answers rows with the version that traffic assigns them to.

    Args:
        journal: keeps every predicted row, before its answer.
        cells: where answers are counted.
        shadows: score what was answered once more.
        rate: how much a caller may ask for; None for any amount.
        ids: of the requests.
        timeout: seconds for scoring.
    """

    def __init__(
        self,
        journal: Journal,
        cells: Cells,
        shadows: Shadows,
        *,
        rate: Rate | None,
        ids: RequestIds,
        timeout: float,
    ) -> None:
        self._journal = journal
        self._cells = cells
        self._shadows = shadows
        self._rate = rate
        self._ids = ids
        self._timeout = timeout

    async def predict(
        self,
        deployed: Deployed,
        arm: Arm | None,
        batch: Batch,
        *,
        caller: str,
        began: float,
        entity: str | None = None,
    ) -> Predicted:
        """Return the predictions of a batch, when its rows are logged.

        Args:
            deployed: the model.
            arm: the version that the caller asked for; None where traffic decides.
            batch: the rows.
            caller: whose they are.
            began: when the request arrived, by `perf_counter`.
            entity: what all rows are about, where the caller said it beside the rows.

        Raises:
            Refused: the rows do not fit the model or the limits, or cannot be logged where they must be.
        """
        rows = len(batch.rows)
        if rows > deployed.max_rows:
            raise _too_many(rows, deployed.max_rows)
        if self._rate is not None:
            self._rate.take(caller, rows)
        if batch.entities is None and entity is not None:
            batch.entities = (entity,) * rows
        request, at = self._ids.next()
        if arm is not None:
            parts: Sequence[tuple[Arm, Sequence[int] | None]] = ((arm, None),)
        else:
            parts = _parts(deployed, batch, request)
        if len(parts) == 1:
            arm = parts[0][0]
            predictions = await self._score(arm, batch, (request, at), (caller, began))
        else:
            predictions = [None] * rows
            for part, places in parts:
                assert places is not None
                found = await self._score(part, _taken(batch, places), (request, at), (caller, began), places)
                for place, prediction in zip(places, found, strict=True):
                    predictions[place] = prediction
        if self._journal.waits:
            await self._journal.durable(rows)
        if deployed.shadows or deployed.pair:
            for asked in _beside(deployed, parts, batch, (request, at), caller):
                self._shadows.put(asked)
        return Predicted(request, predictions, tuple(part for part, _ in parts), rows)

    def count(self, predicted: Predicted, caller: str, seconds: float) -> None:
        """Count an answered request."""
        for arm in predicted.arms:
            counts = arm.counts.get(caller)
            if counts is None:
                counts = self._counts(arm, caller)
            counts.count(predicted.rows, seconds)

    async def _score(
        self,
        arm: Arm,
        batch: Batch,
        request: tuple[str, int],
        asked: tuple[str, float],
        places: Sequence[int] | None = None,
    ) -> list[Any]:
        caller, began = asked
        score = arm.served.score
        try:
            if arm.row_seconds * len(batch.rows) < _SLOW:
                scored = score(batch)
            else:
                scored = await aside(partial(score, batch), self._timeout)
        except Refused as refused:
            refused.model, refused.version = arm.model, str(arm.version)
            raise
        except Exception as error:
            raise Broken(arm.model, str(arm.version)) from error
        self._journal.write(
            arm,
            scored,
            *request,
            caller=caller,
            latency=int((perf_counter() - began) * 1e6),
            entities=batch.entities,
            places=places,
        )
        predictions: list[Any] = scored.predictions
        return predictions

    def _counts(self, arm: Arm, caller: str) -> Answered:
        labels = {"model": arm.model, "version": str(arm.version), "arm": arm.name, "caller": caller}
        arm.counts[caller] = counts = Answered(self._cells, labels)
        return counts


async def aside(work: Callable[[], Any], timeout: float) -> Any:
    """Return what takes long and is done on a thread, so that quick requests go on meanwhile.

    Raises:
        Refused: 503, it took too long; the thread ends by itself, unheard.
    """
    try:
        return await asyncio.wait_for(asyncio.to_thread(work), timeout)
    except TimeoutError:
        message = f"Scoring took longer than {timeout:g} s."
        raise Refused(503, "timed_out", message, "Send fewer rows at once.") from None


def _parts(deployed: Deployed, batch: Batch, request: str) -> Sequence[tuple[Arm, Sequence[int] | None]]:
    """Return which arm answers which rows; None for all."""
    challenger = deployed.challenger
    if challenger is None:
        return ((deployed.champion, None),)
    entities = batch.entities
    if entities is None:
        name = deployed.traffic.arm(None, request)
        return ((challenger if name == challenger.name else deployed.champion, None),)
    challenged = deployed.traffic.challenged(entities, request)
    if not challenged:
        return ((deployed.champion, None),)
    if len(challenged) == len(entities):
        return ((challenger, None),)
    others = sorted(set(range(len(entities))).difference(challenged))
    return ((deployed.champion, others), (challenger, challenged))


def _beside(
    deployed: Deployed,
    parts: Sequence[tuple[Arm, Sequence[int] | None]],
    batch: Batch,
    request: tuple[str, int],
    caller: str,
) -> Iterator[Asked]:
    """Yield what is scored beside those that answered: all rows, of a pair those that it did not answer."""
    if deployed.shadows:
        yield Asked(deployed.shadows, batch, *request, caller)
    for arm in deployed.pair:
        others = [places for part, places in parts if part.version != arm.version]
        if not others:
            continue
        (places,) = others
        rows = batch if places is None else _taken(batch, places)
        yield Asked((arm,), rows, *request, caller, places)


def _taken(batch: Batch, places: Sequence[int]) -> Batch:
    """Return some rows of a batch."""
    entities = batch.entities
    return replace(
        batch,
        rows=[batch.rows[place] for place in places],
        entities=None if entities is None else [entities[place] for place in places],
    )


def _too_many(rows: int, limit: int) -> Refused:
    message = f"The request has {rows} rows; this service takes {limit} at once."
    return Refused(413, "too_many_rows_at_once", message, "Send them in several requests.")
