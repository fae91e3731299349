"""A contract's file says what rows must be like; whatever else it says is refused with the nearest word."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.data.contract import read_contract
from workbench.errors import ConfigurationError

GOOD = """
quarantine_limit = 0.01
unique = ["id"]

[columns.id]
type = "int"
at_least = 1

[columns.day]
type = "date"
at_least = 2013-01-01

[rules]
"paid when done" = "not done or paid > 0"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.toml"


def test_a_contract_is_read(file: Path) -> None:
    """Numbers, dates and texts as TOML has them."""
    file.write_text(GOOD)
    contract = read_contract(file)
    assert contract.columns["id"].at_least == 1
    assert contract.rules["paid when done"] == "not done or paid > 0"
    assert contract.min_rows == 1


def test_comments_and_layout_are_not_what_a_contract_says(file: Path) -> None:
    """So they make no stage stale; a changed bound does."""
    file.write_text(GOOD)
    before = read_contract(file).digest
    file.write_text("# by hand\ndescription = 'ours'\n" + GOOD.replace("\n\n", "\n"))
    assert read_contract(file).digest == before
    file.write_text(GOOD.replace("at_least = 1\n", "at_least = 2\n"))
    assert read_contract(file).digest != before


BAD = {
    "an unknown key": ("at_least = 1\n", "at_leest = 1\n", "Did you mean 'at_least'"),
    "an unknown key on top": ("quarantine_limit", "quarantine_limits", "Did you mean 'quarantine_limit'"),
    "a share above one": ("= 0.01", "= 1.5", "quarantine_limit: .*less than or equal to 1.*1.5"),
    "a bound that is none": ("at_least = 1\n", "at_least = []\n", "columns.id.at_least"),
    "a pattern that is none": ("at_least = 1\n", "matches = '('\n", "no regular expression"),
    "a rule without a name": ('"paid when done"', '"a; b"', "rule's name"),
    "no TOML": ("unique =", "unique", "cannot be read as TOML"),
    "nothing": (GOOD, "min_rows = 1", "says nothing about any column"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_a_contract_cannot_say_is_refused(case: str, file: Path) -> None:
    """Naming the file, the key and what was expected."""
    old, new, words = BAD[case]
    assert old in GOOD
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(ConfigurationError, match=words) as caught:
        read_contract(file)
    assert str(file) in caught.value.message


def test_a_contract_that_is_not_there_can_be_drafted(file: Path) -> None:
    """The error says how."""
    with pytest.raises(ConfigurationError, match="workbench data draft orders -o"):
        read_contract(file)
