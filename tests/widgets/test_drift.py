from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.insight.scene import Scene
from tests.registry.models import MODEL
from tests.widgets.seen import markup_of, until, widgets
from workbench.errors import UnknownNameError
from workbench.monitoring.finding import Check
from workbench.registry.verdict import Verdict
from workbench.widgets import Drift

ATTACK = "<img src=x onerror=alert(1)>"
NUMBERS = {
    "kind": "numbers",
    "edges": [0.0, 1.0, 2.0],
    "reference": [0.25, 0.75],
    "window": [0.6, 0.4],
    "means": [1.2, 0.9],
    "p": 0.001,
    "blocks": 7,
}
NAMES = {
    "kind": "names",
    "names": ["AA", ATTACK, None],
    "reference": [0.5, 0.3, 0.2],
    "window": [0.2, 0.7, 0.1],
}


def _week(scene: Scene, drifted: bool) -> None:
    """Write one window: a column of names that may have drifted, one of numbers, and a metric."""
    verdict = Verdict.FAIL if drifted else Verdict.PASS
    told: dict[str, Any] = {"method": "jensenshannon", "limit": 0.1}
    scene.window(
        Check(
            "drift", "carrier", verdict, "names moved", value=0.3 if drifted else 0.02, evidence=NAMES, **told
        ),
        Check(
            "drift", "distance", Verdict.PASS, value=0.05, limit=0.1, method="wasserstein", evidence=NUMBERS
        ),
        Check("drift", "notes", Verdict.INCONCLUSIVE, "too few rows"),
        Check(
            "performance", "auc", verdict, value=0.6 if drifted else 0.8, lower=0.55, upper=0.85, limit=0.7
        ),
    )
    scene.clock.advance(timedelta(days=7))


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Six weeks, of which two drifted."""
    made = Scene(tmp_path / "shop")
    for week in range(6):
        _week(made, drifted=week in (2, 5))
    monkeypatch.chdir(made.project.root)
    yield made
    made.close()


@pytest.mark.usefixtures("scene")
def test_the_map_the_cell_and_the_performance_are_told_in_words() -> None:
    """Signs for the windows, the column that drifted most often, and how good the answers were."""
    drift = Drift()
    assert (drift.model, drift.feature) == (MODEL, "carrier")
    text = drift.text()
    assert "6 windows" in text
    assert "carrier   ··✗··✗  2 of 6" in text
    assert "distance  ······  0 of 6" in text
    assert "notes     ??????" in text
    assert "carrier" in text.split("It has drifted")[0]
    assert "the score is 3 times its limit" in text
    assert "auc 0.6 (0.55 to 0.85), limit 0.7 ✗" in text


@pytest.mark.usefixtures("scene")
def test_another_column_and_window_are_looked_into() -> None:
    """By traits and by controls; the distributions of both are drawn."""
    drift = Drift(feature="distance")
    view = drift.view
    assert "what training saw" in markup_of(drift)
    first = drift.map.windows[0].position
    drift.feature, drift.window = "carrier", first
    assert _verdict(drift) is Verdict.PASS
    assert "all others" in markup_of(drift)
    window = widgets(view, "SelectionSlider")[0]
    assert window.value == 0
    window.value = 2
    assert drift.window == drift.map.windows[2].position
    assert _verdict(drift) is Verdict.FAIL
    feature = next(box for box in widgets(view, "Dropdown") if box.description == "Column")
    feature.value = "notes"
    assert drift.feature == "notes"
    assert "too few rows" in markup_of(drift).casefold()
    drift.close()


@pytest.mark.usefixtures("scene")
def test_a_click_on_the_map_chooses_its_cell() -> None:
    """As the page tells it; the same cell twice too, and what is no cell of the map is passed over."""
    drift = Drift(feature="notes")
    (field,) = widgets(drift.view, "Text")
    place = drift.map.features.index("carrier")
    assert f'data-place="{place}:2"' in markup_of(drift)
    for _ in range(2):
        field.value = f"{place}:2"
        assert (drift.feature, drift.window) == ("carrier", drift.map.windows[2].position)
        assert field.value == ""
        drift.feature = "distance"
    for wrong in ("99:0", "0:99", "nothing", "0"):
        field.value = wrong
    assert drift.feature == "distance"
    drift.close()


@pytest.mark.usefixtures("scene")
def test_weeks_may_be_put_together() -> None:
    """Each cell shows the worst of its windows, and leads to that one."""
    drift = Drift(every="month")
    assert [window.windows for window in drift.map.windows] != [1] * 6
    (window, *_) = widgets(drift.view, "SelectionSlider")
    window.value = 1
    assert drift.cell is not None
    assert drift.cell.verdict is Verdict.FAIL
    drift.close()


def test_new_windows_appear_by_themselves(scene: Scene) -> None:
    """The view follows the ledger; what somebody looks into stays."""
    drift = Drift(feature="distance")
    assert "6 windows" in markup_of(drift)
    _week(scene, drifted=True)
    until(lambda: "7 windows" in markup_of(drift))
    assert drift.feature == "distance"
    drift.close()


@pytest.mark.usefixtures("scene")
def test_two_years_of_days_are_shown_by_week_or_month_and_send_little() -> None:
    """What does not fit one by one is put together; names are text."""
    drift = Drift()
    shown = markup_of(drift)
    assert ATTACK not in shown
    assert "&lt;img" in shown
    assert shown.count("wb-cell wb-on") == 18
    assert len(shown) < 100_000
    drift.close()


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"model": "dealy"}, "Did you mean 'delay'"),
        ({"feature": "carier"}, "Did you mean 'carrier'"),
        ({"window": 999}, "no window named '999'"),
        ({"every": "year"}, "no grouping named 'year'"),
    ],
)
def test_what_is_not_there_is_named(given: dict[str, Any], words: str) -> None:
    """At once, with the nearest name."""
    with pytest.raises(UnknownNameError, match=words):
        Drift(**given)


def test_before_the_first_window_it_says_how_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The view and the text alike."""
    scene = Scene(tmp_path / "shop")
    scene.version(1)
    monkeypatch.chdir(scene.project.root)
    drift = Drift()
    assert "workbench monitor delay" in drift.text()
    assert "workbench monitor delay" in markup_of(drift)
    assert drift.cell is None
    _week(scene, drifted=True)
    until(lambda: "It has drifted" in markup_of(drift))
    assert drift.feature == "carrier"
    drift.close()
    scene.close()


def _verdict(drift: Drift) -> Verdict:
    assert drift.cell is not None
    return drift.cell.verdict
