"""A row that was answered, as the log holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import UnknownNameError
from workbench.serving.replay.rescore import as_it_came
from workbench.widgets.explain.asked import AskedModel, asked_model

if TYPE_CHECKING:
    from workbench.serving.log import Prediction
    from workbench.widgets.session import Session

_LONGEST = 60  # characters of an id
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Logged:
    """An answered row, ready to be asked again.

    Attributes:
        asked: the version that answered.
        row: what was asked, as far as the log holds it; the rest counts as missing.
        notes: what has to be known of it.
    """

    asked: AskedModel
    row: dict[str, Any]
    logged: Prediction
    notes: tuple[str, ...]


def read_logged(session: Session, prediction: str) -> Logged:
    """Return an answered row by the id that the answer came with.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: the log has no such answer, or its version is not known any more.
    """
    from workbench.serving.log import PredictionLog

    session.person.require("view")
    wanted = prediction.strip()
    found = PredictionLog(session.project).find(wanted) if len(wanted) <= _LONGEST else None
    if found is None:
        raise UnknownNameError(
            "prediction",
            wanted[:_LONGEST],
            hint="It is not in this project's log. An answer tells its id in the header x-prediction-id.",
        )
    asked = asked_model(session, f"{found.model}/{found.version}")
    sensitive = session.project.model(found.model).sensitive
    row: dict[str, Any] = {}
    hidden: list[str] = []
    for column in asked.served.columns:
        if column.name in sensitive or column.name not in found.features:
            hidden.append(column.name)
            row[column.name] = None
            continue
        value, back = found.features[column.name], as_it_came(column)
        row[column.name] = value if back is None or value is None else back(value)
    return Logged(asked, row, found, tuple(_notes(asked, row, found, hidden)))


def _notes(asked: AskedModel, row: dict[str, Any], found: Prediction, hidden: list[str]) -> list[str]:
    notes = []
    if hidden:
        notes.append(f"The log does not hold {', '.join(hidden)} as it came; it counts as missing here.")
    (again,) = asked.answers([row])
    said = found.score
    if said is not None and any(
        abs(one - other) > _TOLERANCE * (1 + abs(one)) for one, other in zip(said, again, strict=False)
    ):
        notes.append(
            f"It was answered {', '.join(f'{one:.6g}' for one in said)}; asked again it is "
            f"{', '.join(f'{other:.6g}' for other in again)}."
        )
    return notes
