"""Rows out of bodies, and a sentence for each body that has none."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest

from workbench.serving.batch import Batch
from workbench.serving.protocol.invocations import parse
from workbench.serving.refused import Refused

JSON = b"application/json"


def read(body: Any, entity: str | None = None) -> Batch:
    return parse(JSON, body if isinstance(body, bytes) else json.dumps(body).encode(), entity)


def refused(body: Any, content_type: bytes = JSON, entity: str | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        parse(content_type, body if isinstance(body, bytes) else json.dumps(body).encode(), entity)
    return caught.value


@pytest.mark.parametrize(
    ("body", "columns", "rows"),
    [
        ({"dataframe_split": {"columns": ["a", "b"], "data": [[1, None]]}}, ["a", "b"], [[1, None]]),
        ({"dataframe_split": {"data": [[1, "x"]]}}, None, [[1, "x"]]),
        ({"dataframe_split": {"columns": [0, 1], "data": [[1, 2]]}}, None, [[1, 2]]),
        ({"dataframe_records": [{"a": 1}, {"b": 2.5, "a": 3}]}, ["a", "b"], [[1, None], [3, 2.5]]),
        ({"dataframe_records": []}, [], []),
        ({"instances": [{"a": True}]}, ["a"], [[True]]),
        ({"instances": [[1, 2], [3, 4]]}, None, [[1, 2], [3, 4]]),
        ({"instances": [1, 2]}, None, [[1], [2]]),
        ({"inputs": {"a": [1, 2], "b": ["x", "y"]}}, ["a", "b"], [(1, "x"), (2, "y")]),
        ({"inputs": {"a": 1, "b": "x"}}, ["a", "b"], [[1, "x"]]),
        ({"inputs": {}}, [], []),
        ({"inputs": [[1, 2]]}, None, [[1, 2]]),
        (b'\xef\xbb\xbf{"instances": [[1]]}', None, [[1]]),
    ],
)
def test_every_format_gives_rows(body: Any, columns: list[str] | None, rows: list[Any]) -> None:
    """With names where they were given, by position where not."""
    found = read(body)
    assert (found.columns, found.rows, found.entities) == (columns, rows, None)
    assert found.named == (columns is not None)


def test_numbers_keep_their_kind() -> None:
    """A whole number stays one, as large as it is."""
    (row,) = read(b'{"instances": [[1, 1.0, 9007199254740993, 1e5, true]]}').rows
    assert [(type(each), each) for each in row] == [
        (int, 1),
        (float, 1.0),
        (int, 9007199254740993),
        (float, 100000.0),
        (bool, True),
    ]


@pytest.mark.parametrize(
    ("body", "code", "sentence"),
    [
        (b"", "empty_body", "The body is empty."),
        (b" \n", "empty_body", "The body is empty."),
        (b"{", "not_json", "it ends too early"),
        (b'{"instances": [1]} x', "not_json", "trailing characters, at byte"),
        (b'{"instances": ["\\ud800"]}', "not_json", "half of a surrogate pair"),
        (b'{"instances": ["\xff"]}', "not_utf8", "no UTF-8"),
        (b'{"instances": [NaN]}', "not_finite", "holds NaN at byte 15"),
        (b'{"instances": [-Infinity]}', "not_finite", "holds Infinity at byte 16"),
        (b'{"instances": [1e999]}', "wrong_shape", "'instances[0]' is a number too large"),
        ([1], "wrong_shape", "The body is a list, but should be an object."),
        ({}, "wrong_format", "got none of them"),
        ({"inputs": [1], "instances": [1]}, "wrong_format", "got instances and inputs"),
        ({"dataframe_split": {"columns": ["a"]}}, "wrong_shape", "'dataframe_split' has no field 'data'"),
        (
            {"dataframe_split": {"data": [], "rows": []}},
            "wrong_shape",
            "'dataframe_split' has a field 'rows', which is not known there.",
        ),
        ({"dataframe_split": {"columns": [1, 2], "data": [[1, 2]]}}, "wrong_shape", "counted from 0"),
        ({"dataframe_split": {"data": [[1]], "index": [1, 2]}}, "ragged_rows", "index names 2 rows"),
        ({"dataframe_split": {"data": [[[1]]]}}, "wrong_shape", "'dataframe_split.data[0][0]' is a list"),
        ({"dataframe_records": [{"a": {"b": 1}}]}, "wrong_shape", "is an object, but should be"),
        ({"instances": [{"a": 1}, [1]]}, "wrong_shape", "'instances' mixes objects, lists"),
        ({"instances": [{"a": 1}, {"b": 1}]}, "ragged_rows", "Row 2 and row 1 do not have the same columns"),
        ({"inputs": {"a": [1, 2], "b": [1]}}, "ragged_rows", "('a': 2, 'b': 1)"),
        ({"inputs": {"a": [1], "b": 1}}, "ragged_rows", "'b': a single value"),
        ({"inputs": None}, "wrong_shape", "'inputs' is null, but should be an object or a list."),
    ],
)
def test_what_is_wrong_is_said(body: Any, code: str, sentence: str) -> None:
    """Where it is, what was got, what is expected."""
    found = refused(body)
    assert (found.status, found.code) == (400, code)
    assert sentence in found.message


@pytest.mark.parametrize(
    ("content_type", "sentence"),
    [
        (b"", "got none."),
        (b"text/html", "got 'text/html'."),
        (b"application/json; charset=latin-1", "charset should be utf-8; got 'latin-1'."),
        (b"application/json; profile=a", "a parameter 'profile'"),
        (b"\xff" * 10_000, "Content types that are taken"),
    ],
)
def test_other_content_types_are_refused(content_type: bytes, sentence: str) -> None:
    """With those that are taken."""
    found = refused(b"{}", content_type)
    assert (found.status, found.code) == (415, "unsupported_content_type")
    assert sentence in found.message
    assert len(found.message) < 1000


@pytest.mark.parametrize("content_type", [b"Application/JSON", b'application/json; charset="UTF-8";', JSON])
def test_content_types_are_read_as_http_has_them(content_type: bytes) -> None:
    """In any case, quoted or not."""
    assert parse(content_type, b'{"instances": [[1]]}').rows == [[1]]


@pytest.mark.parametrize(
    "body",
    [
        b'{"instances": ' + b"[" * 5_000_000,
        b'{"instances": ' + b'[{"a":' * 1_000_000,
        b'{"params": ' + b"[" * 5_000_000 + b"]" * 5_000_000 + b', "instances": [[1]]}',
        b'{"dataframe_split": {"columns": ' + b"[" * 5_000_000,
    ],
)
def test_nesting_is_refused_before_it_costs(body: bytes) -> None:
    """Where it begins: nothing of the size of the body is built."""
    tracemalloc.start()
    try:
        assert refused(body).status == 400
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_rows_of_ever_new_columns_are_refused() -> None:
    """A small body would otherwise become a table of many millions of gaps."""
    found = refused({"dataframe_records": [{f"column {n}": n} for n in range(20_000)]})
    assert (found.code, found.message) == (
        "ragged_rows",
        "The rows name 20000 columns together, and each has few of them.",
    )


@pytest.mark.parametrize(
    ("body", "entities"),
    [
        ({"dataframe_split": {"columns": ["a", "id"], "data": [[1, "x"], [2, 7.0]]}}, ["x", "7"]),
        ({"dataframe_records": [{"id": 7, "a": 1}, {"a": 1}]}, ["7", ""]),
        ({"instances": [{"id": 7.5}]}, ["7.5"]),
        ({"inputs": {"id": [True, False]}}, ["true", "false"]),
        ({"inputs": {"id": [None, None]}}, None),
        ({"inputs": {"a": [1]}}, None),
        ({"inputs": [[1, 2]]}, None),
    ],
)
def test_the_entity_is_taken_from_its_column(body: Any, entities: list[str] | None) -> None:
    """As a text that labels find again, and the column stays among the rows."""
    found = read(body, "id")
    assert found.entities == entities
    assert read(body).rows == found.rows


def test_a_row_that_ends_before_its_entity_is_named() -> None:
    """Before anything asks for the value."""
    found = refused({"dataframe_split": {"columns": ["a", "id"], "data": [[1, 2], [3]]}}, entity="id")
    assert found.message == "Row 2 has 1 values, but 2 columns are named."


def test_an_entity_has_a_length_that_can_be_kept() -> None:
    """It goes into the log with every row."""
    assert refused({"inputs": {"id": ["x" * 501]}}, entity="id").code == "bad_entity"
    assert read({"inputs": {"id": ["x" * 500]}}, "id").entities == ["x" * 500]


@pytest.mark.parametrize(
    ("text", "columns", "rows", "entities"),
    [
        ("id,a\nUA-1,1\nUA-2,\n", ["id", "a"], [["UA-1", "1"], ["UA-2", None]], ["UA-1", "UA-2"]),
        ("\ufeffa,id\r\n1,007\r\n", ["a", "id"], [["1", "007"]], ["007"]),
        (",a\n0,1\n", ["Unnamed: 0", "a"], [["0", "1"]], None),
        ('a\n"x, y"\n"say ""hi"""\n"two\nlines"\n', ["a"], [["x, y"], ['say "hi"'], ["two\nlines"]], None),
        ("a\n", ["a"], [], None),
    ],
)
def test_csv_gives_texts(text: str, columns: list[str], rows: list[Any], entities: list[str] | None) -> None:
    """What they mean, the model's columns say later."""
    found = parse(b"text/csv", text.encode(), "id")
    assert (found.columns, found.rows, found.entities, found.texts) == (columns, rows, entities, True)


@pytest.mark.parametrize(
    "body", [b"", b"\n\n", b'a\n"open', b"a\n\xff\n", b'a\n"x"y\n', b"a\n" + b"x" * 200_000]
)
def test_what_is_no_csv_is_refused(body: bytes) -> None:
    """Quotes left open, bytes that are no text, a field without an end."""
    assert refused(body, b"text/csv").status == 400
