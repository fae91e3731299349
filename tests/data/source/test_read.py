"""Every kind of source is read by one function, and what cannot be read is refused in one way."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import workbench as wb
from tests.data.source.conftest import Bucket, Web
from workbench.errors import SourceError

ROWS = [{"id": 1, "name": "ann", "paid": 2.5}, {"id": 2, "name": None, "paid": -1.0}]
CSV = b"id,name,paid\n1,ann,2.5\n2,,-1.0\n"
FRAME = pl.DataFrame(ROWS)


def parquet() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), stream)
    return stream.getvalue()


def excel() -> bytes:
    stream = io.BytesIO()
    with pd.ExcelWriter(stream, engine="openpyxl") as writer:
        pd.DataFrame({"about": ["a title"]}).to_excel(writer, sheet_name="cover", index=False)
        pd.DataFrame(ROWS).to_excel(writer, sheet_name="rows", index=False)
    return stream.getvalue()


FILES: dict[str, tuple[str, Callable[[], bytes], dict[str, Any]]] = {
    "csv": ("orders.csv", lambda: CSV, {}),
    "csv, packed": ("orders.csv.gz", lambda: gzip.compress(CSV), {}),
    "csv, tabs": ("orders.tsv", lambda: CSV.replace(b",", b"\t"), {}),
    "csv, as Germans write it": (
        "orders.txt",
        lambda: "id;name;paid\n1;ann;2,5\n2;;-1,0\n".encode("latin-1"),
        {"options": {"delimiter": ";", "decimal": ",", "encoding": "latin-1"}},
    ),
    "csv, declared nulls": (
        "orders.csv",
        lambda: CSV.replace(b"2,,", b"2,n/a,"),
        {"options": {"nulls": ["n/a"]}},
    ),
    "parquet": ("orders.parquet", parquet, {}),
    "parquet, no ending": ("orders", parquet, {"format": "parquet"}),
    "json, a list": ("orders.json", lambda: json.dumps(ROWS).encode(), {}),
    "json, lines": ("orders.jsonl", lambda: "\n".join(map(json.dumps, ROWS)).encode(), {}),
    "json, inside": (
        "orders.json",
        lambda: json.dumps({"data": {"items": ROWS}}).encode(),
        {"options": {"path": "data.items"}},
    ),
    "excel": ("orders.xlsx", excel, {"options": {"sheet": "rows"}}),
}


@pytest.mark.parametrize("case", FILES)
def test_each_format_is_read(case: str, tmp_path: Path) -> None:
    """The same rows come out, whatever they were written in."""
    name, content, declared = FILES[case]
    (tmp_path / name).write_bytes(content())
    frame = wb.read(str(tmp_path / name), as_="polars", **declared)
    assert frame.equals(FRAME, null_equal=True)


def test_a_table_comes_as_what_is_asked_for(tmp_path: Path) -> None:
    """As a pandas frame by default, like everywhere else."""
    (tmp_path / "orders.csv").write_bytes(CSV)
    uri = (tmp_path / "orders.csv").as_uri()
    assert isinstance(wb.read(uri), pd.DataFrame)
    assert isinstance(wb.read(uri, as_="arrow"), pa.Table)


def test_a_name_that_looks_missing_stays_a_name(tmp_path: Path) -> None:
    """NA is Namibia until somebody declares otherwise."""
    (tmp_path / "countries.csv").write_text("code\nNA\nDE\n")
    assert wb.read(str(tmp_path / "countries.csv"), as_="polars")["code"].to_list() == ["NA", "DE"]


@pytest.mark.parametrize("content", ["id,name", "id,name\n"])
def test_a_header_alone_is_a_table_without_rows(content: str, tmp_path: Path) -> None:
    """Of which a contract may say that it is too small."""
    (tmp_path / "orders.csv").write_text(content)
    table = wb.read(str(tmp_path / "orders.csv"), as_="arrow")
    assert (table.num_rows, table.column_names) == (0, ["id", "name"])


def test_declared_columns_are_the_types_that_come_out(tmp_path: Path) -> None:
    """So a number with leading zeros stays the text that it is, in the declared order."""
    (tmp_path / "orders.csv").write_text("at,id\n2013-01-01 05:00:00Z,007\n")
    frame = wb.read(
        str(tmp_path / "orders.csv"), as_="arrow", columns={"id": "text", "at": "timestamp[us, tz=UTC]"}
    )
    assert frame.column_names == ["id", "at"]
    assert frame["id"].to_pylist() == ["007"]
    assert frame.schema.field("at").type == pa.timestamp("us", "UTC")


def test_several_files_are_one_table(tmp_path: Path) -> None:
    """A pattern names them; they are read in order of their paths."""
    for number in (2, 1):
        (tmp_path / f"day-{number}.csv").write_text(f"id\n{number}\n")
    assert wb.read(str(tmp_path / "day-*.csv"), as_="polars")["id"].to_list() == [1, 2]


def test_a_delta_table_is_read_at_its_newest_or_a_named_version(tmp_path: Path) -> None:
    """Whoever writes it."""
    import deltalake

    place = str(tmp_path / "orders")
    deltalake.write_deltalake(place, pa.table({"id": [1]}))
    deltalake.write_deltalake(place, pa.table({"id": [1, 2]}), mode="overwrite")
    assert len(wb.read(place, format="delta")) == 2
    assert len(wb.read(place, format="delta", options={"version": 0})) == 1


def test_s3_is_read_with_secrets_by_reference(bucket: Bucket) -> None:
    """The keys are looked up when they are needed."""
    uri = bucket.put("2013/orders.parquet", parquet())
    assert wb.read(uri, as_="polars", storage=bucket.storage).equals(FRAME)
    bucket.put("2013/orders-2.parquet", parquet())
    assert len(wb.read("s3://deliveries/2013/*.parquet", storage=bucket.storage)) == 4


def test_a_web_address_that_fails_twice_is_read_the_third_time(web: Web) -> None:
    """Nobody is told of a server that needed a moment."""
    uri = web.put("/orders.csv", CSV)
    web.failures = 2
    assert wb.read(uri, as_="polars").equals(FRAME)
    assert web.reads == 3


def test_a_server_that_never_answers_well_is_given_up(web: Web) -> None:
    """After as many tries as are declared."""
    uri = web.put("/orders.csv", CSV)
    web.failures = 100
    with pytest.raises(SourceError, match="does not answer: it answers with status 503") as caught:
        wb.read(uri, retries=2)
    assert caught.value.problem == "unreachable"
    assert web.reads == 3


def test_what_cannot_get_better_is_not_tried_again(web: Web) -> None:
    """A page that is not there is asked for once."""
    with pytest.raises(SourceError, match="is not there") as caught:
        wb.read(f"{web.address}/nothing.csv")
    assert caught.value.problem == "missing"
    assert web.reads == 1


def test_a_server_that_wants_to_know_who_asks_is_told_of_as_that(web: Web) -> None:
    """401 and 403 are not a failure of the network."""
    uri = web.put("/orders.csv", CSV)
    web.failures, web.status = 100, 403
    with pytest.raises(SourceError, match="does not let us in") as caught:
        wb.read(uri)
    assert caught.value.problem == "credentials"
    assert "secret:NAME" in caught.value.hint
