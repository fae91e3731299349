from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UsageError
from workbench.registry.share import parse_share, share_text


@pytest.mark.parametrize(
    ("text", "share"),
    [("10%", 0.1), ("0.1", 0.1), (" 2.5 % ", 0.025), ("0", 0.0), ("100%", 1.0), ("1", 1.0), ("7%", 0.07)],
)
def test_a_share_is_written_in_percent_or_as_a_fraction(text: str, share: float) -> None:
    """Exactly the number that stands there."""
    assert parse_share(text) == share


@pytest.mark.parametrize("text", ["", "%", "ten", "25", "101%", "-1%", "nan", "inf", "nan%", "1e-3x", "1,5%"])
def test_what_is_no_share_is_told_so(text: str) -> None:
    """A bare 25 may not be taken for 25 times everything."""
    with pytest.raises(UsageError, match="no share of the traffic"):
        parse_share(text)


@given(st.integers(0, 10_000).map(lambda n: n / 10_000))
def test_a_share_reads_as_it_was_written(share: float) -> None:
    """What people read, they may write."""
    assert parse_share(share_text(share)) == share
