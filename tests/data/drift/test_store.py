"""A reference beside its model: the same again, and refused when a byte differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.data.drift.columns import table, times
from workbench.data.digest import digest_folder
from workbench.data.drift import Reference, drift, load_reference, reference, score_drift
from workbench.data.drift.held import HeldNames, HeldNumbers
from workbench.errors import IntegrityError


def recorded(held: Reference, folder: Path) -> dict[str, Any]:
    """Write a reference and return a record of the folder's files."""
    held.write(folder)
    files = [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in digest_folder(folder)]
    return {"uri": str(folder), "files": files}


def whole() -> Reference:
    """Return a reference with everything in it."""
    random = np.random.default_rng(0)
    frame = table().assign(when=pd.Timestamp("2013-01-01"), nothing=np.nan)
    return reference(
        frame,
        times=times(40),
        score=random.random(1000),
        label=random.integers(0, 2, 1000),
        scored_times=times(10, 1000),
        scored_groups=table(1, 1000)[["name"]],
    )


def test_what_is_loaded_says_what_was_saved(tmp_path: Path) -> None:
    """Of every column, of scores, and row by row of the scored ones."""
    held = whole()
    again = load_reference(recorded(held, tmp_path))
    assert again is not None
    window = table(3)
    assert drift(again, window, times=times(7)) == drift(held, window, times=times(7))
    score = np.random.default_rng(1).random(1000)
    assert score_drift(again, score, times=times(7, 1000)) == score_drift(held, score, times=times(7, 1000))
    assert held.held_out is not None
    assert again.held_out is not None
    assert np.array_equal(again.held_out.score, held.held_out.score)
    assert np.array_equal(again.held_out.label, held.held_out.label)
    assert again.held_out.times is not None
    assert np.array_equal(again.held_out.times, np.asarray(held.held_out.times))
    assert again.held_out.groups == held.held_out.groups
    assert repr(again) == "<Reference: 4,000 rows, 8 columns, 40 blocks of 1d, 1,000 scored rows>"


def test_the_same_rows_give_the_same_digest_and_others_another(tmp_path: Path) -> None:
    """So a model that is trained again alike is known again."""
    written = [whole().write(tmp_path / "a"), whole().write(tmp_path / "b")]
    other = reference(table(9), times=times(40)).write(tmp_path / "c")
    assert written[0] == written[1] != other


@pytest.mark.parametrize("name", ["inputs", "outcomes", "held_out"])
def test_a_changed_byte_is_refused(tmp_path: Path, name: str) -> None:
    """Before anything is parsed."""
    record = recorded(whole(), tmp_path)
    path = tmp_path / "reference" / f"{name}.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(IntegrityError, match=r"is not what was recorded.*It was not read"):
        load_reference(record)


def test_a_model_without_a_reference_has_none(tmp_path: Path) -> None:
    """Models of before are not refused."""
    assert (
        load_reference({"uri": str(tmp_path), "files": [{"path": "MLmodel", "size": 1, "sha256": ""}]})
        is None
    )


def test_an_unknown_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was written by another version of the workbench."""
    monkeypatch.setattr("workbench.data.drift.store._FORMAT", 99)
    record = recorded(reference(table()), tmp_path)
    monkeypatch.undo()
    with pytest.raises(IntegrityError, match="of format 99, but expected 1"):
        load_reference(record)


def test_very_many_rows_are_kept_as_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing shares and blocks are those of all rows."""
    monkeypatch.setattr("workbench.data.drift.build.ROWS", 1000)
    held = reference(table(), times=times(40))
    numbers, names = held.columns["number"], held.columns["name"]
    assert isinstance(numbers, HeldNumbers)
    assert isinstance(names, HeldNames)
    assert numbers.counts.sum() == names.counts.sum() == 1000
    assert numbers.histogram.sum() == names.histogram.sum() == held.rows == 4000
    assert {each.verdict for each in drift(held, table(1), times=times(7))} == {"pass"}


def test_very_many_names_are_kept_as_the_most_frequent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest counts as one, and so do names of the window that may have been among it."""
    monkeypatch.setattr("workbench.data.drift.build.MOST_NAMES", 20)
    random = np.random.default_rng(0)
    chances = np.arange(200, 0, -1) / np.arange(1, 201).sum()
    words = np.array([f"n{each}" for each in range(200)])
    sides = [pd.DataFrame({"name": random.choice(words, 20_000, p=chances)}) for _ in range(2)]
    held = reference(sides[0])
    found = drift(held, sides[1])[0]
    assert (found.verdict, found.unseen) == ("pass", None)
    assert None in found.evidence["names"]
    assert drift(held, sides[1].replace("n0", "never seen"))[0].unseen is None


def test_a_sample_of_the_reference_is_spread_as_it_is() -> None:
    """For reports that want rows."""
    sample = whole().sample(2000)
    assert list(sample) == ["number", "count", "holed", "name", "flag", "constant"]
    assert sample["number"].mean() == pytest.approx(10, abs=0.1)
    assert sample["holed"].isna().mean() == pytest.approx(0.1, abs=0.02)
    assert sample["name"].value_counts(normalize=True)["a"] == pytest.approx(0.6, abs=0.03)
