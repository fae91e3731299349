"""Which versions of a model serve, and what share of the traffic each gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

SHARED = "traffic.set"
SHADOWED = "shadow.added"
UNSHADOWED = "shadow.removed"
REFUSED = "deployment.refused"
ACCEPTED = "deployment.accepted"


@dataclass(frozen=True)
class Deployment:
    """Which versions of a model serve: equal deployments ask the same of a server.

    Attributes:
        champion: answers what the challenger does not; None when nobody is champion.
        challenger: answers its share of the requests.
        share: the challenger's, from 0 to 1; 0 where there is no challenger.
        shadows: score every request beside those two, and no caller sees it; in the order they were added.
    """

    champion: int | None = None
    challenger: int | None = None
    share: float = 0.0
    shadows: tuple[int, ...] = ()

    @property
    def versions(self) -> tuple[int, ...]:
        """Every version that a server must hold, each once, the champion first."""
        named = (self.champion, self.challenger, *self.shadows)
        return tuple(dict.fromkeys(number for number in named if number is not None))

    def to_dict(self) -> dict[str, Any]:
        """Return the deployment as JSON."""
        return {**self.__dict__, "shadows": list(self.shadows)}


@dataclass(frozen=True)
class Refusal:
    """A version that a server does not let serve; what served before goes on.

    Attributes:
        step: at which it failed: verify, load, golden …
        sentence: why, for people.
        actor: who runs the server.
    """

    version: int
    step: str
    sentence: str
    actor: str
    at: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return the refusal as JSON."""
        return {**self.__dict__, "at": self.at.isoformat()}
