"""Numbers as people write them."""

from __future__ import annotations

import pytest

from workbench.dashboards.app.components import duration, short, size
from workbench.dashboards.app.components.numbers import NOTHING

SPACE = "\u202f"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.12345, "0.123"),
        (999.6, f"1{SPACE}000"),
        (-1234.56, f"-1{SPACE}235"),
        (345_678.9, f"345{SPACE}679"),
        (336_776.0, f"336{SPACE}776"),
        (0.00001234, "1.23e-05"),
        (float("nan"), NOTHING),
        (float("inf"), NOTHING),
        (None, NOTHING),
    ],
)
def test_a_number_that_people_meet_has_no_exponent(value: float | None, said: str) -> None:
    """As many digits as mean something; powers of ten only where there would be zeros without end."""
    assert short(value) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, f"0{SPACE}ms"),
        (0.0214, f"21.4{SPACE}ms"),
        (0.9996, f"1{SPACE}s"),
        (59.99, f"1{SPACE}min"),
        (200.4, f"3{SPACE}min 20{SPACE}s"),
        (7_500, f"2{SPACE}h 5{SPACE}min"),
        (86_400 * 4 + 7_200, f"4{SPACE}d 2{SPACE}h"),
    ],
)
def test_a_duration_is_in_the_units_that_fit(seconds: float, said: str) -> None:
    """Also where rounding leads into the next unit."""
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, f"0{SPACE}B"),
        (999, f"999{SPACE}B"),
        (999_999, f"1{SPACE}MB"),
        (12_340_000, f"12.3{SPACE}MB"),
        (999_900_000, f"1{SPACE}GB"),
    ],
)
def test_a_size_is_in_the_unit_that_fits(count: float, said: str) -> None:
    """Also where rounding leads into the next unit."""
    assert size(count) == said
