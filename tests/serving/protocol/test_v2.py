"""Version 2's requests that no client would send, and answers that no model of ours gives yet."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from workbench.serving.model.column import Column
from workbench.serving.protocol import v2
from workbench.serving.refused import Refused

COLUMNS = (Column("a", "number"), Column("b", "text"))


def tensor(name: str = "a", shape: Any = (1,), datatype: str = "FP64", **further: Any) -> dict[str, Any]:
    return {"name": name, "shape": list(shape), "datatype": datatype, **further}


def read(*tensors: Any, tail: bytes = b"", entity: str | None = None, **further: Any) -> v2.Asked:
    head = json.dumps({"inputs": tensors, **further}).encode()
    length = str(len(head)).encode() if tail else None
    return v2.parse(head + tail, length, entity, COLUMNS)


def refused(*tensors: Any, **further: Any) -> str:
    with pytest.raises(Refused) as caught:
        read(*tensors, **further)
    assert caught.value.status == 400
    return caught.value.message


def raw(size: int) -> dict[str, Any]:
    return {"parameters": {"binary_data_size": size}}


@pytest.mark.parametrize(
    ("tensors", "columns", "rows"),
    [
        ([tensor(data=[1.5]), tensor("b", datatype="BYTES", data=["x"])], ["a", "b"], [(1.5, "x")]),
        ([tensor(data=[None]), tensor("b", datatype="BYTES", data=[None])], ["a", "b"], [(None, None)]),
        ([tensor(shape=(2, 1), data=[[1], [2]])], ["a"], [(1,), (2,)]),
        ([tensor(shape=(2,), datatype="INT8", data=[1, 2])], ["a"], [(1,), (2,)]),
        ([tensor(shape=(2, 2), data=[[1, 2], [3, 4]])], None, [[1, 2], [3, 4]]),
        ([tensor(shape=(2, 2), data=[1, 2, 3, 4])], None, [[1, 2], [3, 4]]),
        ([tensor("c", datatype="BOOL", data=[True]), tensor(data=[1])], ["c", "a"], [(True, 1)]),
        ([tensor(shape=(0,), data=[])], ["a"], []),
        ([tensor(shape=(0, 3), data=[])], None, []),
    ],
)
def test_tensors_make_up_rows(tensors: list[Any], columns: list[str] | None, rows: list[Any]) -> None:
    """One for each column, or one for all."""
    batch = read(*tensors).batch
    assert (batch.columns, batch.rows, batch.entities) == (columns, rows, None)


@pytest.mark.parametrize(
    ("datatype", "code", "values"),
    [
        ("BOOL", "?", [True, False]),
        ("INT8", "b", [-128, 127]),
        ("UINT8", "B", [0, 255]),
        ("INT16", "h", [-32768, 32767]),
        ("UINT16", "H", [0, 65535]),
        ("INT32", "i", [-(1 << 31), (1 << 31) - 1]),
        ("UINT32", "I", [0, (1 << 32) - 1]),
        ("INT64", "q", [-(1 << 63), (1 << 63) - 1]),
        ("UINT64", "Q", [0, (1 << 64) - 1]),
        ("FP16", "e", [0.5, -2.0]),
        ("FP32", "f", [0.5, -2.0]),
        ("FP64", "d", [0.1, -1e300]),
    ],
)
def test_every_datatype_is_read_from_bytes(datatype: str, code: str, values: list[Any]) -> None:
    """Little-endian, to the last bit."""
    tail = struct.pack(f"<2{code}", *values)
    found = read(tensor(shape=(2,), datatype=datatype, **raw(len(tail))), tail=tail)
    assert [row[0] for row in found.batch.rows] == values


def test_texts_are_read_from_bytes() -> None:
    """Each after its length."""
    tail = b"\x02\x00\x00\x00\xc3\xbc" + b"\x00\x00\x00\x00"
    found = read(tensor("b", (2,), "BYTES", **raw(len(tail))), tail=tail)
    assert found.batch.rows == [("ü",), ("",)]


@pytest.mark.parametrize(
    ("tensors", "sentence"),
    [
        ([], "The request has no tensors."),
        ([tensor(datatype="BF16", data=[1])], "has the datatype 'BF16', which is not taken."),
        ([tensor(shape=(), data=[1])], "has the shape []"),
        ([tensor(shape=(1, 1, 1), data=[1])], "has the shape [1, 1, 1]"),
        ([tensor(shape=(1 << 39, 0), data=[])], "has the shape"),
        ([tensor(shape=(-1,), data=[1])], "'inputs[0].shape[0]' is not as it should be"),
        ([tensor(shape=(1 << 62,), data=[1])], "'inputs[0].shape[0]' is not as it should be"),
        ([tensor(shape=(2,), data=[1])], "of shape [2] has 1 values."),
        ([tensor(data=["x"])], "is of FP64, but has 'x'."),
        ([tensor(data=[True])], "is of FP64, but has 'True'."),
        ([tensor(datatype="INT64", data=[1.5])], "is of INT64, but has '1.5'."),
        ([tensor(datatype="BYTES", data=[1])], "is of BYTES, but has '1'."),
        ([tensor(shape=(1, 2), data=[[1], [2]])], "has rows that are not of its shape, [1, 2]."),
        ([tensor(shape=(1, 2), data=[[1, 2], 3])], "has rows that are not of its shape"),
        ([tensor(shape=(2, 1), data=[1, [2]])], "is of FP64, but has '[2]'."),
        ([tensor(data=[[[1]]])], "'inputs[0].data[0][0]' is a list"),
        ([tensor()], "has no data."),
        (
            [tensor(data=[1]), tensor("b", (2,), data=[1, 2])],
            "do not make up rows ('a': [1, 1], 'b': [2, 1])",
        ),
        ([tensor(data=[1]), tensor("b", (1, 2), data=[1, 2])], "do not make up rows"),
        ([tensor(parameters={"shared_memory_region": "x"})], "lies in shared memory"),
        ([tensor(**raw(8))], "should hold 1 values of FP64, 8 bytes, but has 0."),
        ([{"name": "a"}], "has no field 'shape'."),
        ([3], "'inputs[0]' is a whole number, but should be an object."),
    ],
)
def test_malformed_tensors_are_refused(tensors: list[Any], sentence: str) -> None:
    """With the tensor's name."""
    assert sentence in refused(*tensors)


@pytest.mark.parametrize(
    ("tensors", "tail", "sentence"),
    [
        ([tensor(**raw(8))], b"1234", "8 bytes, but has 4."),
        ([tensor(**raw(8))], b"123456789", "9 bytes follow the JSON, but"),
        ([tensor(**raw(4))], b"1234", "should hold 1 values of FP64, 8 bytes, but has 4."),
        ([tensor(shape=(1 << 40,), **raw(8))], b"12345678", "should hold 1099511627776 values"),
        ([tensor(datatype="BYTES", **raw(2))], b"12", "should hold 1 texts"),
        ([tensor(datatype="BYTES", **raw(4))], b"\xff\xff\xff\xff", "should hold 1 texts"),
        ([tensor(shape=(2,), datatype="BYTES", **raw(4))], b"\0\0\0\0", "should hold 2 texts"),
        ([tensor(datatype="BYTES", **raw(8))], b"\0" * 8, "should hold 1 texts"),
        ([tensor(datatype="BYTES", **raw(5))], b"\1\0\0\0\xff", "a text that is no UTF-8, at 0."),
        ([tensor(data=[1])], b"1", "1 bytes follow the JSON, but"),
    ],
)
def test_bytes_that_do_not_add_up_are_refused(tensors: list[Any], tail: bytes, sentence: str) -> None:
    """Before any of them is taken for a number."""
    assert sentence in refused(*tensors, tail=tail)


@pytest.mark.parametrize("length", [b"", b"-1", b"abc", b"1e3", b"999", b"9" * 5000, b"\xff"])
def test_a_header_that_counts_wrongly_is_refused(length: bytes) -> None:
    """It says where the JSON ends."""
    with pytest.raises(Refused, match="Inference-Header-Content-Length is"):
        v2.parse(b'{"inputs": []}', length, None, COLUMNS)


def test_the_entity_stands_beside_columns_or_table() -> None:
    """And is a column among the others, where there are columns."""
    flight = tensor("id", datatype="INT64", data=[7])
    beside = read(flight, tensor(data=[1.5]), entity="id").batch
    assert (beside.columns, beside.rows, beside.entities) == (["id", "a"], [(7, 1.5)], ["7"])
    table = read(flight, tensor(shape=(1, 2), data=[1, 2]), entity="id").batch
    assert (table.columns, table.rows, table.entities) == (None, [[1, 2]], ["7"])
    alone = read(flight, entity="id").batch
    assert (alone.columns, alone.entities) == (["id"], ["7"])


def test_a_model_of_one_column_takes_a_tensor_of_any_name() -> None:
    """There is only one that it can be."""
    body = json.dumps({"inputs": [tensor("x", data=[1])]}).encode()
    assert v2.parse(body, None, None, COLUMNS[:1]).batch.columns is None
    assert v2.parse(body, None, None, COLUMNS).batch.columns == ["x"]


def told(asked: v2.Asked, predictions: Any) -> dict[str, Any]:
    content, _ = v2.answer(asked, predictions, model="m", version="1", parameters={})
    found: dict[str, Any] = json.loads(content)
    return found


@pytest.mark.parametrize(
    ("predictions", "outputs"),
    [
        ([0.5, None], [("predict", "FP64", [2], [0.5, None])]),
        ([1, 2], [("predict", "INT64", [2], [1, 2])]),
        ([True], [("predict", "BOOL", [1], [True])]),
        (["late", None], [("predict", "BYTES", [2], ["late", ""])]),
        ([[0.5, 0.5]], [("predict", "FP64", [1, 2], [0.5, 0.5])]),
        ([{"p": 0.5, "q": "x"}], [("p", "FP64", [1], [0.5]), ("q", "BYTES", [1], ["x"])]),
        (
            {"p": [0.5, 0.25], "q": [[1], [2]]},
            [("p", "FP64", [2], [0.5, 0.25]), ("q", "INT64", [2, 1], [1, 2])],
        ),
    ],
)
def test_predictions_of_every_form_are_tensors(predictions: Any, outputs: list[Any]) -> None:
    """Named by their columns where they have some, with the narrowest datatype that holds them."""
    found = told(read(tensor(data=[1])), predictions)["outputs"]
    assert [tuple(each[key] for key in ("name", "datatype", "shape", "data")) for each in found] == outputs


def test_missing_numbers_are_nan_in_bytes() -> None:
    """Bytes know no null."""
    asked = read(tensor(data=[1]), parameters={"binary_data_output": True})
    content, length = v2.answer(asked, [None, 1.5], model="m", version="1", parameters={})
    assert length is not None
    first, second = struct.unpack("<2d", content[length:])
    assert (first != first, second) == (True, 1.5)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ({"name": "predict", "parameters": {"classification": 3}}, "wanted by classification"),
        ({"name": "predict", "parameters": {"shared_memory_region": "x"}}, "wanted by shared memory"),
    ],
)
def test_outputs_that_are_not_offered_are_refused(output: Any, sentence: str) -> None:
    """Before anything is predicted."""
    assert sentence in refused(tensor(data=[1]), outputs=[output])


def test_an_unknown_output_is_refused() -> None:
    """With those that there are."""
    asked = read(tensor(data=[1]), outputs=[{"name": "score"}])
    with pytest.raises(Refused, match="There is no output 'score'"):
        told(asked, [1.0])


def test_a_refusal_is_an_error_as_clients_read_it() -> None:
    """One text, and our code beside it."""
    body = v2.refusal(Refused(400, "wrong_type", "Column 'a' takes a number.", "Send one."))
    assert json.loads(body) == {"error": "Column 'a' takes a number. Send one.", "error_code": "wrong_type"}


def test_categories_have_the_datatype_of_what_they_are() -> None:
    """Names are texts, numbered things numbers."""
    columns = [
        Column("carrier", "category", categories=("UA", "DL")),
        Column("month", "category", categories=(1, 2)),
        Column("late", "boolean"),
    ]
    told = json.loads(v2.model_metadata("m", [2, 3], "lightgbm", columns, [0.5]))
    assert [each["datatype"] for each in told["inputs"]] == ["BYTES", "INT64", "BOOL"]
    assert told["versions"] == ["2", "3"]
    assert json.loads(v2.model_metadata("m", [], "", columns, []))["outputs"][0]["datatype"] == "FP64"
