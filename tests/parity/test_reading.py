"""What the code alone shows: tables of what is found, and of what is fine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.parity.foreign import write_foreign
from workbench.parity import Kind
from workbench.parity.kernel.values import digests
from workbench.parity.reading import clock_calls, missing_modules, missing_names, read_faults, unpinned
from workbench.parity.reading.clock import durations
from workbench.parity.subject import Subject, copy_for, subject_of

IMPORTS = (
    "import random, time, uuid\nimport numpy as np\nimport pandas as pd\n"
    "from datetime import date, datetime\nfrom sklearn.model_selection import KFold, train_test_split"
)


def read(folder: Path, *cells: str) -> Subject:
    return subject_of(write_foreign(folder / "here", "a", [IMPORTS, *cells]), None)


@pytest.mark.parametrize(
    "source",
    [
        "x = np.random.rand(3)",
        "rng = np.random.default_rng()",
        "rng = np.random.default_rng(None)",
        "random.shuffle(rows)",
        "parts = train_test_split(rows)",
        "parts = KFold(5, shuffle=True)",
        "some = frame.sample(frac=0.1)",
        "name = uuid.uuid4()",
    ],
)
def test_a_draw_without_a_seed_is_found(tmp_path: Path, source: str) -> None:
    """By the names that the usual libraries give it."""
    assert [fault.cell for fault in unpinned(read(tmp_path, source))] == [2]


@pytest.mark.parametrize(
    "source",
    [
        "np.random.seed(1)\nx = np.random.rand(3)\ny = frame.sample(3)",
        "random.seed(1)\nrandom.shuffle(rows)",
        "rng = np.random.default_rng(7)\nx = rng.normal()",
        "rng = np.random.default_rng(seed=SEED)",
        "parts = train_test_split(rows, random_state=0)",
        "parts = train_test_split(rows, **settings)",
        "parts = KFold(5)",
        "weekly = frame.resample('W').sum()",
        "trial.sample(space, name='x', other=1)",
    ],
)
def test_a_pinned_draw_is_fine(tmp_path: Path, source: str) -> None:
    """A seed by whatever name."""
    assert list(unpinned(read(tmp_path, source))) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("x = datetime.now()", 1),
        ("x = date.today()", 1),
        ("x = pd.Timestamp('now')", 1),
        ("x = pd.to_datetime('today')", 1),
        ("x = time.strftime('%Y')", 1),
        ("x = time.strftime('%Y', moment)", 0),
        ("x = time.perf_counter()", 0),
        ("x = pd.Timestamp('2024-01-01')", 0),
        ("x = stage.now()", 0),
    ],
)
def test_a_look_at_the_clock_is_found(tmp_path: Path, source: str, count: int) -> None:
    """A duration's clock is none."""
    assert len(list(clock_calls(read(tmp_path, source)))) == count


def test_what_cancels_out_is_no_look_at_the_clock(tmp_path: Path) -> None:
    """`end - began` depends on no day; the beginning that is used otherwise does."""
    cells = (
        "began = time.time()\nend = time.time()\nprint(end - began)",
        "start = time.time()\nprint(start)",
    )
    found = durations(read(tmp_path, *cells, "t0 = datetime.now()\nprint(datetime.now() - t0)"))
    assert found.names == {"began", "end", "t0"}
    assert found.lines == {(2, 1), (2, 2), (4, 1), (4, 2)}


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("x = pd.read_csv('/home/ada/x.csv')", {Kind.PATH, Kind.INPUT}),
        ("BASE = '/opt/data'\nx = pd.read_csv(f'{BASE}/x.csv')", {Kind.PATH, Kind.INPUT}),
        ("HOME = 'C:\\\\Users\\\\ada\\\\x.csv'", {Kind.PATH}),
        ("x.to_csv('/tmp/out.csv')", {Kind.PATH}),
        ("x = pd.read_csv('../other/x.csv')", {Kind.INPUT}),
        ("x = pd.read_csv('gone.csv')", {Kind.INPUT}),
        ("x = pd.read_csv('https://example.org/x.csv')", {Kind.INPUT, Kind.NETWORK}),
        ("!wget https://example.org/x.csv", {Kind.NETWORK}),
        ("!git clone https://example.org/x", {Kind.NETWORK}),
        ("%store rows", {Kind.STATE}),
        ("x = pd.read_csv('data/sales.csv')", set()),
        ("x = open('/proc/meminfo').read()", set()),
        ("'''Reads /home/ada/x.csv in the docstring'''", set()),
        ("url = f'{host}/data/items'", set()),
        ("x.to_csv('out.csv')\ny = pd.read_csv('out.csv')", set()),
        ("!ls", set()),
    ],
)
def test_what_a_cell_touches_is_found(tmp_path: Path, source: str, kinds: set[Kind]) -> None:
    """Files, addresses, programs; what travels with the notebook is fine."""
    assert {fault.kind for fault in read_faults(read(tmp_path, source))} == kinds


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import nowhere", "not installed"),
        ("def f():\n    import nowhere", "not installed"),
        ("import sys\nsys.path.append('../lib')\nimport mine", "outside of its folder"),
        ("try:\n    import nowhere\nexcept ImportError:\n    pass", ""),
        ("import beside", ""),
        ("import json, pandas.api.types", ""),
    ],
)
def test_an_import_that_fails_elsewhere_is_found(tmp_path: Path, source: str, words: str) -> None:
    """Before anything runs; an import whose failure is caught is optional."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "mine.py").write_text("")
    subject = read(tmp_path, source)
    (subject.folder / "beside.py").write_text("")
    found = [fault.text for fault in missing_modules(subject)]
    assert len(found) == bool(words)
    assert all(words in text for text in found)


def test_names_are_followed_from_cell_to_cell(tmp_path: Path) -> None:
    """A name that only a cell below makes is about order, one that no cell makes about hidden state."""
    subject = read(tmp_path, "print(below)", "below = 1", "print(gone)")
    found = [(fault.kind, fault.cell, fault.line) for fault in missing_names(subject)]
    assert found == [(Kind.ORDER, 2, 1), (Kind.STATE, 4, 1)]


def test_values_are_remembered_by_content_and_order() -> None:
    """Equal content gives equal digests; another order, or another value, does not."""
    import numpy as np
    import pandas as pd
    import polars as pl

    def digest(value: object) -> object:
        return digests({"x": value}, ["x"]).get("x")

    frame = pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": ["x", "y", "z"]})
    assert digest(frame) == digest(frame.copy())
    assert digest(frame) != digest(frame.iloc[::-1])
    assert digest(frame) != digest(frame.assign(a=[1.0, 2.0, 3.0]))
    moments = pd.Series(pd.date_range("2013-01-01", periods=150_000, freq="min", tz="America/New_York"))
    for many in (moments, pd.DatetimeIndex(moments), moments.astype(str), pl.Series(moments)):
        assert digest(many) == digest(many[:])
        assert digest(many) != digest(many[::-1])
        assert digest(many) != digest(many[:-1])
    assert digest(moments[:3]) != digest(moments[:3] + pd.Timedelta("1us"))
    assert digest({"a": [1, 2]}) != digest({"a": [2, 1]})
    assert digest({"b", "a"}) == digest({"a", "b"})
    assert digest(pd) is None


def test_a_check_installs_nothing(tmp_path: Path) -> None:
    """The line is told, and left out of what runs; cells and lines keep their numbers."""
    subject = read(tmp_path, "!pip install pandas\nx = 1", "if x:\n    %pip install pandas")
    assert [fault.kind for fault in read_faults(subject)] == [Kind.NETWORK, Kind.NETWORK]
    copy = copy_for(subject, "first")
    sources = [cell["source"] for cell in json.loads(copy.text)["cells"]]
    assert sources[2:] == [
        "pass  # !pip install pandas\nx = 1",
        "if x:\n    pass  # %pip install pandas",
    ]
    assert copy.numbers == (None, 1, 2, 3)
    assert copy.executed == (1, 2, 3)
