"""What a parameters cell declares, read without running it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.parameters.cells import code, declared
from workbench.errors import NotebookError, ParameterError
from workbench.parameters import Secret, read_signature, signature_of


@pytest.mark.parametrize(
    ("source", "annotation", "default"),
    [
        ("x: int = 5", "int", 5),
        ("x: int = -5", "int", -5),
        ("x: int = 24 * 60 + 1", "int", 1441),
        ("x: int = 10 ** 6", "int", 1_000_000),
        ("x: float = 5", "float", 5.0),
        ("x: float = 1 / 4", "float", 0.25),
        ("x: str = '007'", "str", "007"),
        ("x: str = ('a'\n 'b')", "str", "ab"),
        ("x: bool = True", "bool", True),
        ("x: int | None = None", "int | None", None),
        ("x: Optional[int] = 3", "Optional[int]", 3),
        ("x: Union[int, str] = 'a'", "Union[int, str]", "a"),
        ("x: 'int | None' = 2", "int | None", 2),
        ("x: Literal['a', 'b'] = 'b'", "Literal['a', 'b']", "b"),
        ("x: Literal[1, None] = None", "Literal[1, None]", None),
        ("x: Annotated[float, Gt(0), Le(1)] = 1.0", "Annotated[float, Gt(0), Le(1)]", 1.0),
        ("x: Annotated[int, Interval(ge=1, lt=5)] = 4", "Annotated[int, Interval(ge=1, lt=5)]", 4),
        ("x: Annotated[str, Field(pattern='^a+$')] = 'aa'", "Annotated[str, Field(pattern='^a+$')]", "aa"),
        ("x: Annotated[int, 'a note', MultipleOf(5)] = 10", "Annotated[int, 'a note', MultipleOf(5)]", 10),
        ("x: Annotated[int | None, Ge(0)] = None", "Annotated[int | None, Ge(0)]", None),
        ("x: date = date(2013, 2, 28)", "date", date(2013, 2, 28)),
        ("x: date = date.fromisoformat('2013-02-28')", "date", date(2013, 2, 28)),
        ("x: datetime = datetime(2013, 1, 1, tzinfo=UTC)", "datetime", datetime(2013, 1, 1, tzinfo=UTC)),
        ("x: time = time(6, 30)", "time", time(6, 30)),
        ("x: timedelta = -timedelta(hours=2)", "timedelta", timedelta(hours=-2)),
        ("x: Path = Path('a') / 'b'", "Path", Path("a/b")),
        ("x: Decimal = Decimal('1.10')", "Decimal", Decimal("1.10")),
        ("x: Secret = Secret('TOKEN')", "Secret", Secret("TOKEN")),
        ("x: str = Secret('TOKEN').reveal()", "str", "secret:TOKEN"),
        ("x: list[int] = [1, 2]", "list[int]", [1, 2]),
        ("x: list = [1, 'a', None]", "list", [1, "a", None]),
        ("x: tuple[int, ...] = (1, 2)", "tuple[int, ...]", (1, 2)),
        ("x: tuple[int, str] = (1, 'a')", "tuple[int, str]", (1, "a")),
        ("x: set[str] = set()", "set[str]", set()),
        ("x: dict[str, list[float]] = {'a': [1.5]}", "dict[str, list[float]]", {"a": [1.5]}),
        ("x: dict[int, str] = {1: 'a'}", "dict[int, str]", {1: "a"}),
        ("x: List[Dict[str, Any]] = [{'a': 1}]", "List[Dict[str, Any]]", [{"a": 1}]),
        ("x = 5", "int", 5),
        ("x = [1, 2.5]", "list[float]", [1, 2.5]),
        ("x = {'a': [1]}", "dict[str, list[int]]", {"a": [1]}),
        ("x = (1, 'a')", "tuple[int, str]", (1, "a")),
        ("x = Path('a')", "Path", Path("a")),
        ("x = []", "list", []),
        ("import datetime as dt\nx: dt.date = dt.date(2013, 1, 1)", "dt.date", date(2013, 1, 1)),
        ("import datetime\nx: datetime.date = datetime.date(2013, 1, 1)", "datetime.date", date(2013, 1, 1)),
        ("from datetime import date as day\nx: day = day(2013, 1, 1)", "day", date(2013, 1, 1)),
        ("import typing as t\nx: t.Literal['a'] = 'a'", "t.Literal['a']", "a"),
        ("from workbench.parameters import Gt\nx: Annotated[int, Gt(0)] = 1", "Annotated[int, Gt(0)]", 1),
        ("import pathlib\nx: pathlib.Path = pathlib.Path('a')", "pathlib.Path", Path("a")),
    ],
)
def test_a_declaration_has_a_type_and_a_default(source: str, annotation: str, default: Any) -> None:
    """As written, or as it follows from the default."""
    (parameter,) = declared(source).parameters
    assert (parameter.name, parameter.annotation) == ("x", annotation)
    assert parameter.default == default
    assert type(parameter.default) is type(default)
    assert not parameter.required


def test_parameters_keep_their_order_comments_and_requiredness() -> None:
    """The comment behind a declaration is its help; one without a value is required."""
    signature = declared(
        '"""Words."""\nb: int  # how many\n# about a\na: float = (\n    1.5\n)  # share\nc = 1\n'
    )
    assert signature.names == ("b", "a", "c")
    assert [p.help for p in signature.parameters] == ["how many", "share", ""]
    assert [p.required for p in signature.parameters] == [True, False, False]


def test_an_empty_cell_declares_no_parameters() -> None:
    """Comments and imports are not parameters either."""
    assert declared("# none\nimport datetime\npass\n").parameters == ()


def test_imports_of_earlier_cells_count() -> None:
    """Also beside magics, and not those of later cells."""
    cells = [
        code("%load_ext autoreload\nimport datetime as dt"),
        code("!ls\nthis is not Python"),
        code("x: dt.date = dt.date(2013, 1, 1)", "parameters"),
        code("import decimal as dt"),
    ]
    assert signature_of(cells).parameters[0].default == date(2013, 1, 1)


def test_injected_parameters_are_no_declaration() -> None:
    """Only the notebook's own cell is read."""
    cells = [code("x = 1", "parameters"), code("x = 'late'", "injected-parameters")]
    assert signature_of(cells).parameters[0].default == 1


CONTRADICTIONS = [
    ("x: int = 5.0", "default: parameter 'x' expects a whole number (int), but got 5.0 (float)"),
    ("x: Annotated[int, Gt(0)] = 0", "expects a whole number (int) greater than 0, but got 0"),
    ("x: Annotated[list[int], MinLen(1)] = []", "a list of length at least 1 whose items are each"),
    ("x: Literal['a'] = 'b'", "expects 'a', but got 'b'"),
    ("x: Literal[1] = True", "expects 1, but got True"),
    ("x: float = float('nan')", "but got nan"),
    ("x: date = '2013-01-01'", "has a default of another type than declared; write date(2013, 1, 1)"),
    ("x: tuple[int, ...] = [1]", "has a default of another type than declared; write (1,)"),
    ("x: Path = 'a'", "has a default of another type than declared; write Path('a')"),
    ("x: str = 'secret:TOKEN'", "write Secret('TOKEN'), or Secret('TOKEN').reveal() for str"),
    ("x: Annotated[int, Gt('a')] = 1", "contradicts itself"),
    ("x: Annotated[str, Field(pattern='(')] = 'a'", "contradicts itself"),
    ("x: Annotated[str, Gt(0)] = 'a'", "has a constraint that does not go with its type"),
    ("x = 1\nx = 2", "line 2: parameter 'x' is declared twice"),
]
UNREADABLE = [
    ("x = None", "its type does not follow from None"),
    ("x: Pth = 1", "`Pth` is not a type that a parameter can have (did you mean 'Path'?)"),
    ("x: object = 1", "`object` is not a type that a parameter can have"),
    ("x: list[object] = []", "`object` is not a type"),
    ("x: 'int |' = 1", "'int |' is not an annotation"),
    ("x: Any = 1", "Any says nothing"),
    ("x: list[int, str] = []", "expected a type like list[int]"),
    ("x: dict[str] = {}", "expected a type like dict[str, int]"),
    ("x: dict[float, int] = {}", "the keys of a dict are str or int"),
    ("x: Literal[1.5] = 1.5", "Literal holds texts"),
    ("x: Annotated[int, Foo()] = 1", "`Foo()` is no constraint"),
    ("x: Annotated[int, Gt] = 1", "`Gt` is no constraint"),
    ("x: Annotated[int, Gt()] = 1", "`Gt()` is no constraint"),
    ("x: Annotated[int, Field(gte=1)] = 1", "did you mean 'gt'?"),
    ("x: Annotated[int, Field(default=1)] = 1", "Field takes"),
    ("x = y", "`y` is no literal"),
    ("x = open('/etc/passwd').read()", "is no literal"),
    ("x = __import__('os').system('true')", "is no literal"),
    ("x = [i for i in range(3)]", "is no literal"),
    ("x = b'a'", "is no literal"),
    ("x = f'{1}'", "is no literal"),
    ("x = {**{}}", "is no literal"),
    ("x = date(**{'year': 1})", "is no literal"),
    ("x = date(2013, 13, 1)", "makes no value: month must be in 1..12"),
    ("x = date('a')", "makes no value"),
    ("x = Decimal('abc')", "makes no value"),
    ("x = {[]: 1}", "makes no value"),
    ("x = 1 / 0", "makes no value"),
    ("x = 9 ** 9 ** 9", "too large a power"),
    ("x = 'a' * 10", "`'a'` is no number"),
    ("x = -'a'", "`'a'` is no number"),
    ("x = True + 1", "`True` is no number"),
    ("x = Secret('a-b')", "not the secret itself"),
    ("int = 5", "it hides Python's own"),
    ("_x = 5", "it starts with '_'"),
    ("a = b = 1", "expected an assignment like"),
    ("a, b = 1, 2", "expected an assignment like"),
    ("a.b = 1", "expected an assignment like"),
    ("x += 1", "expected an assignment like"),
    ("print('x')", "expected an assignment like"),
    ("if True:\n    x = 1", "expected an assignment like"),
]


@pytest.mark.parametrize(("source", "message"), [*CONTRADICTIONS, *UNREADABLE])
def test_a_declaration_that_cannot_hold_is_refused_with_its_place(source: str, message: str) -> None:
    """The message names notebook, cell, line and what is wrong; nothing of the cell is executed."""
    with pytest.raises(ParameterError) as caught:
        declared(source)
    assert message in caught.value.message
    assert caught.value.message.startswith("train.ipynb, cell 1, line ")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = ", "line 1: the parameters cell is not valid Python: invalid syntax"),
        ("a = 1\n%time b = 2", "line 2: the parameters cell is not valid Python"),
        ("x = '''", "unterminated triple-quoted string"),
        ("x = '\0'", "not valid Python"),
        ("x = " + "(" * 5_000, "not valid Python"),
    ],
)
def test_a_cell_that_is_not_python_is_refused_with_its_line(source: str, message: str) -> None:
    """Magics have no place in it."""
    with pytest.raises(NotebookError) as caught:
        declared(source)
    assert message in caught.value.message
    assert caught.value.message.startswith("train.ipynb, cell 1")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([], "has no code cell tagged 'parameters'"),
        ([code("x = 1")], "has no code cell tagged 'parameters'"),
        ([{**code("x", "parameters"), "cell_type": "markdown"}], "has no code cell tagged 'parameters'"),
        (
            [code("x = 1", "parameters"), code(""), code("", "parameters")],
            "2 cells tagged 'parameters': 1 and 3",
        ),
    ],
)
def test_there_is_exactly_one_parameters_cell(cells: list[dict[str, Any]], message: str) -> None:
    """Without one, a misspelt parameter could not be told from a right one."""
    with pytest.raises(NotebookError) as caught:
        signature_of(cells, where="train.ipynb")
    assert message in caught.value.message
    assert caught.value.hint


def test_a_signature_is_read_from_a_file(tmp_path: Path) -> None:
    """Sources may be lists of lines; messages name the file."""
    path = tmp_path / "train.ipynb"
    cell = {**code("", "parameters"), "source": ["a = 1\n", "b: int"]}
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))
    assert read_signature(path).names == ("a", "b")
    path.write_text(json.dumps({"nbformat": 4, "cells": []}))
    with pytest.raises(NotebookError, match=str(path)):
        read_signature(path)
