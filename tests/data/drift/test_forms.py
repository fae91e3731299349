"""Tables of every library, scores, labels, and references that do not fit together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.data.drift.columns import DAYS, said, table, times
from workbench.data.drift import Reference, drift, label_drift, reference, score_drift
from workbench.errors import UsageError


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
    held = reference(table(), times=times(DAYS), score=score, label=label, scored_times=times(20))
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
