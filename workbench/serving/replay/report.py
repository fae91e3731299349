"""What a replay found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Slice:
    """The rows that have one value in a column.

    Attributes:
        value: as text; a range where the column holds many numbers.
        mean: of the differences between both scores; None where they cannot be compared.
        maximum: likewise.
        changed: how many rows are decided otherwise; None where nothing is decided.
    """

    column: str
    value: str
    rows: int
    mean: float | None
    maximum: float | None
    changed: int | None

    @property
    def share(self) -> float | None:
        """Of the rows that are decided otherwise."""
        return None if self.changed is None else self.changed / self.rows

    def to_dict(self) -> dict[str, Any]:
        """Return the slice as JSON."""
        return {**asdict(self), "share": self.share}


@dataclass(frozen=True)
class Disagreement:
    """A row on which both versions are far apart: what was answered, and what would be."""

    prediction_id: str
    version: int
    answered: Any
    replayed: Any
    difference: float | None


@dataclass(frozen=True)
class Replay:
    """What a version would have answered.

    Attributes:
        version: the one that was asked.
        against: how many of the rows each version answered.
        rows: that were logged of callers in that time.
        refused: rows that this version would have turned away, and the sentence of the first.
        compared: the rows that both versions answered.
        mean, maximum: of the differences between both scores; None where they cannot be compared.
        shift: how much greater this version's scores are on average.
        decided_at: from which score on a row is decided as 1; None where nothing is decided by a bar.
        changed: how many rows are decided otherwise; None where nothing is decided.
        unknown: columns that the log does not hold as they came, since they are sensitive; they counted as
            missing, so that part of every difference may be theirs.
        disagreements: the rows that are furthest apart, the furthest first.
        slices: the rows by the values of some columns, those that disagree most first.
    """

    model: str
    version: int
    since: datetime
    until: datetime
    against: Mapping[int, int]
    rows: int
    refused: int
    refusal: str
    compared: int
    mean: float | None
    maximum: float | None
    shift: float | None
    decided_at: float | None
    changed: int | None
    unknown: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]
    slices: tuple[Slice, ...]

    @property
    def share(self) -> float | None:
        """Of the compared rows that are decided otherwise."""
        return self.changed / self.compared if self.changed is not None and self.compared else None

    def to_dict(self) -> dict[str, Any]:
        """Return the replay as JSON."""
        found = {
            **asdict(self),
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "against": {str(version): rows for version, rows in self.against.items()},
            "slices": [each.to_dict() for each in self.slices],
        }
        return {**found, "share": self.share}
