"""What makes a stage stale, and how the change is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.pipeline.code import CellPrint, cell_prints
from workbench.pipeline.fingerprint import Fingerprint, InputPrint, explain, input_prints


def cells(*sources: str, tagged: dict[int, str] | None = None) -> tuple[CellPrint, ...]:
    tags = tagged or {}
    return cell_prints(
        {"cell_type": "code", "source": source, "metadata": {"tags": [tags[i]] if i in tags else []}}
        for i, source in enumerate(sources, start=1)
    )


BASE = Fingerprint(
    code=cells("import a", "b = load()", "features = build(b)", "save(features)"),
    parameters={"horizon_minutes": 30, "flag": 1},
    inputs={
        "flights": InputPrint("aaa", "dataset", 336776, 3),
        "m@champion": InputPrint("bbb", "model", None, 1),
    },
    modules={"flights/features.py": "111"},
    environment={"python": "3.11", "lock.txt:numpy": "2.1", "environment.yml": "0" * 64},
    outputs=("features",),
)

CHANGES: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (
        {"code": cells("import a", "b = load()", "features = build(b, 2)", "save(features)")},
        [("cell", "cell 3 changed: `features = build(b, 2)`")],
    ),
    (
        {"code": cells("import a", "new = 1", "b = load()", "features = build(b)", "save(features)")},
        [("cell", "cell 2 added: `new = 1`")],
    ),
    (
        {"code": cells("import a", "features = build(b)", "save(features)")},
        [("cell", "cell 2 removed: `b = load()`")],
    ),
    (
        {"code": cells("b = load()", "import a", "features = build(b)", "save(features)")},
        [("cell", "cell 2 moved to 1: `b = load()`")],
    ),
    (
        {
            "code": cells(
                "import a",
                "b = load()",
                "features = build(b)",
                "save(features)",
                tagged={4: "skip-execution"},
            )
        },
        [("tag", "cell 4: tag 'skip-execution' added")],
    ),
    (
        {"parameters": {"horizon_minutes": 45, "flag": 1}},
        [("parameter", "parameter horizon_minutes: 30 → 45")],
    ),
    ({"parameters": {"horizon_minutes": 30, "flag": True}}, [("parameter", "parameter flag: 1 → true")]),
    ({"parameters": {"flag": 1}}, [("parameter", "parameter horizon_minutes removed, it was 30")]),
    (
        {"parameters": {"horizon_minutes": 30, "flag": 1, "day": "2013-01-01"}},
        [("parameter", "parameter day added: 2013-01-01")],
    ),
    (
        {"inputs": {**BASE.inputs, "flights": InputPrint("ccc", "dataset", 336776, 4)}},
        [("input", "input flights: 336,776 rows, content changed")],
    ),
    (
        {"inputs": {**BASE.inputs, "flights": InputPrint("ccc", "dataset", 336800, 4)}},
        [("input", "input flights: 336,776 → 336,800 rows")],
    ),
    (
        {"inputs": {**BASE.inputs, "m@champion": InputPrint("ccc", "model", None, 2)}},
        [("input", "input m@champion: version 1 → 2")],
    ),
    (
        {"inputs": {**BASE.inputs, "m@champion": InputPrint("absent", "absent")}},
        [("input", "input m@champion: there is none any more")],
    ),
    ({"inputs": {"flights": BASE.inputs["flights"]}}, [("input", "input m@champion removed")]),
    ({"modules": {"flights/features.py": "222"}}, [("module", "module flights/features.py changed")]),
    (
        {"modules": {"flights/other.py": "111"}},
        [
            ("module", "module flights/features.py is no longer imported"),
            ("module", "module flights/other.py is imported now"),
        ],
    ),
    ({"outputs": ("features", "report")}, [("output", "output report is declared now")]),
    (
        {"environment": {"python": "3.12", "lock.txt:numpy": "2.2", "environment.yml": "1" * 64}},
        [
            ("environment", "environment: environment.yml changed"),
            ("environment", "environment: numpy 2.1 → 2.2 (lock.txt)"),
            ("environment", "environment: python 3.11 → 3.12"),
        ],
    ),
    (
        {"environment": {"python": "3.11", "lock.txt:polars": "1", "environment.yml": "0" * 64}},
        [
            ("environment", "environment: numpy removed (lock.txt)"),
            ("environment", "environment: polars added (lock.txt)"),
        ],
    ),
]


@pytest.mark.parametrize(("change", "told"), CHANGES)
def test_each_change_makes_stale_and_is_told_in_one_line(
    change: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    """The digest differs, and the reasons name what changed and nothing else."""
    changed = replace(BASE, **change)
    assert changed.digest != BASE.digest
    assert [(reason.kind, reason.text) for reason in explain(BASE, changed)] == told


SAME: list[dict[str, Any]] = [
    {"code": tuple(replace(cell, index=cell.index + 5) for cell in BASE.code)},
    {"inputs": {**BASE.inputs, "flights": InputPrint("aaa", "dataset", 336776, 9)}},
    {"parameters": {"flag": 1, "horizon_minutes": 30}},
    {"inputs": dict(sorted(BASE.inputs.items(), reverse=True))},
]


@pytest.mark.parametrize("change", SAME)
def test_places_orders_and_version_numbers_decide_nothing(change: dict[str, Any]) -> None:
    """A cell that only moved down, another order of names, the same content under a new version."""
    same = replace(BASE, **change)
    assert same.digest == BASE.digest
    assert explain(BASE, same) == []


def test_a_stage_that_was_never_committed_says_so() -> None:
    """Without anything to compare with, there is one reason."""
    assert [(reason.kind, reason.text) for reason in explain(None, BASE)] == [
        ("new", "never committed before")
    ]


def test_a_fingerprint_survives_json() -> None:
    """What the ledger keeps is read back equal, with the same digest."""
    again = Fingerprint.from_dict(json.loads(json.dumps(BASE.to_dict())))
    assert again == BASE
    assert again.digest == BASE.digest == BASE.to_dict()["digest"]


def test_input_records_are_reduced_to_what_decides_and_what_tells() -> None:
    """Files and places of an input are left out: the same content elsewhere is the same input."""
    record = {"kind": "dataset", "fingerprint": "f", "rows": 3, "version": 2, "uri": "/x", "files": []}
    assert input_prints({"flights": record}) == {"flights": InputPrint("f", "dataset", 3, 2)}


SOURCES = st.lists(st.sampled_from(["a = 1", "b = 2", "c = 3", "d = 4"]), max_size=6)
SCALARS = st.one_of(st.integers(0, 1), st.booleans(), st.sampled_from(["1", "x"]), st.just(1.0))


@given(
    SOURCES,
    SOURCES,
    st.dictionaries(st.sampled_from("pq"), SCALARS),
    st.dictionaries(st.sampled_from("pq"), SCALARS),
)
def test_there_is_a_reason_if_and_only_if_the_digest_changed(
    one: list[str], other: list[str], before: dict[str, Any], after: dict[str, Any]
) -> None:
    """No change goes untold, and nothing is told without a change."""
    old = Fingerprint(code=cells(*one), parameters=before)
    new = Fingerprint(code=cells(*other), parameters=after)
    assert bool(explain(old, new)) is (old.digest != new.digest)
