"""What a signature accepts, refuses and says."""

from __future__ import annotations

import ast
import math
import pickle
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.parameters.cells import declared
from workbench.errors import ParameterError
from workbench.parameters import Secret

WHERE = "stage 'train'"
SIGNATURE = declared("""
rate: Annotated[float, Gt(0), Le(1)] = 0.05  # shrinkage per tree
objective: Literal["binary", "cross_entropy"] = "binary"
until: date = date(2013, 2, 28)
seed: int | None = None
token: Secret = Secret("TOKEN")
""")

ACCEPTED = [  # annotation, given, value
    ("int", 5, 5),
    ("float", 5, 5.0),
    ("float | None", None, None),
    ("int | float", 5, 5),
    ("int | str", "5", "5"),
    ("date | str", "2013-01-01", "2013-01-01"),
    ("date", "2013-02-28", date(2013, 2, 28)),
    ("date", date(2013, 2, 28), date(2013, 2, 28)),
    ("datetime", "2013-01-01T06:30:00Z", datetime(2013, 1, 1, 6, 30, tzinfo=UTC)),
    ("time", "06:30", time(6, 30)),
    ("timedelta", "1h30m", timedelta(minutes=90)),
    ("Path", "a/b", Path("a/b")),
    ("Decimal", "1.10", Decimal("1.10")),
    ("Decimal", 3, Decimal(3)),
    ("Secret", "secret:A", Secret("A")),
    ("str", "secret:A", "secret:A"),
    ("Annotated[str, MaxLen(3)]", "secret:A", "secret:A"),
    ("list[date]", ["2013-02-28"], [date(2013, 2, 28)]),
    ("tuple[int, ...]", [1, 2], (1, 2)),
    ("tuple[int, str]", [1, "a"], (1, "a")),
    ("set[int]", [2, 1, 2], {1, 2}),
    ("dict[int, str]", {"1": "a"}, {1: "a"}),
    ("dict", {"a": [1, None]}, {"a": [1, None]}),
    ("Annotated[float, Field(allow_inf_nan=True)]", math.inf, math.inf),
    ("Annotated[int | None, Ge(0)]", None, None),
]


@pytest.mark.parametrize(("annotation", "given", "value"), ACCEPTED)
def test_a_value_is_accepted_in_its_type(annotation: str, given: Any, value: Any) -> None:
    """TOML and JSON have no dates' relatives, tuples and sets: these are read from texts and lists."""
    found = declared(f"x: {annotation}").validate({"x": given}, where=WHERE)["x"]
    assert found == value
    assert type(found) is type(value)


REFUSED = [  # annotation, given, what was expected, what was got
    ("int", True, "a whole number (int)", "True (bool)"),
    ("int", 1.0, "a whole number (int)", "1.0 (float)"),
    ("int", "1.5", "a whole number (int)", "'1.5' (str)"),
    ("int", None, "a whole number (int)", "None"),
    ("float", True, "a number (float)", "True (bool)"),
    ("float", "0.1", "a number (float)", "'0.1' (str)"),
    ("float", math.nan, "a number (float)", "nan (float)"),
    ("float", "inf", "a number (float)", "'inf' (str)"),
    ("list[float]", [math.inf], "a list whose items are each a number (float)", "where [0] is inf (float)"),
    ("list", [math.nan], "a list", "where [0] is nan"),
    ("str", 7, "a text (str)", "7 (int)"),
    ("bool", 1, "true or false (bool)", "1 (int)"),
    ("Literal[1, 2]", True, "one of 1, 2", "True (bool)"),
    ("Literal['a']", 5, "'a'", "5 (int)"),
    ("date", datetime(2013, 1, 1), "a date like 2013-02-28", "datetime.datetime(2013, 1, 1"),  # noqa: DTZ001
    ("date", "2013-02-30", "a date like 2013-02-28", "'2013-02-30' (str)"),
    ("date", 0, "a date like 2013-02-28", "0 (int)"),
    ("datetime", 1356998400, "a date and time like 2013-02-28T06:30", "1356998400 (int)"),
    ("timedelta", 5, "a duration like 20m or 1h30m", "5 (int)"),
    ("timedelta", "5", "a duration like 20m or 1h30m", "'5' (str)"),
    ("Decimal", 1.1, "a decimal number like '1.10'", "1.1 (float)"),
    ("Decimal", "x", "a decimal number like '1.10'", "'x' (str)"),
    ("Path", 5, "a path", "5 (int)"),
    ("Secret", "hunter2", "a reference like secret:NAME", "something else, which is not shown"),
    ("list[Secret]", ["hunter2"], "a reference like secret:NAME", "something else, which is not shown"),
    ("Annotated[int, Ge(1), Lt(5)]", 5, "a whole number (int) at least 1 and less than 5", "5 (int)"),
    ("Annotated[int | None, Ge(1)]", 0, "a whole number (int) at least 1 or None", "0 (int)"),
    ("Annotated[str, Len(1, 2)]", "abc", "of length at least 1 and of length at most 2", "'abc' (str)"),
    ("Annotated[float, MultipleOf(0.5)]", 0.7, "a multiple of 0.5", "0.7 (float)"),
    ("Annotated[date, Ge(date(2013, 1, 1))]", date(2012, 1, 1), "at least 2013-01-01", "datetime.date"),
    ("Annotated[str, Field(pattern='^a')]", "b", "that matches '^a'", "'b' (str)"),
    ("list[int]", [1, "x"], "a list whose items are each a whole number (int)", "where [1] is 'x' (str)"),
    ("list[int]", "1, 2", "a list", "'1, 2' (str)"),
    ("dict[str, list[int]]", {"a": [1, "x"]}, "a dict whose values", "where ['a'][1] is 'x' (str)"),
    ("tuple[int, str]", [1], "a tuple of 2: a whole number (int), a text (str)", "[1] (list)"),
    ("set[str]", [["a"]], "a set", "[['a']] (list)"),
    ("list", [object], "a list", "where [0] is <class 'object'>"),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "given", "expected", "got"), REFUSED)
def test_another_value_is_refused_with_what_was_expected(
    annotation: str, given: Any, expected: str, got: str
) -> None:
    """The message names parameter, place, expectation and value; the hint quotes the declaration."""
    with pytest.raises(ParameterError) as caught:
        declared(f"x: {annotation}").validate({"x": given}, where=WHERE)
    message = caught.value.message
    assert message.startswith("stage 'train': parameter 'x' expects ")
    assert expected in message.partition(", but got ")[0]
    assert got in message.partition(", but got ")[2]
    assert "hunter2" not in str(caught.value)
    assert f"x: {annotation}" in caught.value.hint
    assert (caught.value.name, caught.value.where) == ("x", WHERE)


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"rat": 0.1}, "there is no parameter 'rat'", "Did you mean 'rate'?"),
        ({"zzz": 0.1}, "there is no parameter 'zzz'", "rate, objective, until, seed, token"),
        ({"objective": "binry"}, "one of 'binary', 'cross_entropy'", "Did you mean 'binary'?"),
        ({"rate": 2}, "greater than 0 and at most 1, but got 2", "(shrinkage per tree)"),
    ],
)
def test_a_mistake_is_answered_with_what_was_probably_meant(
    given: dict[str, Any], message: str, hint: str
) -> None:
    """The nearest name or choice, else all of them, else the declaration."""
    with pytest.raises(ParameterError) as caught:
        SIGNATURE.validate(given, where=WHERE)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_required_parameter_must_be_given() -> None:
    """The message says what to give and where."""
    with pytest.raises(
        ParameterError, match="'x' is required but was not given; it expects a whole"
    ) as caught:
        declared("x: int").validate({}, where=WHERE)
    assert "-p STAGE.x=VALUE" in caught.value.hint


def test_a_notebook_without_parameters_takes_none() -> None:
    """And says so."""
    with pytest.raises(ParameterError) as caught:
        declared("").validate({"x": 1}, where=WHERE)
    assert caught.value.hint == "It takes no parameters."


def test_defaults_fill_in_what_is_not_given() -> None:
    """In the notebook's order; each time a value of its own."""
    signature = declared("a: int = 1\nb: list[int] = [1]")
    first = signature.validate({}, where=WHERE)
    first["b"].append(2)
    assert signature.validate({"a": 5}, where=WHERE) == {"a": 5, "b": [1]}


PARSED = [  # annotation, text, value
    ("str", "007", "007"),
    ("str", "no", "no"),
    ("str", "12:30", "12:30"),
    ("str", " padded ", " padded "),
    ("str", "None", "None"),
    ("str | None", "None", None),
    ("str | None", "null", None),
    ("str | None", "x", "x"),
    ("int | str", "7", 7),
    ("int | str", "x7", "x7"),
    ("int", " 7 ", 7),
    ("int", "-1_000", -1000),
    ("float", "1.10", 1.1),
    ("float", "1e-3", 0.001),
    ("float", "5", 5.0),
    ("float | None", "0.5", 0.5),
    ("bool", "no", False),
    ("bool", "TRUE", True),
    ("Literal['no', 'yes']", "no", "no"),
    ("Literal[1, 2]", "2", 2),
    ("Literal['a', None]", "None", None),
    ("date", "2013-02-28", date(2013, 2, 28)),
    ("time", "12:30", time(12, 30)),
    ("timedelta", "20m", timedelta(minutes=20)),
    ("Decimal", "1.10", Decimal("1.10")),
    ("Path", "a/b", Path("a/b")),
    ("Secret", "secret:A", Secret("A")),
    ("list[int]", "[1, 2]", [1, 2]),
    ("list[date] | None", '["2013-02-28"]', [date(2013, 2, 28)]),
    ("tuple[int, str]", '[1, "a"]', (1, "a")),
    ("set[str]", '["a", "a"]', {"a"}),
    ("dict[int, float]", '{"1": 2}', {1: 2.0}),
    ("Annotated[int, Ge(1)] | Literal['auto']", "auto", "auto"),
    ("Annotated[int, Ge(1)] | Literal['auto']", "3", 3),
]


@pytest.mark.parametrize(("annotation", "text", "value"), PARSED)
def test_a_text_means_what_the_type_says(annotation: str, text: str, value: Any) -> None:
    """Never what it looks like: `007` stays a text where a text is declared."""
    found = declared(f"x: {annotation}\ny: int").parse({"x": text}, where=WHERE)
    assert found == {"x": value}
    assert type(found["x"]) is type(value)


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        ("int", "1.5"), ("int", "1e3"), ("int", ""), ("int", "None"), ("int", "9" * 5000), ("float", "abc"),
        ("float", "nan"), ("bool", "2"), ("Literal['a']", "b"), ("list[int]", "1,2"), ("list[int]", "{}"),
        ("list[int]", "[" * 100_000), ("date", "yesterday"), ("Annotated[int, Ge(1)] | None", "0"),
        ("Secret", "hunter2"),
    ],
)  # fmt: skip
def test_a_text_that_means_nothing_of_the_type_is_refused(annotation: str, text: str) -> None:
    """As a wrong value is."""
    with pytest.raises(ParameterError, match="parameter 'x' expects") as caught:
        declared(f"x: {annotation}").parse({"x": text}, where=WHERE)
    assert len(caught.value.message) < 400
    assert "hunter2" not in str(caught.value)


def test_a_misspelt_name_on_the_command_line_is_refused() -> None:
    """With the nearest one."""
    with pytest.raises(ParameterError) as caught:
        SIGNATURE.parse({"sed": "1"}, where=WHERE)
    assert caught.value.hint == "Did you mean 'seed'?"


def test_the_schema_describes_what_is_accepted() -> None:
    """A form built from it needs no other knowledge."""
    schema = SIGNATURE.json_schema()
    assert schema["required"] == []
    assert schema["additionalProperties"] is False
    assert schema["properties"] == {
        "rate": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 1,
            "default": 0.05,
            "description": "shrinkage per tree",
        },
        "objective": {"type": "string", "enum": ["binary", "cross_entropy"], "default": "binary"},
        "until": {"type": "string", "format": "date", "default": "2013-02-28"},
        "seed": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        "token": {"type": "string", "pattern": "^secret:[A-Za-z_]\\w*$", "default": "secret:TOKEN"},
    }
    assert declared("x: int").json_schema()["required"] == ["x"]


def test_a_signature_survives_pickling() -> None:
    """It may travel to another process."""
    SIGNATURE.validate({}, where=WHERE)
    assert pickle.loads(pickle.dumps(SIGNATURE)) == SIGNATURE


def test_names_reach_the_source_only_when_declared() -> None:
    """A made-up name cannot smuggle code into the notebook."""
    with pytest.raises(ParameterError, match="there is no parameter"):
        SIGNATURE.render({"x = 1; import os": 1})
    assert ast.parse(SIGNATURE.render({})).body == []
