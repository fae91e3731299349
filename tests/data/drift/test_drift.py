"""What is said of the columns of a window, of good ones and of bad ones."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from workbench.data.drift import ColumnDrift, Reference, drift, label_drift, reference, score_drift
from workbench.errors import UsageError
from workbench.project.monitoring import DriftConfig

_DAYS = 40


def table(seed: int = 0, rows: int = 4000) -> pd.DataFrame:
    """Return columns of several kinds whose rows are independent."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "number": random.normal(10, 2, rows),
            "count": random.poisson(3, rows),
            "holed": np.where(random.random(rows) < 0.1, np.nan, random.normal(size=rows)),
            "name": random.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1]),
            "flag": random.random(rows) < 0.3,
            "constant": 5.0,
        }
    )


def times(days: int, rows: int = 4000) -> pd.Series:
    """Return a moment per row, evenly over some days."""
    return pd.Series(np.datetime64("2013-01-01T00:00", "s") + (np.arange(rows) * days * 86_400 // rows))


@pytest.fixture(scope="module")
def held() -> Reference:
    """Forty days of the table."""
    return reference(table(), times=times(_DAYS))


def said(held: Reference, frame: Any, **options: Any) -> dict[str, ColumnDrift]:
    """Return what is said of each column."""
    return {each.name: each for each in drift(held, frame, **options)}


@pytest.mark.parametrize("when", [None, times(7)], ids=["rows", "days"])
def test_a_window_like_the_reference_passes(held: Reference, when: pd.Series | None) -> None:
    """Every column, a constant one too."""
    found = said(held, table(1), times=when)
    assert {name: each.verdict for name, each in found.items()} == dict.fromkeys(held.columns, "pass")
    assert found["constant"].note == "always 5"
    assert found["constant"].value == 0
    assert found["number"].blocks == (0 if when is None else 7)


@pytest.mark.parametrize("when", [None, times(7)], ids=["rows", "days"])
@pytest.mark.parametrize(
    ("column", "change", "words"),
    [
        ("number", lambda c: c + 1, "mean 1[01].*, (9.9|10).* in the reference"),
        ("count", lambda c: c * 2, "mean 6"),
        ("holed", lambda c: c * 3, "mean"),
        ("name", lambda c: c.where(c != "a", "b"), "'a' 0.0%, 60"),
        ("name", lambda c: c.where(c != "b", "new"), "under names that it does not have"),
        ("flag", lambda c: ~c, "'false' 3|'true' 7"),
        ("constant", lambda c: c + 1, "mean 6, 5 in the reference"),
    ],
)
def test_a_changed_column_has_drifted_and_the_others_have_not(
    held: Reference, column: str, change: Any, words: str, when: pd.Series | None
) -> None:
    """The note says in words what is seen."""
    window = table(1)
    window[column] = change(window[column])
    found = said(held, window, times=when)
    assert [name for name, each in found.items() if each.drifted] == [column]
    assert re.search(words, found[column].note)


def test_a_difference_within_the_limit_passes_however_sure(held: Reference) -> None:
    """So many rows prove a difference that is too small to matter."""
    window = table(1, 200_000)
    window["number"] += 0.1
    found = said(held, window)["number"]
    assert found.verdict == "pass"
    assert found.p is not None
    assert found.p < 0.01
    assert not found.beyond


def test_what_rows_of_a_day_share_is_no_drift() -> None:
    """Days differ from each other in the reference as well, which a test over rows does not see."""
    random = np.random.default_rng(4)

    def days(number: int) -> tuple[pd.DataFrame, pd.Series]:
        level = np.repeat(random.normal(size=number), 200)
        return pd.DataFrame({"x": level + random.normal(0, 0.1, 200 * number)}), times(number, 200 * number)

    frame, when = days(60)
    held = reference(frame, times=when)
    by_rows = by_days = 0
    for _ in range(20):
        window, seen = days(7)
        by_rows += drift(held, window)[0].drifted
        by_days += drift(held, window, times=seen)[0].drifted
    assert by_rows == 20
    assert by_days <= 3
    found = drift(held, window + 4, times=seen)[0]
    assert found.drifted
    assert found.p == pytest.approx(1 / 2001)


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("number", None, "the column is not in the window"),
        ("number", "text", "the window holds text where the reference holds numbers"),
        ("number", np.nan, "none of the window's 4,000 rows has a value"),
        ("number", np.inf, "none of the window's 4,000 rows has a value"),
        ("name", pd.Timestamp("2013-01-01"), "it holds times, which only ever move on"),
        ("name", None, "the column is not in the window"),
        ("flag", [[1]] * 4000, "not measured in values of type list"),
        ("count", [1.0, 2.0] * 50 + [np.nan] * 3900, "the window has 100 rows with a value, and 500"),
        ("holed", [1.0, 2.0] * 1000 + [np.nan] * 2000, "lie in 4 blocks of time, and 5 are needed"),
    ],
)
def test_a_bad_column_is_inconclusive_with_its_reason(
    held: Reference, column: str, values: Any, words: str
) -> None:
    """The others are judged as ever."""
    window = table(1).drop(columns=column) if values is None else table(1).assign(**{column: values})
    found = said(held, window, times=times(7))
    assert found.pop(column).verdict == "inconclusive"
    assert words in said(held, window, times=times(7))[column].note
    assert {each.verdict for each in found.values()} == {"pass"}


@pytest.mark.parametrize(
    ("window", "when"),
    [
        (table().iloc[:0], None),
        (table().iloc[:0], times(7)[:0]),
        (pd.DataFrame(), None),
        (pd.DataFrame({"other": [1.0]}), None),
        (table(1, 100), times(7, 100)),
        (table(1), times(4)),
    ],
    ids=["no rows", "no rows and times", "no columns", "another table", "few rows", "few days"],
)
def test_a_window_of_which_nothing_can_be_said_is_inconclusive(
    held: Reference, window: pd.DataFrame, when: pd.Series | None
) -> None:
    """Never a pass, never an error."""
    found = drift(held, window, times=when)
    assert {each.verdict for each in found} == {"inconclusive"}
    assert all(each.note for each in found)
    assert [each.name for each in found] == list(held.columns)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (1e308 * np.linspace(-1, 1, 4000), 1e308 * np.linspace(0, 1, 4000)),
        (1e16 + 2.0 * np.arange(4000), 1e16 + 2.0 * np.arange(4000)),
        (np.linspace(0, 1, 4000), np.linspace(0, 1e300, 4000)),
    ],
    ids=["too large", "too near each other", "too far apart"],
)
@pytest.mark.parametrize("method", ["psi", "jensenshannon", "wasserstein", "ks"])
def test_numbers_at_the_end_of_what_floats_hold_are_no_error(
    ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any], method: str
) -> None:
    """What cannot be worked out is inconclusive; a value that is no number never passes."""
    config = DriftConfig.model_validate({"numbers": method})
    held = reference({"x": ours}, times=times(_DAYS))
    (found,) = drift(held, {"x": theirs}, times=times(7), config=config)
    if found.verdict == "inconclusive":
        assert "cannot be worked out" in found.note
    else:
        assert found.value is not None
        assert np.isfinite(found.value)
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_reference_of_few_days_is_inconclusive() -> None:
    """Nobody knows how much days differ."""
    found = drift(reference(table(), times=times(4)), table(1), times=times(7))
    assert {each.note for each in found} == {"the reference covers 4 blocks of time, and 5 are needed"}


def test_so_few_blocks_that_no_p_is_small_do_not_pass_what_is_beyond_the_limit() -> None:
    """Of two days and two there are six ways to choose."""
    config = DriftConfig(min_blocks=2)
    held = reference(table(), times=times(2))
    found = said(held, table(1).assign(number=0.0), times=times(2), config=config)
    assert found["number"].verdict == "inconclusive"
    assert "cannot tell it from chance (p is 0.17 at least)" in found["number"].note
    assert found["count"].verdict == "pass"


def test_rows_without_a_time_are_left_out_of_the_blocks(held: Reference) -> None:
    """They still count for the value."""
    when = times(7)
    when[::3] = pd.NaT
    found = said(held, table(1), times=when)
    assert {each.verdict for each in found.values()} == {"pass"}
    assert found["number"].rows == 4000


def test_a_smaller_stream_than_the_reference_is_no_drift() -> None:
    """Days of a hundredth of the rows differ more by chance alone, and are held against thinned ones."""
    held = reference(table(rows=40_000)[["number", "name"]], times=times(_DAYS, 40_000))
    config, drifted = DriftConfig(min_rows=50), 0
    for seed in range(30):
        window = table(100 + seed, 70)
        drifted += any(each.drifted for each in drift(held, window, times=times(7, 70), config=config))
    assert drifted <= 4


def test_what_is_missing_is_counted_and_tested(held: Reference) -> None:
    """The value is that of the rows that are there; the share of the others stands beside it."""
    window = table(1)
    window.loc[window.index % 3 == 0, "holed"] = np.nan
    found = said(held, window, times=times(7))
    assert found["holed"].verdict == "pass"
    assert found["holed"].missing == pytest.approx(0.4, abs=0.02)
    assert found["holed"].missing_reference == pytest.approx(0.1, abs=0.02)
    assert found["holed"].missing_p is not None
    assert found["holed"].missing_p < 0.01
    assert found["number"].missing == 0
    assert found["number"].missing_p is None


@pytest.mark.parametrize("as_", ["polars", "arrow", "dict", "nullable", "categorical"])
def test_every_library_gives_the_same_answer(held: Reference, as_: str) -> None:
    """The window may come as the log gives it."""
    window = table(1)
    forms: dict[str, Any] = {
        "polars": lambda: pl.from_pandas(window),
        "arrow": lambda: pa.Table.from_pandas(window),
        "dict": lambda: {name: window[name].to_numpy() for name in window},
        "nullable": window.convert_dtypes,
        "categorical": lambda: window.astype({"name": "category"}),
    }
    plain, other = said(held, window), said(held, forms[as_]())
    assert {n: (e.value, e.verdict) for n, e in other.items()} == {
        n: (e.value, e.verdict) for n, e in plain.items()
    }


def test_numbers_and_truth_values_find_each_other() -> None:
    """A log may hold 0 and 1 for what was trained on as truth values, and the other way round."""
    frame = pd.DataFrame({"flag": table()["flag"], "code": table()["count"].astype("category")})
    held, window = reference(frame), pd.DataFrame({"flag": table(1)["flag"], "code": table(1)["count"]})
    found = said(held, window.astype(float))
    assert {each.verdict for each in found.values()} == {"pass"}
    assert found["code"].method == "jensenshannon"
    back = drift(reference(window.astype({"flag": int})), window)
    assert [each.verdict for each in back] == ["pass", "pass"]


def test_both_sides_can_be_drawn(held: Reference) -> None:
    """Shares of common bars, and of the names that matter most."""
    found = said(held, table(1))
    numbers, names = found["number"].evidence, found["name"].evidence
    assert len(numbers["edges"]) == 1 + len(numbers["window"])
    for side in ("reference", "window"):
        assert sum(numbers[side]) == pytest.approx(1, abs=0.01)
        assert sum(names[side]) == pytest.approx(1, abs=0.01)
    assert names["names"] == ["a", "b", "c"]


def test_scores_and_labels_drift_by_themselves() -> None:
    """They are held against rows that the model did not learn from."""
    random = np.random.default_rng(0)
    score = random.beta(2, 6, 4000)
    label = (random.random(4000) < score).astype(float)
    held = reference(table(), times=times(_DAYS), score=score, label=label, scored_times=times(20))
    later = random.beta(2, 6, 3000)
    when = times(7, 3000)
    assert [each.verdict for each in score_drift(held, later, times=when)] == ["pass"]
    assert [each.verdict for each in score_drift(held, later**0.5, times=when)] == ["fail"]
    truth = (random.random(3000) < later).astype(float)
    assert label_drift(held, truth, times=when).verdict == "pass"
    assert label_drift(held, 1 - truth, times=when).verdict == "fail"
    truth[:2800] = np.nan
    assert label_drift(held, truth, times=when).verdict == "inconclusive"


def test_scores_of_several_classes_are_columns_each() -> None:
    """A reference without scores, or with others, is inconclusive."""
    random = np.random.default_rng(0)
    score, label = random.dirichlet([1, 2, 3], 2000), random.integers(0, 3, 2000)
    held = reference(table(), score=score, label=label)
    found = score_drift(held, random.dirichlet([3, 2, 1], 2000))
    assert [(each.name, each.verdict) for each in found] == [
        ("score_0", "fail"),
        ("score_1", "pass"),
        ("score_2", "fail"),
    ]
    assert score_drift(held, score[:, 0])[0].verdict == "inconclusive"
    assert "holds no scores" in score_drift(reference(table()), score)[0].note
    assert label_drift(reference(table()), label).verdict == "inconclusive"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: reference(pd.DataFrame()), "the table has none"),
        (lambda: reference(table(), times=times(7)[:5]), "times has 5 values, but there are 4,000 rows"),
        (lambda: reference(table(), times=np.arange(4000)), "times must be dates or times, but got int64"),
        (lambda: reference(table(), times=times(7), block="soon"), "block that is none"),
        (lambda: reference(table(), score=[0.5]), "given score without label"),
        (lambda: reference(table(), score=[0.5], label=[1, 0]), "score has 1, label has 2"),
        (lambda: reference(table(), score=["x"], label=[1]), "score must be numbers"),
        (lambda: reference(5), "a table"),
    ],
)
def test_a_reference_that_does_not_fit_together_says_so(made: Any, words: str) -> None:
    """Whoever builds one can mend it at once."""
    with pytest.raises(UsageError, match=words):
        made()
