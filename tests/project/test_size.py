"""Sizes as people write them."""

from __future__ import annotations

import pytest

from workbench.project.size import parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1MB", 10**6),
        ("1.5 MB", 1_500_000),
        ("500kB", 500_000),
        ("2GiB", 2**31),
        ("10b", 10),
        ("1 KiB", 1024),
    ],
)
def test_a_size_is_a_number_and_a_unit(text: str, size: int) -> None:
    """Decimal units count by thousands, binary ones by 1024."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "5", "MB", "5M", "-1MB", "1 ib", "1e3MB"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    """A number without its unit is not guessed at."""
    with pytest.raises(ValueError, match="expected a size like"):
        parse_size(text)
