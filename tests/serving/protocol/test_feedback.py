"""Labels out of bodies: one or many, of a row or of an entity."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from workbench.serving.protocol.feedback import Label, parse
from workbench.serving.refused import Refused

JSON = b"application/json"


def read(body: Any, **further: Any) -> list[Label]:
    return parse(JSON, body if isinstance(body, bytes) else json.dumps(body).encode(), **further)


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        ({"prediction_id": "a-0", "label": 1}, [Label("a-0", None, 1)]),
        ({"entity": "UA-1", "label": "late"}, [Label(None, "UA-1", "late")]),
        ({"entity": 7, "label": 0.5}, [Label(None, "7", 0.5)]),
        ({"entity": 7.0, "label": True}, [Label(None, "7", True)]),
        (
            [{"prediction_id": "a-0", "label": 1}, {"entity": "b", "prediction_id": None, "label": 0}],
            [Label("a-0", None, 1), Label(None, "b", 0)],
        ),
        (
            {"entity": "b", "label": 1, "at": "2013-05-01T12:00:00+02:00"},
            [Label(None, "b", 1, datetime(2013, 5, 1, 10, tzinfo=UTC))],
        ),
        (b' \n\xef\xbb\xbf[{"entity": "b", "label": 1}]', None),
        (b'\xef\xbb\xbf [{"entity": "b", "label": 1}]', [Label(None, "b", 1)]),
    ],
)
def test_labels_are_read(body: Any, labels: list[Label] | None) -> None:
    """One object or a list of them; times in UTC."""
    if labels is None:
        with pytest.raises(Refused, match="not JSON"):
            read(body)
    else:
        assert read(body) == labels


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is empty."),
        (b"NaN", "holds NaN"),
        ([], "The list has no labels."),
        ({"label": 1}, "The label should have one of prediction_id and entity; it has neither."),
        (
            [{"entity": "", "label": 1}],
            "Label 1 should have one of prediction_id and entity; it has neither.",
        ),
        ({"entity": "a", "prediction_id": "b", "label": 1}, "it has both."),
        ({"entity": "a"}, "The body has no field 'label'."),
        ({"entity": "a", "label": None}, "'label' is null"),
        ({"entity": "a", "label": [1]}, "'label' is a list"),
        ({"entity": "a", "label": 1 << 63}, "'label' is not as it should be"),
        ({"entity": "a", "lable": 1}, "The body has a field 'lable'"),
        ([{"entity": "a", "label": 1}, 3], "'[1]' is a whole number, but should be an object."),
        ({"entity": "a" * 501, "label": 1}, "'entity' is not as it should be"),
        ({"entity": "a", "label": 1, "at": "yesterday"}, "'at' is not as it should be"),
        ({"entity": "a", "label": 1, "at": "2013-05-01T12:00:00"}, "a time without an offset"),
        ({"entity": "a", "label": 1, "at": "0001-01-01T00:00:00+12:00"}, "that no calendar knows"),
    ],
)
def test_what_is_no_label_is_refused(body: Any, sentence: str) -> None:
    """All of a body: half of it would be kept twice when it is sent again."""
    with pytest.raises(Refused) as caught:
        read(body)
    assert caught.value.status == 400
    assert sentence in caught.value.message


def test_labels_come_as_json_only() -> None:
    """A table would not say which of its columns is meant."""
    with pytest.raises(Refused) as caught:
        parse(b"text/csv", b"entity,label\na,1\n")
    assert caught.value.status == 415


def test_too_many_labels_are_refused() -> None:
    """With the number that is taken."""
    labels = [{"entity": "a", "label": n} for n in range(4)]
    assert len(read(labels, most=4)) == 4
    with pytest.raises(Refused, match="4 labels are too many for one request; 3 are taken") as caught:
        read(labels, most=3)
    assert caught.value.status == 413
