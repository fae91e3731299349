"""Gates are checked on resampled weeks of real flights, whose days share their weather."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from tests.registry.year import Flights, autumn_weeks, chances, comparison, flights, half, spring
from workbench.registry.gate import Scored
from workbench.registry.gates.champion import Champion
from workbench.registry.gates.quality import Quality
from workbench.registry.verdict import Verdict, combined

_QUALITY = Quality(metric="auc", at_least=0.58)
_CHAMPION = Champion(metric="log_loss", margin=0.005, resamples=500)


def _weeks(random: np.random.Generator, number: int = 4) -> Flights:
    rows, day = autumn_weeks(random, number)
    return replace(flights()[rows], day=day)


def _verdict(scored: Scored) -> Verdict:
    return combined(gate.judge(scored).verdict for gate in (_QUALITY, _CHAMPION))


def test_models_that_differ_by_seed_alone_are_not_called_better_or_worse() -> None:
    """Two models trained on random halves of the same half-year count as no different."""
    shown: Counter[str] = Counter()
    for seed in range(30):
        random = np.random.default_rng(seed)
        weeks = _weeks(random)
        candidate, champion = (chances(half(random, spring()), weeks) for _ in range(2))
        shown[_CHAMPION.judge(comparison(candidate, champion, weeks)).evidence["shown"]] += 1
    assert shown["worse"] + shown["better"] <= stats.binom.ppf(0.99, 30, 0.05)
    assert shown["equal"] > 15


def test_a_model_trained_on_shuffled_labels_never_passes() -> None:
    """What learnt nothing gets by no gate for long, and never by all of them."""
    for seed in range(30):
        random = np.random.default_rng(seed)
        weeks = _weeks(random)
        shuffled = chances(spring(), weeks, random.permutation(spring().late))
        champion = chances(spring(), weeks)
        assert _verdict(comparison(shuffled, champion, weeks)) is not Verdict.PASS


@pytest.mark.parametrize(("block", "trials", "is_honest"), [("1d", 100, True), ("row", 30, False)])
def test_only_blocks_of_a_day_keep_to_the_declared_rate(block: str, trials: int, is_honest: bool) -> None:
    """Roles drawn by lot for each day make neither model better: days find that, rows do not."""
    random = np.random.default_rng(8)
    gate = _CHAMPION.model_copy(update={"margin": 0.0, "block": block})
    claims = 0
    one, other = chances(spring(), flights()), np.full(len(flights().late), spring().late.mean())
    for _ in range(trials):
        rows, day = autumn_weeks(random, 4)
        _, place = np.unique(day, return_inverse=True)
        swapped = (random.random(place.max() + 1) < 0.5)[place]
        a, b = np.where(swapped, other[rows], one[rows]), np.where(swapped, one[rows], other[rows])
        weeks = replace(flights()[rows], day=day)
        claims += gate.judge(comparison(a, b, weeks)).evidence["shown"] in ("worse", "better")
    assert bool(claims <= stats.binom.ppf(0.999, trials, 0.10)) is is_honest, claims
