"""One cell of the map: both sides, how far apart, and that in words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.insight.scene import BEGIN, DAY, Scene
from tests.insight.weeks import FAIL, NAMES, NUMBERS, PASS, UNSURE, VIEWER, drifted, look
from tests.registry.models import MODEL
from workbench.errors import UnknownNameError
from workbench.insight import Store
from workbench.insight.drift import DriftCell, Names, Numbers, drift_cell, drift_map
from workbench.insight.drift.distribution import distribution_of
from workbench.monitoring.finding import Check
from workbench.registry.verdict import Verdict

WEEK = BEGIN + 7 * DAY


def _cell(scene: Scene, store: Store, check: Check, **more: Any) -> DriftCell:
    look(scene, WEEK, 7, check)
    store.refresh()
    last = drift_map(store, VIEWER, MODEL).windows[-1].position
    return drift_cell(store, VIEWER, MODEL, last, check.name, **more)


def test_a_cell_has_both_histograms_and_every_number(scene: Scene, store: Store) -> None:
    """As the report of its window holds them."""
    evidence = {
        "rows": 840,
        "blocks": 7,
        "p": 0.001,
        "adjusted": 0.02,
        "missing": 0.1,
        "missing_reference": 0.0,
        **NUMBERS,
    }
    cell = _cell(scene, store, drifted("hour", 0.3, evidence=evidence))
    assert cell.distribution == Numbers((0.0, 1.0, 2.0), (0.75, 0.25), (0.25, 0.75), (0.7, 1.3))
    assert (cell.score, cell.limit) == (0.3, 0.1)
    assert cell.excess == pytest.approx(3.0)
    assert (cell.rows, cell.blocks, cell.missing, cell.reference) == (840, 7, 0.1, 1)
    assert cell.method_name == "Wasserstein distance"
    assert cell.limit_words == "0.1 or more"
    assert cell.effect == (
        "It has drifted: the score is 3 times its limit, and chance would hardly make it so."
    )
    assert cell.chance.startswith("Blocks of the reference itself differ as much with p = 0.001; 0.02 after")


def test_a_column_of_names_has_bars_with_the_rest_together(scene: Scene, store: Store) -> None:
    """The rest has no name."""
    cell = _cell(scene, store, drifted("carrier", evidence=dict(NAMES), method="jensenshannon"))
    assert cell.distribution == Names(("AA", "UA", None), (0.5, 0.3, 0.2), (0.2, 0.6, 0.2))


@pytest.mark.parametrize(
    ("verdict", "value", "method", "said"),
    [
        (PASS, 0.05, "wasserstein", "It is stable: the score is within its limit, at 50% of it."),
        (PASS, 0.2, "wasserstein", "It counts as stable: the score is 2 times its limit, but that is not"),
        (UNSURE, 0.2, "wasserstein", "Nothing can be concluded: the score is 2 times its limit."),
        (FAIL, 0.01, "ks", "It has drifted: the score is beyond its limit, and chance"),
        (UNSURE, None, "wasserstein", "too few rows"),
    ],
)
def test_the_effect_is_told_in_a_sentence(
    scene: Scene, store: Store, verdict: Verdict, value: float | None, method: str, said: str
) -> None:
    """Which never says more than the verdict does."""
    check = Check("drift", "hour", verdict, "too few rows", value, limit=0.1, method=method)
    assert _cell(scene, store, check).effect.startswith(said)


def test_an_answer_is_looked_at_version_by_version(scene: Scene, store: Store) -> None:
    """Those of one may have drifted, and another's not."""
    scores = [
        Check("prediction_drift", "score", said, value=0.2, limit=0.1, version=version)
        for version, said in ((1, FAIL), (2, PASS))
    ]
    look(scene, WEEK, 7, *scores, drifted("hour"))
    store.refresh()
    last = drift_map(store, VIEWER, MODEL).windows[-1].position
    cell = drift_cell(store, VIEWER, MODEL, last, "score", kind="prediction_drift", version=2)
    assert (cell.verdict, cell.version) == (PASS, 2)


def test_what_was_not_asked_is_no_cell(store: Store) -> None:
    """A column, a window, a kind: each is told by its name."""
    position = drift_map(store, VIEWER, MODEL).windows[0].position
    for window, feature, kind in (
        (position, "nothing", "drift"),
        (99_999, "carrier", "drift"),
        (position, "carrier", "x"),
    ):
        with pytest.raises(UnknownNameError):
            drift_cell(store, VIEWER, MODEL, window, feature, kind=kind)


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {"kind": "numbers", "edges": [0.0, 1.0], "reference": [1.0], "window": [0.5, 0.5]},
        {"kind": "numbers", "edges": [0.0, float("inf")], "reference": [1.0], "window": [1.0]},
        {"kind": "names", "names": ["a", "b"], "reference": [1.0], "window": [1.0]},
        {"kind": "names", "names": [], "reference": [], "window": []},
        {"kind": "numbers", "edges": "odd", "reference": [1.0], "window": [1.0]},
    ],
)
def test_what_cannot_be_drawn_is_not_drawn(evidence: dict[str, Any]) -> None:
    """A report may hold anything; a page that draws it must not break."""
    assert distribution_of(evidence) is None
