from __future__ import annotations

import gzip
import json
import pickle
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import workbench as wb
from tests.data.source.conftest import Bucket, Web
from workbench.errors import ConfigurationError, SourceError, UnknownNameError, UsageError

CSV = b"id,name,paid\n1,ann,2.5\n2,,-1.0\n"
BAD: dict[str, tuple[str, bytes, dict[str, Any], str, str]] = {
    "an empty file": ("a.csv", b"", {}, "format", "0 bytes"),
    "an empty packed file": ("a.csv.gz", gzip.compress(b""), {}, "format", "0 bytes"),
    "a web page for a csv": ("a.csv", b"<!DOCTYPE html><p>Sign in</p>", {}, "format", "web page"),
    "parquet for a csv": ("a.csv", b"PAR1\0\0", {}, "format", "Parquet file"),
    "csv for a parquet": ("a.parquet", CSV, {}, "format", "not what was expected .parquet."),
    "csv for an excel": ("a.xlsx", CSV, {}, "format", "not what was expected .excel."),
    "half a json": ("a.json", b'[{"id": 1}', {}, "format", "not what was expected"),
    "json of numbers": ("a.json", b"[1, 2]", {}, "format", "list of objects"),
    "no such place in the json": (
        "a.json",
        b'{"rows": []}',
        {"options": {"path": "data"}},
        "format",
        "no 'data'",
    ),
    "not packed": ("a.csv.gz", CSV, {}, "format", "not what was expected"),
    "ragged rows": ("a.csv", b"a,b\n1\n2,3\n", {}, "format", "not what was expected"),
    "a text for a number": ("a.csv", b"id\nx\n", {"columns": {"id": "int"}}, "format", "'x'"),
    "a float for a number": (
        "a.json",
        b'[{"id": 1.5}]',
        {"columns": {"id": "int"}},
        "schema",
        "column 'id' is float64, expected int64",
    ),
    "a column is gone": (
        "a.csv",
        b"Id\n1\n",
        {"columns": {"id": "int"}},
        "schema",
        "no column 'id'; it has 'Id' instead",
    ),
    "a column came": ("a.csv", b"id,x\n1,2\n", {"columns": {"id": "int"}}, "schema", "column 'x', which is"),
    "no file": ("", b"", {}, "missing", "is not there"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_error(case: str, tmp_path: Path) -> None:
    """It names the source and what is wrong, says what to do, and pickles."""
    name, content, declared, problem, text = BAD[case]
    if name:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=text) as caught:
        wb.read(str(tmp_path / (name or "nothing.csv")), **declared)
    assert caught.value.problem == problem
    assert caught.value.hint
    assert "\n" not in caught.value.message
    assert pickle.loads(pickle.dumps(caught.value)).problem == problem


def test_a_column_that_came_may_be_dropped(tmp_path: Path) -> None:
    """When the project says so."""
    (tmp_path / "a.csv").write_text("id,x\n1,2\n")
    frame = wb.read(str(tmp_path / "a.csv"), columns={"id": "int"}, extra_columns="drop")
    assert list(frame.columns) == ["id"]


@pytest.mark.parametrize(
    ("uri", "declared"),
    [
        ("http://HOST/orders.csv", {}),
        ("s3://bucket/orders.csv", {"storage": {"key": "k", "secret": "s", "endpoint_url": "http://HOST"}}),
        ("postgresql+psycopg://HOST/shop", {"table": "orders"}),
    ],
)
def test_nobody_listening_is_told_as_that(uri: str, declared: dict[str, Any], closed_port: str) -> None:
    """The same error for a web server, an object store and a database."""
    filled = json.loads(json.dumps(declared).replace("HOST", closed_port))
    with pytest.raises(SourceError, match="does not answer") as caught:
        wb.read(uri.replace("HOST", closed_port), retries=1, timeout="2s", **filled)
    assert caught.value.problem == "unreachable"


def test_a_server_that_says_nothing_is_not_waited_for_forever(silent_port: str) -> None:
    """It took the connection, and that was all."""
    with pytest.raises(SourceError, match="does not answer") as caught:
        wb.read(f"http://{silent_port}/orders.csv", retries=0, timeout="100ms")
    assert caught.value.problem == "unreachable"


def test_s3_without_keys_asks_for_them(bucket: Bucket) -> None:
    """And says how to give them."""
    uri = bucket.put("orders.csv", CSV)
    with pytest.raises(SourceError, match="does not let us in") as caught:
        wb.read(uri, storage={"endpoint_url": bucket.endpoint})
    assert caught.value.problem == "credentials"


def test_an_object_that_is_not_there_is_missing(bucket: Bucket) -> None:
    """As a file is."""
    with pytest.raises(SourceError, match="is not there") as caught:
        wb.read("s3://deliveries/nothing.csv", storage=bucket.storage)
    assert caught.value.problem == "missing"


def test_a_secret_that_is_not_set_is_asked_for_by_name(tmp_path: Path) -> None:
    """Before anything is asked of anybody."""
    with pytest.raises(SourceError, match="'NOWHERE_SET' is not set") as caught:
        wb.read("https://user:secret:NOWHERE_SET@example.invalid/a.csv")
    assert caught.value.problem == "credentials"


def test_no_error_shows_a_secret(web: Web, closed_port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in its text, and not in the chain of errors that a notebook would print."""
    import traceback

    monkeypatch.setenv("TOKEN", "hush/hush")
    addresses = [
        f"{web.address}/gone.csv?token=secret:TOKEN",
        f"http://{closed_port}/gone.csv?token=secret:TOKEN",
        f"http://ann:hush%2Fhush@{closed_port}/gone.csv",
    ]
    for address in addresses:
        with pytest.raises(SourceError) as caught:
            wb.read(address, retries=0)
        shown = "".join(traceback.format_exception(caught.value)) + str(caught.value.fields)
        assert "hush" not in shown
    assert any("token=hush/hush" in unquote(line) for line in web.asked)


@pytest.mark.parametrize(
    ("source", "declared", "error", "text"),
    [
        ("orders", {}, UnknownNameError, "no source named 'orders'"),
        ("a.dat", {}, ConfigurationError, "does not say the format"),
        ("a.csv", {"options": {"delimeter": ";"}}, ConfigurationError, "Did you mean 'delimiter'"),
        ("a.csv", {"columns": {"a": "strnig"}}, ConfigurationError, "did you mean 'string'"),
        ("a.csv", {"formt": "csv"}, UsageError, "formt"),
    ],
)
def test_wrong_words_are_refused_before_anything_is_read(
    source: str, declared: dict[str, Any], error: type[UsageError], text: str
) -> None:
    """Each says which word was meant."""
    with pytest.raises(error, match=text):
        wb.read(source, **declared)
