"""Which arm answers: sticky by a hash of the model's name and the entity, against the challenger's share."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from workbench.registry.version import CHALLENGER, CHAMPION

SHADOW = "shadow"
_BYTES = 8  # of the hash
_ALL = 1 << 8 * _BYTES


class Traffic:
    """Assigns entities to the two arms of a model.

    An entity stays where it is while the share is; when the share grows, entities only move from the
    champion to the challenger, and back when it shrinks. Every process comes to the same answer.

    Args:
        model: the model's name: entities that are early in one model's experiment are not in another's.
        share: the challenger's, from 0 to 1.
    """

    __slots__ = ("_begun", "_everything", "_limit", "_nothing")

    def __init__(self, model: str, share: float) -> None:
        limit = round(share * _ALL)
        self._nothing = limit <= 0
        self._everything = limit >= _ALL
        self._limit = min(max(limit, 0), _ALL - 1).to_bytes(_BYTES, "big")
        self._begun = blake2b(model.encode() + b"\0", digest_size=_BYTES)

    def arm(self, entity: str | None, request_id: str) -> str:
        """Return `champion` or `challenger`, in less than a microsecond.

        Args:
            entity: the caller's own key for what is predicted; None when the request names none.
            request_id: decides where there is no entity.
        """
        if self._nothing:
            return CHAMPION
        if self._everything:
            return CHALLENGER
        hashed = self._begun.copy()
        hashed.update((entity if entity is not None else request_id).encode("utf-8", "surrogatepass"))
        return CHALLENGER if hashed.digest() < self._limit else CHAMPION

    def challenged(self, entities: Sequence[str], request_id: str) -> list[int]:
        """Return the indices of the rows that the challenger answers, in order.

        Args:
            entities: one per row.
            request_id: decides for a row whose entity is empty.
        """
        if self._nothing:
            return []
        if self._everything:
            return list(range(len(entities)))
        arm = self.arm
        return [n for n, entity in enumerate(entities) if arm(entity or None, request_id) == CHALLENGER]
