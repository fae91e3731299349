"""What serves at this moment: versions in their arms, put in place as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.serving.app.types import Header
from workbench.serving.log.encode import RowEncoder
from workbench.serving.log.mask import Mask
from workbench.serving.traffic import Traffic

if TYPE_CHECKING:
    from workbench.serving.metrics.answered import Answered
    from workbench.serving.model import ServedModel


@dataclass(slots=True)
class Arm:
    """A version in the part that it plays.

    Attributes:
        encoder: makes records of its rows for the log.
        headers: those of every answer that it gives.
        counts: what it answered, by caller.
        platform: what it was made with, such as `lightgbm`.
        row_seconds: about how long it takes for one row.
    """

    name: str
    model: str
    version: int
    served: ServedModel
    encoder: RowEncoder
    platform: str = ""
    row_seconds: float = 0.0
    headers: tuple[Header, ...] = ()
    counts: dict[str, Answered] = field(default_factory=dict)

    def __post_init__(self) -> None:
        version = str(self.version).encode()
        self.headers = ((b"x-model-version", version), (b"x-arm", self.name.encode()))


@dataclass(slots=True)
class Deployed:
    """One model's arms.

    Attributes:
        entity: the column that holds the caller's own key; None where the project names none.
        share: the challenger's, from 0 to 1.
        traffic: decides which of the two arms answers whom.
        max_rows: of one request.
        pair: champion and challenger as shadows, where a challenge is declared: whichever of the two does
            not answer a row scores it beside the other.
        mask: hides what is sensitive in the log.
    """

    model: str
    entity: str | None
    champion: Arm
    challenger: Arm | None
    share: float
    traffic: Traffic
    shadows: tuple[Arm, ...]
    max_rows: int
    pair: tuple[Arm, ...] = ()
    mask: Mask | None = None

    @property
    def arms(self) -> dict[int, Arm]:
        """Every version that serves, with the foremost part that it plays."""
        parts = (*self.shadows, *filter(None, (self.challenger,)), self.champion)
        return {arm.version: arm for arm in parts}


@dataclass(slots=True, frozen=True)
class Standing:
    """All models that serve.

    Attributes:
        number: of the order that put it in place.
    """

    number: int = 0
    models: Mapping[str, Deployed] = field(default_factory=dict)

    @property
    def only(self) -> Deployed | None:
        """The model, where there is one only."""
        return next(iter(self.models.values())) if len(self.models) == 1 else None
