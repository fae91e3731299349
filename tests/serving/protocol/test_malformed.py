"""Whatever is sent: rows, or a refusal of the caller's own fault. Nothing else ever comes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.serving.batch import Batch
from workbench.serving.model.column import Column
from workbench.serving.protocol import feedback, invocations, v2
from workbench.serving.refused import Refused

COLUMNS = (Column("a", "number"), Column("b", "text"))
NAMES = ["dataframe_split", "dataframe_records", "instances", "inputs", "outputs", "params", "id", "a", "b"]
NAMES += ["columns", "data", "index", "name", "shape", "datatype", "parameters", "binary_data_size", "label"]
NAMES += ["entity", "prediction_id", "at", "binary_data_output"]
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**320), max_value=10**320),
    st.integers(min_value=-3, max_value=3),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["FP64", "INT64", "BYTES", "BOOL", "predict", "2013-01-01T00:00:00Z", *NAMES]),
)
VALUES = st.recursive(
    CELLS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=15,
)
TABLES = st.fixed_dictionaries(
    {},
    optional={
        "dataframe_split": VALUES
        | st.fixed_dictionaries({"data": VALUES}, optional={"columns": VALUES, "index": VALUES}),
        "dataframe_records": VALUES | st.lists(st.dictionaries(st.sampled_from("abc"), CELLS), max_size=3),
        "instances": VALUES | st.lists(st.lists(CELLS, max_size=3), max_size=3),
        "inputs": VALUES | st.dictionaries(st.sampled_from("abc"), st.lists(CELLS, max_size=3)),
    },
)
TENSORS = st.fixed_dictionaries(
    {
        "inputs": VALUES
        | st.lists(
            st.fixed_dictionaries(
                {
                    "name": st.sampled_from("ab") | VALUES,
                    "shape": st.lists(st.integers(-1, 3), max_size=3) | VALUES,
                    "datatype": st.sampled_from(["FP64", "INT8", "BYTES", "BOOL"]) | VALUES,
                },
                optional={
                    "data": st.lists(CELLS, max_size=3) | VALUES,
                    "parameters": st.fixed_dictionaries({"binary_data_size": st.integers(-1, 40)}) | VALUES,
                },
            ),
            max_size=3,
        )
    },
    optional={"id": VALUES, "outputs": VALUES, "parameters": VALUES},
)
LABELS = st.fixed_dictionaries(
    {}, optional={"label": VALUES, "entity": VALUES, "prediction_id": VALUES, "at": VALUES}
)
TYPES = st.sampled_from([b"application/json", b"text/csv"]) | st.binary(max_size=30)


@st.composite
def written(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> bytes:
    """Return values as JSON, sometimes with a byte changed, a part cut out, or one written twice."""
    body = json.dumps(draw(values), ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    start, length = draw(st.integers(0, len(body))), draw(st.integers(0, 4))
    damage = draw(st.sampled_from(["", "", "", "cut", "twice", "byte"]))
    if damage == "cut":
        return body[:start] + body[start + length :]
    if damage == "twice":
        return body[: start + length] + body[start:]
    if damage == "byte":
        return body[:start] + draw(st.binary(max_size=2)) + body[start + 1 :]
    return body


def tried(work: Callable[[], Any]) -> Any:
    """Return what came of it; None for a refusal, which is the caller's fault and one line."""
    try:
        return work()
    except Refused as error:
        refused = error
    assert 400 <= refused.status < 500
    assert refused.message.endswith(".")
    assert len(refused.message) < 1500
    assert "Traceback" not in refused.message
    assert json.loads(refused.body())["error_code"] == refused.code
    assert json.loads(v2.refusal(refused))["error"].startswith(refused.message)
    return None


def check_table(content_type: bytes, body: bytes) -> None:
    found = tried(lambda: invocations.parse(content_type, body, "b"))
    if found is not None:
        check_rows(found)


def check_inference(body: bytes, tail: bytes, length: bytes | None) -> None:
    head = length if length is not None else str(len(body)).encode()
    found = tried(lambda: v2.parse(body + tail, head if tail or length else None, "b", COLUMNS))
    if found is not None:
        check_rows(found.batch)
        answered = [0.5] * len(found.batch.rows)
        tried(lambda: v2.answer(found, answered, model="m", version="1", parameters={}))


def check_rows(batch: Batch) -> None:
    """Whatever was read is plain: a table of scalars, and one text for each row that has an entity."""
    for row in batch.rows:
        assert {type(value) for value in row} <= {int, float, str, bool, type(None)}
    if batch.entities is not None:
        assert len(batch.entities) == len(batch.rows)
        assert {type(each) for each in batch.entities} <= {str}


def rounds(count: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@pytest.mark.soak
def test_tables_are_read_or_refused(soak_count: Callable[[int], int]) -> None:
    """JSON that is nearly right, CSV, and bytes that are nothing."""
    count = soak_count(4000)
    rounds(count)(given(TYPES, written(TABLES) | st.binary(max_size=60))(check_table))()
    print(f"{count} bodies to /invocations: rows or a refusal each")


@pytest.mark.soak
def test_inferences_are_read_or_refused(soak_count: Callable[[int], int]) -> None:
    """Tensors in JSON and in bytes, with headers that count wrongly."""
    count = soak_count(4000)
    lengths = st.none() | st.integers(-1, 300).map(lambda n: str(n).encode()) | st.binary(max_size=5)
    rounds(count)(given(written(TENSORS), st.binary(max_size=40), lengths)(check_inference))()
    print(f"{count} bodies to /v2: rows or a refusal each")


@pytest.mark.soak
def test_labels_are_read_or_refused(soak_count: Callable[[int], int]) -> None:
    """One, many, and neither."""
    count = soak_count(2000)
    bodies = written(LABELS | st.lists(LABELS, max_size=3) | VALUES)
    rounds(count)(
        given(bodies)(lambda body: tried(lambda: feedback.parse(b"application/json", body)) and None)
    )()
    print(f"{count} bodies to /feedback: labels or a refusal each")
