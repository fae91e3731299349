"""Artifacts: saved as files, loaded as values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.data import load_artifact, stage_artifact
from workbench.errors import IntegrityError, StorageError, UsageError

VALUES: dict[str, tuple[Any, str]] = {
    "dict": ({"auc": 0.7, "nested": {"list": [1, None, True, "é\n"]}}, "json"),
    "list": ([1, 2.5, "x"], "json"),
    "number": (0.25, "json"),
    "text": ("line\r\nnaïve ✈", "text"),
    "bytes": (b"\x00\xff", "bytes"),
}


@pytest.mark.parametrize(("value", "kind"), VALUES.values(), ids=VALUES.keys())
def test_a_value_comes_back(tmp_path: Path, value: Any, kind: str) -> None:
    """What was saved is equal when loaded, and its record is plain JSON."""
    record = stage_artifact(value, tmp_path, "report")
    assert json.loads(json.dumps(record)) == record
    assert (record["kind"], record["name"], record["format"]) == ("artifact", "report", kind)
    assert load_artifact(record, tmp_path) == value


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.array(3),
        np.array(["a", "bé"]),
        np.array(["2013-01-01"], "M8[ns]"),
        np.zeros((0, 2), "int8"),
    ],
    ids=lambda array: str(array.dtype),
)
def test_an_array_comes_back(tmp_path: Path, array: Any) -> None:
    """Shape, type and values of an array survive."""
    back = load_artifact(stage_artifact(array, tmp_path, "a"), tmp_path)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array, strict=True)


def test_a_figure_is_a_png_of_the_same_bytes_each_time(tmp_path: Path) -> None:
    """A figure becomes PNG, and drawing it again gives the same fingerprint."""
    from matplotlib.figure import Figure

    def draw() -> Figure:
        figure = Figure()
        figure.subplots().plot([1, 3, 2])
        return figure

    records = [stage_artifact(draw(), tmp_path / str(i), "roc") for i in (1, 2)]
    assert load_artifact(records[0], tmp_path / "1").startswith(b"\x89PNG\r\n")
    assert records[0]["fingerprint"] == records[1]["fingerprint"]


def test_a_file_is_copied(tmp_path: Path) -> None:
    """The Path of a file is saved as that file, under its own name."""
    source = tmp_path / "model card.md"
    source.write_text("# Card")
    record = stage_artifact(source, tmp_path / "out", "card")
    source.write_text("changed later")
    found = load_artifact(record, tmp_path / "out")
    assert (found.name, found.read_text()) == ("model card.md", "# Card")


def test_a_folder_is_copied(tmp_path: Path) -> None:
    """The Path of a folder is saved with all its files, also when it has only one."""
    (tmp_path / "site" / "img").mkdir(parents=True)
    (tmp_path / "site" / "img" / "a.svg").write_text("<svg/>")
    record = stage_artifact(tmp_path / "site", tmp_path / "out", "site")
    assert (load_artifact(record, tmp_path / "out") / "img" / "a.svg").read_text() == "<svg/>"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        (np.ones((2, 3)), np.asfortranarray(np.ones((2, 3))), True),
        ({"a": 1}, {"a": 1.0}, False),
        ("1", b"1", False),
        ("[]", [], False),
        (np.zeros(2), np.zeros((2, 1)), False),
    ],
)
def test_the_fingerprint_is_of_the_content(tmp_path: Path, first: Any, second: Any, same: bool) -> None:
    """The order of keys and the layout of an array are no content; types and shapes are."""
    found = [stage_artifact(v, tmp_path / str(i), "x")["fingerprint"] for i, v in enumerate((first, second))]
    assert (found[0] == found[1]) == same


@pytest.mark.parametrize(
    "value", [{"a": 1}, "text", b"bytes", np.zeros(2)], ids=["json", "text", "bytes", "numpy"]
)
def test_damaged_bytes_are_never_parsed(tmp_path: Path, value: Any) -> None:
    """A changed file is named, and nothing is loaded from it."""
    record = stage_artifact(value, tmp_path, "x")
    path = tmp_path / record["files"][0]["path"]
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(IntegrityError, match="It was not read"):
        load_artifact(record, tmp_path)


def test_a_file_slipped_into_a_folder_is_found(tmp_path: Path) -> None:
    """A folder artifact holds what was recorded and nothing else."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<p>")
    record = stage_artifact(tmp_path / "site", tmp_path / "out", "site")
    (tmp_path / "out" / "site" / "more.js").write_text("alert()")
    with pytest.raises(IntegrityError, match=r"more\.js is not among"):
        load_artifact(record, tmp_path / "out")


def _axes() -> Any:
    from matplotlib.figure import Figure

    return Figure().subplots()


@pytest.mark.parametrize(
    ("value", "said", "hint"),
    [
        (object(), "builtins.object", "that file's Path"),
        (None, "builtins.NoneType", "a dict, list or number (JSON)"),
        ({1, 2}, "builtins.set", "sorted(value)"),
        (np.float64(1).astype("float32"), "numpy.float32", "value.item()"),
        (np.array([object()]), "Python objects", "astype"),
        ({"a": {"b": [1, np.int64(2)]}}, "x.a.b[1] is a numpy.int64", "value.item()"),
        ({"a": float("nan")}, "x.a is nan", "None"),
        ({1: 2}, "the key 1", "str(key)"),
        ({"d": __import__("datetime").date(2013, 1, 1)}, "x.d is a datetime.date", "Turn it"),
        ("\ud800", "no valid Unicode", "surrogateescape"),
        (Path("does/not/exist"), "does not exist", "existing file"),
        (_axes(), "matplotlib", "get_figure()"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_advice(
    tmp_path: Path, value: Any, said: str, hint: str
) -> None:
    """The message names what was got, the hint what can be saved; nothing is written or pickled."""
    with pytest.raises(UsageError) as caught:
        stage_artifact(value, tmp_path / "out", "x")
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A folder without files has nothing to save."""
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    with pytest.raises(UsageError, match="is an empty folder"):
        stage_artifact(tmp_path / "empty", tmp_path / "out", "x")


def test_a_format_of_the_future_is_named(tmp_path: Path) -> None:
    """A record of an unknown format says so instead of guessing."""
    record = stage_artifact("text", tmp_path, "x")
    record["format"] = "hologram"
    with pytest.raises(StorageError, match="'hologram', which this version cannot read"):
        load_artifact(record, tmp_path)
