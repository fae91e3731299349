"""What was read of a source is kept, and its content decides."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import create_engine, text

from tests.data.source.conftest import Bucket, Web
from workbench.data import Datasets
from workbench.data.source import Sources
from workbench.errors import ConfigurationError, SourceError, UnknownNameError
from workbench.project import Project, load_project

HEAD = "[project]\nname = 'shop'\n[sources.orders]\n"


def project(root: Path, declared: str) -> Project:
    root.mkdir(exist_ok=True)
    (root / "workbench.toml").write_text(HEAD + declared)
    return load_project(root)


def rows(shop: Project) -> list[dict[str, object]]:
    record = Sources(shop).fetch("orders")
    record = {**record, "uri": str(shop.root / record["uri"])}
    table: pa.Table = Datasets(shop.layout.data).read(record, as_="arrow")  # type: ignore[arg-type]
    found: list[dict[str, object]] = table.to_pylist()
    return found


def test_the_same_rows_are_the_same_fingerprint_however_they_are_written(tmp_path: Path) -> None:
    """A file that was touched, quoted otherwise or moved has not changed."""
    shop = project(tmp_path, "uri = 'orders.csv'")
    (tmp_path / "orders.csv").write_text("id\n1\n")
    first = Sources(shop).fetch("orders")
    assert (first["kind"], first["rows"], first["source"]) == ("source", 1, "orders.csv")
    (tmp_path / "orders.csv").write_text("id\r\n1\r\n")
    assert Sources(shop).fetch("orders") == first
    (tmp_path / "orders.csv").write_text("id\n2\n")
    changed = Sources(shop).fetch("orders")
    assert changed["fingerprint"] != first["fingerprint"]
    assert rows(shop) == [{"id": 2}]


def test_the_copy_stays_when_the_source_is_gone(tmp_path: Path) -> None:
    """Whoever holds the record of what was read can read it again."""
    shop = project(tmp_path, "uri = 'orders.csv'")
    (tmp_path / "orders.csv").write_text("id\n1\n")
    record = Sources(shop).fetch("orders")
    (tmp_path / "orders.csv").unlink()
    located = {**record, "uri": str(tmp_path / record["uri"])}
    assert len(Datasets(tmp_path).read(located)) == 1  # type: ignore[arg-type]


def test_an_unchanged_etag_saves_reading(tmp_path: Path, web: Web) -> None:
    """Only asking for it; a new etag is read, and the same rows are the same content."""
    shop = project(tmp_path, f"uri = '{web.put('/orders.csv', b'id,n', ETag='a')}'")
    first = Sources(shop).fetch("orders")
    read_once = web.reads
    assert Sources(shop).fetch("orders") == first
    assert web.reads == read_once
    web.put("/orders.csv", b"id,n", ETag="b")
    assert Sources(shop).fetch("orders") == first
    assert web.reads == read_once + 1


@pytest.mark.parametrize("how", ["no etag", "always"])
def test_what_cannot_or_must_not_be_trusted_is_read_every_time(how: str, tmp_path: Path, web: Web) -> None:
    """A server that names no etag; a source that is declared always fresh."""
    tags = {} if how == "no etag" else {"ETag": "a"}
    fresh = "fresh = 'always'" if how == "always" else ""
    shop = project(tmp_path, f"uri = '{web.put('/orders.csv', b'id', **tags)}'\n{fresh}")
    Sources(shop).fetch("orders")
    before = web.reads
    Sources(shop).fetch("orders")
    assert web.reads > before


def test_s3_is_read_again_when_its_object_changes(tmp_path: Path, bucket: Bucket) -> None:
    """By the object's etag."""
    uri = bucket.put("orders.csv", b"id\n1\n")
    storage = ", ".join(f"{key} = '{value}'" for key, value in bucket.storage.items())
    shop = project(tmp_path, f"uri = '{uri}'\nstorage = {{ {storage} }}")
    assert rows(shop) == [{"id": 1}]
    bucket.put("orders.csv", b"id\n2\n")
    assert rows(shop) == [{"id": 2}]


def test_a_watermark_decides_whether_a_database_is_read(tmp_path: Path, postgres_url: str) -> None:
    """Without one its table is read every time."""
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id integer PRIMARY KEY, seen integer)"))
        connection.execute(text("INSERT INTO orders VALUES (1, 1)"))
    declared = f"uri = '{postgres_url}'\nquery = 'select id from orders order by id'\n"
    marked = project(tmp_path / "marked", f"{declared}watermark = 'select max(seen) from orders'")
    plain = project(tmp_path / "plain", declared)
    assert rows(marked) == rows(plain) == [{"id": 1}]
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO orders VALUES (2, 1)"))
    assert rows(marked) == [{"id": 1}]
    assert rows(plain) == [{"id": 1}, {"id": 2}]
    with engine.begin() as connection:
        connection.execute(text("UPDATE orders SET seen = 2"))
    engine.dispose()
    assert rows(marked) == [{"id": 1}, {"id": 2}]


def test_another_declaration_is_read_anew(tmp_path: Path) -> None:
    """The copy of what was declared before is not what is asked for now."""
    (tmp_path / "orders.csv").write_text("id\n1\n")
    assert rows(project(tmp_path, "uri = 'orders.csv'")) == [{"id": 1}]
    assert rows(project(tmp_path, "uri = 'orders.csv'\ncolumns = { id = 'text' }")) == [{"id": "1"}]


def test_a_copy_that_was_changed_is_made_anew(tmp_path: Path) -> None:
    """Its digest is looked at before it is taken."""
    shop = project(tmp_path, "uri = 'orders.csv'")
    (tmp_path / "orders.csv").write_text("id\n1\n")
    record = Sources(shop).fetch("orders")
    copy = tmp_path / record["uri"] / record["files"][0]["path"]
    copy.write_bytes(bytes(reversed(copy.read_bytes())))
    assert rows(shop) == [{"id": 1}]


def test_all_stages_of_a_run_see_the_same_rows(tmp_path: Path) -> None:
    """A source is looked at once by whoever plans a run."""
    shop = project(tmp_path, "uri = 'orders.csv'")
    (tmp_path / "orders.csv").write_text("id\n1\n")
    sources = Sources(shop)
    first = sources.record("orders")
    (tmp_path / "orders.csv").write_text("id\n2\n")
    assert sources.record("orders") == first


def test_a_source_that_cannot_be_read_is_recorded_as_that_and_tried_again(tmp_path: Path) -> None:
    """Its fingerprint fits nothing that was ever made, so nothing is reused for it."""
    shop = project(tmp_path, "uri = 'orders.csv'\nretries = 0")
    sources = Sources(shop)
    unread = [sources.record("orders") for _ in range(2)]
    assert [record["kind"] for record in unread] == ["unread", "unread"]
    assert unread[0]["fingerprint"] != unread[1]["fingerprint"]
    with pytest.raises(SourceError):
        sources.fetch("orders")
    (tmp_path / "orders.csv").write_text("id\n1\n")
    assert sources.record("orders")["kind"] == "source"
    assert not list((tmp_path / ".workbench" / "sources" / "orders").glob(".reading*"))


def test_nothing_of_a_failed_reading_is_kept(tmp_path: Path) -> None:
    """Not a folder, not half a table."""
    shop = project(tmp_path, "uri = 'orders.csv'")
    (tmp_path / "orders.csv").write_text("a,b\n1\n")
    with pytest.raises(SourceError):
        Sources(shop).fetch("orders")
    assert not (tmp_path / ".workbench" / "sources").exists()


def test_an_unknown_source_is_named(tmp_path: Path) -> None:
    """With the nearest."""
    with pytest.raises(UnknownNameError, match="Did you mean 'orders'"):
        Sources(project(tmp_path, "uri = 'a.csv'")).fetch("order")


@pytest.mark.parametrize(
    ("declared", "key", "words"),
    [
        ("uri = 'postgresql://ann:hush@db/shop'\ntable = 'orders'", "sources.orders.uri", "secret:NAME"),
        ("uri = 'a.csv'\nquery = 'select 1'\ntable = 'b'", "sources.orders", "both query and table"),
        ("uri = 'a.csv'\nwatermark = 'select 1'", "sources.orders.watermark", "only a database"),
        ("uri = 'db'\ntable = 't'\nformat = 'csv'", "sources.orders.format", "no file format"),
        ("uri = 'a.csv'\nfresh = 'never'", "sources.orders.fresh", "never"),
        ("uri = 'a.csv'\nformt = 'csv'", "sources.orders.formt", "Did you mean 'format'"),
    ],
)
def test_an_impossible_declaration_is_refused_at_once(
    declared: str, key: str, words: str, tmp_path: Path
) -> None:
    """Before anything is read; a password that stands in the file is not repeated."""
    with pytest.raises(ConfigurationError, match=words) as caught:
        project(tmp_path, declared)
    assert caught.value.key == key
    assert "hush" not in str(caught.value)


def test_a_secret_in_an_address_is_no_password(tmp_path: Path) -> None:
    """It is the reference that stands in the file."""
    shop = project(tmp_path, "uri = 'postgresql://ann:secret:DB@db/shop'\ntable = 'orders'")
    assert shop.config.sources["orders"].is_database
