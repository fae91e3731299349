"""`POST /feedback`: what turned out to be true, by prediction or by entity, at once or days later.

```
{"prediction_id": "0192…-0", "label": 1}                       [{"prediction_id": "0192…-0", "label": 1},
{"entity": "UA-12", "label": 1, "at": "2013-05-01T12:00:00Z"}   {"entity": 7, "label": 0.25}]
```
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from workbench.serving.protocol.body import decode
from workbench.serving.protocol.cell import LONGEST, entity_text
from workbench.serving.protocol.media_type import JSON, media_type
from workbench.serving.refused import Refused

_HINT = 'Send {"prediction_id": "…", "label": 1}, or "entity" instead of the id; a list of them for many.'
_Short = Annotated[str, msgspec.Meta(max_length=LONGEST)]

_Whole = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]


@dataclass(frozen=True, slots=True)
class Label:
    """What turned out to be true.

    Attributes:
        prediction_id: of the row that it is about; None where it is about an entity.
        entity: every prediction for it is meant; None where it is about one row.
        label: the value, 0 or 1, or a class's name.
        at: when it became known, in UTC; None for now.
    """

    prediction_id: str | None
    entity: str | None
    label: float | int | str | bool
    at: datetime | None = None


class _Given(msgspec.Struct, forbid_unknown_fields=True):
    label: float | _Whole | bool | _Short
    prediction_id: _Short | None = None
    entity: _Short | _Whole | float | None = None
    at: datetime | None = None


_one = msgspec.json.Decoder(_Given)
_many = msgspec.json.Decoder(list[_Given])


def parse(content_type: bytes, body: bytes, *, most: int = 10_000) -> list[Label]:
    """Return the labels of a body, in its order.

    Args:
        content_type: the header's value, empty where there was none.
        body: one object, or a list of them.
        most: how many labels one request may bring.

    Raises:
        Refused: 400, 413 or 415: it is no JSON, or one of them is no label; none of them counts then.
    """
    if media_type(content_type) != JSON:
        raise Refused(415, "unsupported_content_type", "Labels are taken as application/json.", _HINT)
    several = body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    found = decode(_many, body, hint=_HINT) if several else [decode(_one, body, hint=_HINT)]
    if not found:
        raise Refused(400, "no_labels", "The list has no labels.", _HINT)
    if len(found) > most:
        said = f"{len(found)} labels are too many for one request; {most} are taken."
        raise Refused(413, "too_many_labels", said, "Send them in several requests.")
    return [
        _label(given, f"Label {place + 1}" if several else "The label") for place, given in enumerate(found)
    ]


def _label(given: _Given, name: str) -> Label:
    entity = entity_text(given.entity)
    if bool(given.prediction_id) == bool(entity):
        got = "both" if entity else "neither"
        said = f"{name} should have one of prediction_id and entity; it has {got}."
        raise Refused(400, "wrong_label", said, _HINT)
    return Label(given.prediction_id or None, entity or None, given.label, _utc(given.at, name))


def _utc(at: datetime | None, name: str) -> datetime | None:
    if at is None:
        return None
    if at.tzinfo is None:
        said = f"{name} has a time without an offset, {at.isoformat()}."
        raise Refused(400, "wrong_time", said, "Write it with one, such as 2013-05-01T12:00:00Z.")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        said = f"{name} has a time that no calendar knows, {at.isoformat()}."
        raise Refused(400, "wrong_time", said, "Write when the label became known.") from None
