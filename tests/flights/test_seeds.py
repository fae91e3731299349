"""Gates on resampled weeks of the real year: models that differ by seed alone, models that learnt nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
from scipy import stats

from flights.features import feature_names
from flights.groups import with_groups
from flights.matrix import encode, labels
from flights.splits import HOME, midnight
from tests.flights.conftest import Tables, build
from workbench.project import load_project
from workbench.registry.gate import Scored, judged
from workbench.registry.gates import gates_of
from workbench.registry.gates.apart import Side, pair
from workbench.registry.gates.blocked import plain
from workbench.registry.gates.champion import Champion
from workbench.registry.group import Group
from workbench.registry.influence import auc_parts
from workbench.registry.verdict import Verdict

ROOT = Path(__file__).parents[2]
SPRING_ENDS = date(2013, 6, 30)
WEEKS, SEEDS = 9, 6  # as long as the pipeline's own test window; models of each kind
SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 15,
    "learning_rate": 0.2,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "feature_fraction": 0.5,
    "num_threads": 1,
    "verbose": -1,
}


@dataclass(frozen=True)
class Autumn:
    """A third of the flights from July on, and what models of the spring say of them.

    Attributes:
        honest: scores of models that differ by their seed, shape (seeds, flights).
        shuffled: scores of models that learnt from shuffled labels, likewise.
        far: whether the destination is 1,000 miles away or more.
    """

    late: np.ndarray
    day: np.ndarray
    honest: np.ndarray
    shuffled: np.ndarray
    far: np.ndarray

    def weeks(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of weeks drawn with replacement, and days apart for each draw, weekdays kept."""
        week = (self.day - self.day.min()) // 7
        rows = [np.flatnonzero(week == one) for one in random.integers(0, 26, WEEKS)]
        days = [self.day[found] + 1001 * turn for turn, found in enumerate(rows)]
        return np.concatenate(rows), np.concatenate(days)


@pytest.fixture(scope="module")
def autumn(year: Tables) -> Autumn:
    """Scored once; every round of a test only draws weeks from it."""
    features = build(year)
    features = features[features["late"].notna()]
    spring = features[features["landed_at"] < midnight(SPRING_ENDS)].sample(20_000, random_state=0)
    later = features[features["scheduled_at"] >= midnight(SPRING_ENDS + timedelta(days=1))]
    later = with_groups(later.iloc[::3], features, learnt_until=SPRING_ENDS)
    names, y = feature_names(features), labels(spring)
    table = encode(spring, names)
    rows = encode(later, names, known=table)

    def scores(of: Callable[[int], np.ndarray]) -> np.ndarray:
        def score(seed: int) -> np.ndarray:
            data = lgb.Dataset(table, of(seed))
            return np.asarray(lgb.train({**SETTINGS, "seed": seed}, data, 25).predict(rows, num_threads=1))

        return np.array([score(seed) for seed in range(SEEDS)])

    day = later["scheduled_at"].dt.tz_convert(HOME).dt.tz_localize(None).to_numpy("datetime64[D]").astype(int)
    return Autumn(
        late=labels(later).astype(float),
        day=day,
        honest=scores(lambda _: y),
        shuffled=scores(lambda seed: np.random.default_rng(seed).permutation(y)),
        far=later["reach"].isin(["1000 to 1500", "1500 and more"]).to_numpy(),
    )


@cache
def declared(*, needs: bool = False) -> dict[str, Any]:
    """Return the gates of workbench.toml, those that need more than scores only when asked for."""
    found = gates_of("flight-delay", load_project(ROOT).model("flight-delay"))
    return {gate.name: gate.gate for gate in found if needs or not gate.gate.needs}


def evidence(
    autumn: Autumn, ours: np.ndarray, theirs: np.ndarray, rows: np.ndarray, day: np.ndarray
) -> Scored:
    """Return a candidate's and a champion's scores of drawn rows."""
    times = day.astype("datetime64[D]").astype("datetime64[us]")
    return Scored("binary", autumn.late[rows], ours[rows], theirs[rows], times, champion=1)


@pytest.mark.soak
def test_models_that_differ_by_seed_alone_are_not_called_better_or_worse(
    autumn: Autumn, soak_count: Callable[[int], int]
) -> None:
    """By the margin that workbench.toml declares, over resampled weeks."""
    gate, rounds = declared()["champion"], soak_count(1000)
    shown: Counter[str] = Counter()
    for seed in range(rounds):
        random = np.random.default_rng(seed)
        ours, theirs = autumn.honest[random.permutation(SEEDS)[:2]]
        shown[gate.judge(evidence(autumn, ours, theirs, *autumn.weeks(random))).evidence["shown"]] += 1
    limit = stats.binom.ppf(0.99, rounds, 0.10)
    called = shown["better"] + shown["worse"]
    print(f"\nA/A by seed, margin 0.005: {called} of {rounds} better or worse, at most {limit:.0f}; {shown}")
    assert called <= limit


@pytest.mark.soak
def test_without_a_margin_models_of_equal_worth_are_called_so_at_the_declared_rate(
    autumn: Autumn, soak_count: Callable[[int], int]
) -> None:
    """Two seeds whose roles are drawn by lot each day are equal in truth; 5 % for each bound is declared."""
    gate, rounds = Champion(metric="log_loss", margin=0.0, resamples=500), soak_count(1000)
    shown: Counter[str] = Counter()
    for seed in range(rounds):
        random = np.random.default_rng(seed)
        one, other = autumn.honest[random.permutation(SEEDS)[:2]]
        rows, day = autumn.weeks(random)
        _, place = np.unique(day, return_inverse=True)
        swapped = (random.random(place.max() + 1) < 0.5)[place]
        times = day.astype("datetime64[D]").astype("datetime64[us]")
        ours = np.where(swapped, other[rows], one[rows])
        theirs = np.where(swapped, one[rows], other[rows])
        scored = Scored("binary", autumn.late[rows], ours, theirs, times, champion=1)
        shown[gate.judge(scored).evidence["shown"]] += 1
    limit = stats.binom.ppf(0.99, rounds, 0.10)
    called = shown["better"] + shown["worse"]
    print(f"\nA/A by lot, no margin: {called} of {rounds} better or worse, at most {limit:.0f}; {shown}")
    assert called <= limit


@pytest.mark.soak
def test_a_model_trained_on_shuffled_labels_never_passes(
    autumn: Autumn, soak_count: Callable[[int], int]
) -> None:
    """Not all gates, and neither quality nor the champion's by itself."""
    gates, rounds = declared(), soak_count(1000)
    passed: Counter[str] = Counter()
    for seed in range(rounds):
        random = np.random.default_rng(seed)
        ours, theirs = autumn.shuffled[random.integers(SEEDS)], autumn.honest[random.integers(SEEDS)]
        scored = evidence(autumn, ours, theirs, *autumn.weeks(random))
        verdicts = {name: judged(name, name, gate, {}, scored).verdict for name, gate in gates.items()}
        passed.update(name for name, verdict in verdicts.items() if verdict is Verdict.PASS)
        passed["all"] += all(verdict is Verdict.PASS for verdict in verdicts.values())
    print(f"\nshuffled labels: passes of {rounds} over {', '.join(gates)}: {dict(passed)}")
    assert passed["all"] == passed["quality"] == passed["champion"] == 0


@pytest.mark.soak
def test_bounds_of_the_other_gates_miss_the_truth_no_more_often_than_declared(
    autumn: Autumn, soak_count: Callable[[int], int]
) -> None:
    """Slope, error and differences between groups of the whole autumn, bounded from nine of its weeks.

    Those of `found` are declared surer than 95 %: late flights crowd into few weeks, and there they need it.
    """
    rounds = soak_count(1000)
    everything = _bounded(autumn, np.arange(len(autumn.late)), autumn.day)
    missed: Counter[str] = Counter()
    for seed in range(rounds):
        for name, found in _bounded(autumn, *autumn.weeks(np.random.default_rng(seed))).items():
            missed[f"{name}, lower"] += found["lower"] > everything[name]["value"]
            missed[f"{name}, upper"] += found["upper"] < everything[name]["value"]
    limit = stats.binom.ppf(0.99, rounds, 0.05)
    print(f"\nbounds that missed, of {rounds}, at most {limit:.0f}: {dict(missed)}")
    assert max(missed.values()) <= limit


def _bounded(autumn: Autumn, rows: np.ndarray, day: np.ndarray) -> dict[str, dict[str, float]]:
    """Return what the gates of workbench.toml measure on rows, with its bounds."""
    rules = {name: gate.model_copy(update={"resamples": 500}) for name, gate in declared(needs=True).items()}
    scored = evidence(autumn, autumn.honest[0], autumn.honest[0], rows, day)
    calibration = rules["calibration"].judge(scored).evidence
    sides = [np.flatnonzero(autumn.far[rows] == far) for far in (True, False)]
    late, score = scored.y, scored.score

    def apart(gate: str, parts: Callable[[np.ndarray], np.ndarray], among: np.ndarray) -> dict[str, Any]:
        counted = [side[among[side]] for side in sides]
        ours, theirs = (Side(Group("reach", "", side), side, parts(side)) for side in counted)
        rule = rules[gate]
        return plain(pair(ours, theirs, rule.blocks(scored), rule, ratio=False).difference)

    everybody = np.ones(len(late), dtype=bool)
    return {
        "slope": calibration["slope"],
        "error": calibration["ece"],
        "bias apart": apart("fairness", lambda side: score[side] - late[side], everybody),
        "auc apart": apart("fairness", lambda side: auc_parts(late[side], score[side]), everybody),
        "found apart": apart("found", lambda side: (score[side] >= 0.3).astype(float), late == 1),
    }
