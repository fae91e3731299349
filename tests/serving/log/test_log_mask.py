"""What is sensitive is hashed or left out before anything is written."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.serving.log.logged import END, START, Logged
from workbench.serving.log import Mask, read_salt
from workbench.serving.log.mask import hashed

SALT = b"s" * 32
NAMED = [("name", "text"), ("age", "number"), ("income", "number")]
ROW = ["Ada Lovelace", 36.0, 12345678.0]


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("how", ["hash", "drop"])
def test_a_sensitive_value_is_nowhere_in_the_log(logged: Logged, how: str) -> None:
    """Neither in the spool nor in a table."""
    logged.mask = Mask(["name", "income"], how, SALT)  # type: ignore[arg-type]
    for at_once in range(2):
        spool = logged.spool()
        logged.row(spool, ROW, named=NAMED)
        logged.label(spool, 1, entity="somebody")
        found = everything(logged.state)
        assert b"Lovelace" not in found
        assert b"tester" in found or at_once
    logged.close()
    logged.compact()
    assert b"Lovelace" not in everything(logged.state)
    row = logged.log.window("late", START, END)["features"].to_list()[0]
    if how == "drop":
        assert row == {"age": 36.0}
    else:
        assert row == {"name": hashed("Ada Lovelace", SALT), "age": 36.0, "income": hashed(12345678, SALT)}


def test_equal_values_have_equal_hashes_and_only_with_the_same_secret() -> None:
    """So that drift and joins can still be seen; a missing value stays missing."""
    assert hashed("x", SALT) == hashed("x", SALT)
    assert hashed(3, SALT) == hashed(3.0, SALT)
    assert hashed(None, SALT) is None
    assert (
        len({hashed(value, salt) for value in ("x", "y", "\ud800", 3.5, True) for salt in (SALT, b"t")}) == 10
    )
    assert len(str(hashed("x", SALT))) == 32


@pytest.mark.parametrize("how", ["hash", "drop"])
def test_labels_find_the_predictions_of_a_sensitive_entity(logged: Logged, how: str) -> None:
    """Whose key is hashed in both, and nowhere in clear."""
    logged.mask = Mask(["name"], how, SALT, entity_column="name")  # type: ignore[arg-type]
    spool = logged.spool()
    id_ = logged.row(spool, ROW, named=NAMED, entity="Ada Lovelace")
    logged.label(spool, 1, entity="Ada Lovelace")
    assert b"Lovelace" not in everything(logged.state)
    rows = logged.log.labelled("late", START, END)
    assert rows["prediction_id"].to_list() == [id_]
    assert rows["entity"].to_list() == [hashed("Ada Lovelace", SALT)]


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    """Whoever asks, at the same time or later, has the same one."""
    path = tmp_path / "state" / "salt"
    with ThreadPoolExecutor(16) as threads:
        found = set(threads.map(lambda _: read_salt(path), range(64)))
    assert len(found) == 1
    assert found == {read_salt(path)}
    assert len(found.pop()) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["salt"]
    assert read_salt(tmp_path / "other") != read_salt(path)
