"""Values that are validated, rendered and read back are the same values."""

from __future__ import annotations

import ast
import json
import string
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parameters.cells import declared
from workbench.parameters import Secret
from workbench.parameters.literals import value_of
from workbench.parameters.names import imported

_zones = st.sampled_from([None, UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8))])
_texts = st.text()
_floats = st.floats(allow_nan=False, allow_infinity=False)
_paths = st.text(string.ascii_letters + "./ 'é\\", min_size=1).map(Path)
_secrets = st.text("ABCxyz_", min_size=1).map(Secret)
_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | _floats | _texts,
    lambda inner: st.lists(inner) | st.dictionaries(_texts, inner),
    max_leaves=8,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "int": st.integers(),
    "float": _floats,
    "str": _texts,
    "bool": st.booleans(),
    "date": st.dates(),
    "datetime": st.datetimes(timezones=_zones),
    "time": st.times(),
    "timedelta": st.timedeltas(),
    "Path": _paths,
    "Decimal": st.decimals(allow_nan=False, allow_infinity=False),
    "Secret": _secrets,
    "int | None": st.none() | st.integers(),
    "Literal['a', 2, True, None]": st.sampled_from(["a", 2, True, None]),
    "list": st.lists(_plain),
    "list[date | None]": st.lists(st.none() | st.dates()),
    "tuple[int, ...]": st.lists(st.integers()).map(tuple),
    "tuple[str, Decimal]": st.tuples(_texts, st.decimals(allow_nan=False, allow_infinity=False)),
    "set[str]": st.sets(_texts),
    "set[int | str]": st.sets(st.integers() | _texts),
    "set[date]": st.sets(st.dates()),
    "frozenset[float]": st.frozensets(_floats),
    "dict": st.dictionaries(_texts, _plain),
    "dict[int, list[Path]]": st.dictionaries(st.integers(), st.lists(_paths)),
    "dict[str, dict[str, timedelta]]": st.dictionaries(_texts, st.dictionaries(_texts, st.timedeltas())),
}


def _read_back(source: str) -> dict[str, Any]:
    tree = ast.parse(source)
    bound = imported(tree.body)
    assigned = [node for node in tree.body if not isinstance(node, ast.Import)]
    return {n.targets[0].id: value_of(n.value, bound) for n in assigned}  # type: ignore[attr-defined]


@pytest.mark.parametrize("annotation", VALUES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_rendered_source_means_the_same_values(annotation: str, data: st.DataObject) -> None:
    """Validate, render, read the syntax tree: equal values of the same types."""
    signature = declared(f"x: {annotation}")
    value = data.draw(VALUES[annotation])
    validated = signature.validate({"x": value}, where="test")
    assert validated["x"] == value
    found = _read_back(signature.render(validated))
    assert found == validated
    assert repr(type(found["x"])) == repr(type(validated["x"]))


@pytest.mark.parametrize("annotation", VALUES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_canonical_form_is_json_and_means_the_same_values(annotation: str, data: st.DataObject) -> None:
    """It can be stored, and validated again into what it was made from."""
    signature = declared(f"x: {annotation}")
    validated = signature.validate({"x": data.draw(VALUES[annotation])}, where="test")
    canonical = signature.canonical(validated)
    stored = json.loads(json.dumps(canonical, allow_nan=False))
    assert stored == canonical
    assert signature.validate(stored, where="test") == validated


@given(st.lists(st.integers() | _texts, unique_by=str), st.randoms())
def test_the_canonical_form_depends_on_the_value_alone(items: list[int | str], random: Any) -> None:
    """Not on the order in which a set or a dict was filled."""
    signature = declared("s: set[int | str]\nd: dict[str, int]")
    other = list(items)
    random.shuffle(other)
    first = {"s": set(items), "d": {str(item): 1 for item in items}}
    second = {"s": set(other), "d": {str(item): 1 for item in other}}
    assert json.dumps(signature.canonical(first)) == json.dumps(signature.canonical(second))
    assert signature.render({"s": first["s"]}) == signature.render({"s": second["s"]})


@pytest.mark.parametrize(
    ("annotation", "value", "canonical"),
    [
        ("date", date(2013, 2, 28), "2013-02-28"),
        ("datetime", datetime(2013, 1, 1, 6, 30, tzinfo=UTC), "2013-01-01T06:30:00+00:00"),
        ("time", time(6, 30), "06:30:00"),
        ("timedelta", timedelta(minutes=90), "1h30m"),
        ("Decimal", Decimal("1.10"), "1.10"),
        ("Path", Path("a") / "b", "a/b"),
        ("set[int]", {10, 9, 1}, [1, 9, 10]),
        ("tuple[int, int]", (1, 2), [1, 2]),
        ("dict[int, int]", {2: 1, 1: 2}, {"1": 2, "2": 1}),
        ("Secret", Secret("A"), "secret:A"),
        ("str", "secret:A", "secret:A"),
        ("Annotated[float, Field(allow_inf_nan=True)]", float("inf"), "inf"),
    ],
)
def test_each_type_has_one_json_form(annotation: str, value: Any, canonical: Any) -> None:
    """Dates are ISO texts, sets are sorted, secrets are references."""
    assert declared(f"x: {annotation}").canonical({"x": value}) == {"x": canonical}


def test_a_value_without_end_survives_both_ways() -> None:
    """When the declaration allows it."""
    signature = declared("x: Annotated[float, Field(allow_inf_nan=True)]")
    for value in (float("inf"), float("-inf")):
        assert _read_back(signature.render({"x": value})) == {"x": value}
        assert signature.validate(signature.canonical({"x": value}), where="test") == {"x": value}


def test_the_source_hides_none_of_the_notebooks_names() -> None:
    """Modules are imported under names of their own, and only those that are needed."""
    signature = declared("date: date\npath: Path\nn: int")
    source = signature.render({"date": date(2013, 2, 28), "path": Path("a"), "n": 1})
    assert source.splitlines() == [
        "# Parameters",
        "import datetime as _datetime",
        "import pathlib as _pathlib",
        "date = _datetime.date(2013, 2, 28)",
        "path = _pathlib.Path('a')",
        "n = 1",
    ]
    assert signature.render({"n": 1}) == "# Parameters\nn = 1\n"


def test_the_source_runs_in_a_kernel_with_nothing_else() -> None:
    """What the syntax tree promises, the interpreter keeps."""
    signature = declared("a: date\nb: set[Decimal]\nc: tuple[int]\nd: datetime\ne: frozenset[int]")
    values = {
        "a": date(2013, 2, 28),
        "b": {Decimal("1.10")},
        "c": (1,),
        "d": datetime(2013, 1, 1, 0, 0, 5, 7, tzinfo=UTC),
        "e": frozenset(),
    }
    namespace: dict[str, Any] = {}
    exec(compile(signature.render(values), "<parameters>", "exec"), namespace)
    assert {name: namespace[name] for name in values} == values
