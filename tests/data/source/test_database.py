"""Databases are sources: PostgreSQL for real, SQLite as a file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import create_engine, text

import workbench as wb
from workbench.errors import SourceError

TABLE = """
CREATE TABLE orders (
    id integer PRIMARY KEY, at timestamptz, day date, paid numeric(8, 2), note text, tags text[],
    key uuid, done boolean
)
"""
ROWS = """
INSERT INTO orders VALUES
    (2, '2013-01-02 03:00+01', '2013-01-02', 2.50, NULL, '{a,b}', NULL, true),
    (1, '2013-01-01 12:00Z', '2013-01-01', 10, 'first', NULL, '0b0c9a54-54d4-4b63-93a5-e6e2a7b2e3f1', NULL)
"""


@pytest.fixture
def shop(postgres_url: str) -> str:
    """A database with two orders, written in the wrong order."""
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text(TABLE))
        connection.execute(text(ROWS))
    engine.dispose()
    return postgres_url


def test_a_table_is_read_in_the_order_of_its_key(shop: str) -> None:
    """So that the same rows are the same content, with types that a dataset can hold."""
    table = wb.read(shop, as_="arrow", table="orders")
    assert table["id"].to_pylist() == [1, 2]
    assert table.schema.field("at").type == pa.timestamp("us", "UTC")
    assert [str(value) for value in table["paid"].to_pylist()] == ["10.00", "2.50"]
    assert table["key"].to_pylist() == ["0b0c9a54-54d4-4b63-93a5-e6e2a7b2e3f1", None]
    assert table["done"].to_pylist() == [None, True]


def test_a_query_answers_as_a_table(shop: str) -> None:
    """Named columns, declared types."""
    columns = {"day": "date", "paid": "float"}
    table = wb.read(
        f"sql:{shop}", as_="arrow", query="select day, paid from orders order by id", columns=columns
    )
    assert table["paid"].to_pylist() == [10.0, 2.5]


def test_an_empty_answer_keeps_its_columns(shop: str) -> None:
    """No rows are not no table."""
    assert wb.read(shop, as_="arrow", query="select id from orders where false").column_names == ["id"]


def test_a_source_is_read_and_never_written(shop: str) -> None:
    """A query that would change something is refused by the database."""
    with pytest.raises(SourceError, match="read-only transaction"):
        wb.read(shop, query="delete from orders returning id")
    assert len(wb.read(shop, table="orders")) == 2


@pytest.mark.parametrize(
    ("declared", "problem", "words"),
    [
        ({"table": "order"}, "missing", "is not there"),
        ({"query": "select nothing from orders"}, "query", 'column "nothing" does not exist'),
        ({"query": "selct 1"}, "query", "syntax error"),
        ({"query": "select id, id from orders"}, "schema", "two columns named 'id'"),
        ({"table": "orders", "columns": {"id": "int"}}, "schema", "column 'at', which is not declared"),
        (
            {"query": "select note from orders", "columns": {"note": "int"}},
            "schema",
            "column 'note' is string, expected int64",
        ),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(
    shop: str, declared: dict[str, Any], problem: str, words: str
) -> None:
    """A table that is gone, a wrong query, another schema."""
    with pytest.raises(SourceError, match=words) as caught:
        wb.read(shop, **declared)
    assert caught.value.problem == problem


def test_a_stranger_is_told_so(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the password that was tried is not shown."""
    monkeypatch.setenv("DB_PASSWORD", "hush-hush")
    host = shop.partition("host=")[2].partition("&")[0]
    with pytest.raises(SourceError, match="does not let us in") as caught:
        wb.read(
            f"postgresql+psycopg://stranger:secret:DB_PASSWORD@/postgres?host={host}",
            table="orders",
            retries=0,
        )
    assert caught.value.problem == "credentials"
    assert "hush" not in str(caught.value)


def test_sqlite_is_not_made_by_reading_it(tmp_path: Path) -> None:
    """A wrong path is a missing file."""
    place = tmp_path / "shop.db"
    with pytest.raises(SourceError, match="no file"):
        wb.read(f"sqlite:///{place}", table="orders")
    assert not place.exists()
    made = sqlite3.connect(place)
    made.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT)")
    made.execute("INSERT INTO orders VALUES (1, 'ann')")
    made.commit()
    made.close()
    assert wb.read(f"sqlite:///{place}", as_="arrow", table="orders").to_pylist() == [
        {"id": 1, "name": "ann"}
    ]
