from __future__ import annotations

from typing import Any

import pytest

from workbench.cli.assignment import read_grid, read_overrides
from workbench.errors import ParameterError


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], {}),
        (["train.rate=0.1"], {"train": {"rate": "0.1"}}),
        (["train.rate=0.1", "train.depth=3"], {"train": {"rate": "0.1", "depth": "3"}}),
        (["train.code=007", "features.ok=no"], {"train": {"code": "007"}, "features": {"ok": "no"}}),
        (["train.text=a=b"], {"train": {"text": "a=b"}}),
        (["train.empty="], {"train": {"empty": ""}}),
        (["train.low=-1"], {"train": {"low": "-1"}}),
        (["team.train.rate=1"], {"team.train": {"rate": "1"}}),
    ],
)
def test_overrides_keep_the_text_after_the_first_equals_sign(texts: list[str], expected: Any) -> None:
    """Values stay text: the notebook's own signature gives them their type."""
    assert read_overrides(texts) == expected


@pytest.mark.parametrize("text", ["train.rate", "rate=1", ".rate=1", "train.=1", "=1", ""])
def test_an_override_of_another_form_says_the_form(text: str) -> None:
    """The message repeats what was typed and the form that was expected."""
    with pytest.raises(ParameterError, match=r"Expected -p STAGE\.NAME=VALUE") as caught:
        read_overrides([text])
    assert repr(text) in caught.value.message
    assert caught.value.exit_code == 2


def test_a_parameter_given_twice_is_refused() -> None:
    """Which of two values counts is not left to chance."""
    with pytest.raises(ParameterError, match="given twice"):
        read_overrides(["train.rate=1", "train.rate=2"])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("rate=0.05,0.1", ["0.05", "0.1"]),
        ("rate=0.05", ["0.05"]),
        ("rate= 1 , 2 ", ["1", "2"]),
        ("shape=[1,2],[3,4]", ["[1,2]", "[3,4]"]),
        ('options={"a": 1, "b": 2},{}', ['{"a": 1, "b": 2}', "{}"]),
        ('names=["a,b"],["c]"]', ['["a,b"]', '["c]"]']),
        ('word="a,b",c', ["a,b", "c"]),
        ("word='',c", ["", "c"]),
        ("word=it's,that's", ["it's", "that's"]),
        ('both="it\'s",x', ["it's", "x"]),
    ],
)
def test_a_grid_splits_at_commas_outside_of_brackets_and_quotes(text: str, values: list[str]) -> None:
    """Lists, tables and quoted words are values of their own."""
    ((_, found),) = read_grid([text]).items()
    assert found == values


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([], "at least one parameter"),
        (["rate"], "Expected -p NAME=A,B,C"),
        (["=1,2"], "Expected -p NAME=A,B,C"),
        (["rate="], "leaves one of them empty"),
        (["rate=1,,2"], "leaves one of them empty"),
        (["rate=1", "rate=2"], "given twice"),
    ],
)
def test_a_grid_of_another_form_says_what_is_wrong(texts: list[str], words: Any) -> None:
    """Nothing is started on a guess."""
    with pytest.raises(ParameterError, match=words):
        read_grid(texts)
