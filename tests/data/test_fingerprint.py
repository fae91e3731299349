"""The fingerprint of a table."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.data.tables import VALUES, column, every_type, tables
from workbench.data import fingerprint_table

_GARBAGE = [kind for kind in VALUES if not pa.types.is_nested(kind) and not pa.types.is_boolean(kind)]


def one(values: list[Any], kind: pa.DataType | None = None, name: str = "c") -> pa.Table:
    return pa.table({name: pa.array(values, kind)})


@given(tables(), st.lists(st.integers(0, 12), max_size=4))
def test_chunks_do_not_matter(table: pa.Table, cuts: list[int]) -> None:
    """However a table is cut into chunks, empty ones among them, its content is the same."""
    ends = [0, *sorted(min(cut, table.num_rows) for cut in cuts), table.num_rows]
    pieces = [table.slice(a, b - a) for a, b in itertools.pairwise(ends)]
    assert fingerprint_table(pa.concat_tables(pieces)) == fingerprint_table(table)


@given(tables(), st.integers(0, 12), st.integers(0, 12))
def test_a_slice_is_what_it_shows(table: pa.Table, start: int, rows: int) -> None:
    """A slice of a larger table has the fingerprint of its rows written anew."""
    part = table.slice(start, rows)
    anew = part.take(pa.array(range(part.num_rows), pa.int64()))
    assert fingerprint_table(part) == fingerprint_table(anew)


@given(st.sampled_from(_GARBAGE).flatmap(lambda kind: st.tuples(column(kind, 9), column(kind, 9))))
def test_bytes_under_a_null_do_not_matter(pair: tuple[pa.Array, pa.Array]) -> None:
    """What lies in memory where a value is missing is no content."""
    shown, garbage = pair
    mask = shown.is_null()
    filled = pc.if_else(mask, garbage, shown)
    bitmap = mask.to_numpy(zero_copy_only=False)
    validity = pa.py_buffer(np.packbits(~bitmap, bitorder="little").tobytes())
    dirty = pa.Array.from_buffers(shown.type, len(shown), [validity, *filled.buffers()[1:]])
    assert dirty.to_pylist() == shown.to_pylist()
    assert fingerprint_table(pa.table({"c": dirty})) == fingerprint_table(pa.table({"c": shown}))


def test_elements_under_a_missing_list_or_struct_do_not_matter() -> None:
    """What hangs below a missing list, map or struct is no content either."""
    hidden = np.array([False, True, False])
    numbers = pa.array([1, 2, 3])
    cases = [
        (pa.ListArray.from_arrays([0, 1, 2, 3], numbers, mask=pa.array(hidden)), [[1], None, [3]]),
        (pa.StructArray.from_arrays([numbers], ["x"], mask=pa.array(hidden)), [{"x": 1}, None, {"x": 3}]),
        (
            pa.FixedSizeListArray.from_arrays(pa.array([1, 1, 2, 2, 3, 3]), 2, mask=pa.array(hidden)),
            [[1, 1], None, [3, 3]],
        ),
    ]
    for dirty, shown in cases:
        clean = pa.array(shown, dirty.type)
        assert fingerprint_table(pa.table({"c": dirty})) == fingerprint_table(pa.table({"c": clean}))


@given(st.lists(st.none() | st.text(max_size=3), max_size=12))
def test_encodings_of_text_do_not_matter(values: list[str | None]) -> None:
    """Dictionaries, 64-bit offsets, views and run ends are ways to write the same texts."""
    plain = pa.array(values, pa.string())
    same = [
        plain.dictionary_encode(),
        plain.dictionary_encode().cast(pa.dictionary(pa.int8(), pa.large_string())),
        plain.cast(pa.large_string()),
        plain.cast(pa.string_view()),
        pa.DictionaryArray.from_arrays(
            plain.dictionary_encode().indices, plain.dictionary_encode().dictionary.cast(pa.string_view())
        ),
        pc.run_end_encode(plain),
    ]
    assert {fingerprint_table(pa.table({"c": a})) for a in same} == {
        fingerprint_table(pa.table({"c": plain}))
    }


@settings(max_examples=30)
@given(tables())
def test_parquet_and_metadata_do_not_matter(table: pa.Table) -> None:
    """A table read back from Parquet, or carrying metadata, has the fingerprint it had."""
    assume(not any(pa.types.is_fixed_size_list(kind) for kind in table.schema.types))  # pyarrow cannot
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.replace_schema_metadata({"pandas": "{}"}), sink, use_dictionary=True, row_group_size=5
    )
    back = pq.read_table(pa.BufferReader(sink.getvalue()))
    assert fingerprint_table(back) == fingerprint_table(table)


def test_blocks_of_large_tables_do_not_show() -> None:
    """A table of several blocks, cut anywhere and hashed in parallel, has one fingerprint."""
    rows = 300_001
    numbers = np.arange(rows)
    table = pa.table(
        {
            "n": pa.array(numbers, mask=numbers % 7 == 0),
            "text": pa.array(numbers % 1000).cast(pa.string()),
            "yes": pa.array(numbers % 3 == 0),
            "list": pa.array(numbers.reshape(-1, 1).tolist()),
        }
    )
    cut = pa.concat_tables([table.slice(0, 131_071), table.slice(131_071, 3), table.slice(131_074)])
    again = pa.concat_tables([table.slice(0, 1), table.slice(1)]).combine_chunks()
    assert fingerprint_table(table) == fingerprint_table(cut) == fingerprint_table(again)


@given(tables(min_rows=1), st.data())
def test_any_changed_value_matters(table: pa.Table, data: st.DataObject) -> None:
    """One changed value, in any row of any column, changes the fingerprint."""
    place = data.draw(st.integers(0, table.num_columns - 1))
    row = data.draw(st.integers(0, table.num_rows - 1))
    kind = table.schema.field(place).type
    values = table.column(place).to_pylist()
    changed = pa.array([data.draw(st.none() | VALUES[kind])], kind)
    assume(not changed.equals(table.column(place).combine_chunks().slice(row, 1)))
    assume(repr(changed[0].as_py()) != repr(values[row]))
    values[row] = changed[0].as_py()
    other = table.set_column(place, table.column_names[place], pa.array(values, kind))
    assert fingerprint_table(other) != fingerprint_table(table)


@given(tables(min_rows=2), st.data())
def test_the_order_of_rows_matters(table: pa.Table, data: st.DataObject) -> None:
    """The same rows in another order are another content."""
    order = data.draw(st.permutations(range(table.num_rows)))
    other = table.take(pa.array(order))
    assume(repr(other.to_pylist()) != repr(table.to_pylist()))
    assert fingerprint_table(other) != fingerprint_table(table)


@given(tables(), st.data())
def test_names_types_and_the_order_of_columns_matter(table: pa.Table, data: st.DataObject) -> None:
    """A renamed column, a moved column and a column of another type are another content."""
    found = fingerprint_table(table)
    names = table.column_names
    assert fingerprint_table(table.rename_columns([f"{names[0]}2", *names[1:]])) != found
    order = data.draw(st.permutations(names))
    assert (fingerprint_table(table.select(order)) != found) == (order != names)


TWINS: list[tuple[str, pa.Table, pa.Table]] = [
    ("where texts end", one(["ab", "c"]), one(["a", "bc"])),
    ("where lists end", one([[1], [2, 3]]), one([[1, 2], [3]])),
    ("missing or empty text", one([None, "a"]), one(["", "a"])),
    ("missing or empty list", one([None, [1]]), one([[], [1]])),
    ("missing struct or missing inside", one([None, {"x": 1}]), one([{"x": None}, {"x": 1}])),
    ("missing or NaN", one([None, 1.0]), one([float("nan"), 1.0])),
    ("the sign of zero", one([0.0]), one([-0.0])),
    ("integer or float", one([1]), one([1.0])),
    ("width", one([1], pa.int32()), one([1], pa.int64())),
    ("text or bytes", one(["a"]), one([b"a"])),
    ("unit", one([1000], pa.timestamp("us")), one([1], pa.timestamp("ms"))),
    ("zone", one([1], pa.timestamp("us", "UTC")), one([1], pa.timestamp("us", "Asia/Tokyo"))),
    ("zone or none", one([1], pa.timestamp("us", "UTC")), one([1], pa.timestamp("us"))),
    ("number of rows, all missing", one([None, None], pa.int64()), one([None], pa.int64())),
    ("no rows, other type", one([], pa.int64()), one([], pa.string())),
    ("which column", pa.table({"a": [1], "b": [2]}), pa.table({"a": [2], "b": [1]})),
    ("what a name holds", one([1], name='a", "b'), pa.table({"a": [1], "b": [1]})),
    ("field names", one([{"x": 1}]), one([{"y": 1}])),
]


@pytest.mark.parametrize(("first", "second"), [t[1:] for t in TWINS], ids=[t[0] for t in TWINS])
def test_lookalikes_differ(first: pa.Table, second: pa.Table) -> None:
    """Tables that a careless hash would confuse have different fingerprints."""
    assert fingerprint_table(first) != fingerprint_table(second)


def test_every_nan_is_the_same() -> None:
    """The sign and the payload of a NaN come from how it was computed, not from what it means."""
    bits = np.array([0x7FF8000000000000, 0xFFF8000000000000, 0x7FF8000000000001], np.uint64)
    found = {fingerprint_table(pa.table({"c": bits[i : i + 1].view(np.float64)})) for i in range(3)}
    assert len(found) == 1


def test_fingerprints_stay_from_release_to_release() -> None:
    """The fingerprint of a known table never changes: every recorded version depends on it."""
    assert fingerprint_table(every_type()) == (
        "1d9db2663bb026980ccef22cdeef9caf860c654a4178fd7f057dc71ef5f2d343"
    )
