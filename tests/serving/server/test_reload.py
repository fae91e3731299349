"""Promotions and rollbacks while callers ask without a break."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.registry.models import MODEL
from tests.serving.server.project import Shop
from tests.serving.server.service import Service, Told, load, until
from workbench.project import Project
from workbench.serving.log import PredictionLog

WITHIN = 1.0
"""Seconds from the return of a rollback until nobody meets what was rolled back."""
GOOD, BAD = 4, 3


def logged(project: Project) -> Counter[tuple[str, int, str]]:
    """Return how often each answered row stands in the log, with its version and arm."""
    now = datetime.now(UTC)
    rows = PredictionLog(project).window(MODEL, now - timedelta(days=1), now + timedelta(days=1), columns=())
    return Counter(zip(rows["prediction_id"], rows["version"], rows["arm"], strict=True))


def serves(told: Told, version: int, clients: int) -> Callable[[], bool]:
    """Return what tells whether all clients were answered by a version, each more than once."""
    seen = len(told.answers)

    def all_of_them() -> bool:
        news = told.answers[max(seen, len(told.answers) - 3 * clients) :]
        return len(news) >= 3 * clients and {answer[2] for answer in news} == {version}

    return all_of_them


@pytest.mark.soak
def test_no_caller_notices_fifty_promotions_and_rollbacks(
    tmp_path: Path, soak_count: Callable[[int], int]
) -> None:
    """Fifteen of them are of versions that are damaged, which never serve; every row is logged once."""
    _promotions(tmp_path, soak_count(35), soak_count(15))


def _promotions(folder: Path, moves: int, damaged: int) -> None:
    shop = Shop(folder / "shop", versions=GOOD + BAD, extra="[serving]\ncompact_every = '1s'\n")
    for number in range(GOOD + 1, GOOD + BAD + 1):
        shop.damage(number)
    steps = ["move"] * moves + ["damaged"] * damaged
    chance = random.Random(5)
    chance.shuffle(steps)
    champions, waits = [1], []
    with Service(shop.root) as service, load(service.place, clients=4) as told:
        for step in steps:
            if step == "damaged":
                _damaged(shop, service, told, chance.randint(GOOD + 1, GOOD + BAD), champions[-1])
            elif len(champions) > 1 and chance.random() < 0.5:
                shop.rollback()
                champions.pop()
                waits.append(until(serves(told, champions[-1], 4), "a rollback"))
            else:
                champions.append(chance.choice([n for n in range(1, GOOD + 1) if n != champions[-1]]))
                shop.promote(champions[-1])
                until(serves(told, champions[-1], 4), "a promotion")
    assert told.wrong == []
    assert told.broken == 0
    assert max(waits, default=0.0) < WITHIN, waits
    assert {version for _, _, version, _ in told.answers} <= set(range(1, GOOD + 1))
    rows = logged(shop.project)
    assert rows == Counter((prediction, version, arm) for _, prediction, version, arm in told.answers)
    print(f"{moves} promotions and rollbacks, {damaged} of damaged versions, {len(told.answers)} answers, "
          f"slowest rollback {max(waits, default=0.0):.2f} s")  # fmt: skip


def _damaged(shop: Shop, service: Service, told: Told, number: int, champion: int) -> None:
    """Promote a damaged version, see it refused with its step, and take it back."""
    before = len(service.events("service.changed"))
    refusals = shop.state().refusals
    shop.promote(number)
    until(lambda: number in shop.state().refusals, "a refusal in the ledger")
    assert refusals.get(number) != shop.state().refusals[number]
    assert shop.state().refusals[number].step == "verify"
    shop.rollback()
    until(serves(told, champion, 4), "answers of the champion")
    assert not [
        e for e in service.events("service.changed")[before:] if e["serves"] != f"champion {champion}"
    ]


def test_a_service_whose_champion_is_damaged_starts_with_the_one_before(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", versions=2)
    shop.promote(2)
    shop.damage(2)
    with Service(shop.root, workers=1) as service:
        assert service.started["models"][0]["champion"] == 1
        assert "verify" in service.started["refused"][0]
        assert service.predict([7, 0.25, "UA"]).headers["x-model-version"] == "1"
        assert shop.state().refusals[2].step == "verify"


def test_a_version_that_was_mended_serves_after_all(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", versions=2)
    with Service(shop.root, workers=1) as service:
        path = shop.root / "saved" / "2" / "model.lgb"
        whole = path.read_bytes()
        shop.damage(2)
        shop.promote(2)
        until(lambda: 2 in shop.state().refusals, "a refusal")
        path.write_bytes(whole)
        shop.rollback()
        shop.promote(2)
        until(lambda: service.predict([7, 0.25, "UA"]).headers["x-model-version"] == "2", "version 2")
        until(lambda: not shop.state().refusals, "the ledger knowing")


def test_nothing_is_served_of_a_model_without_a_champion_that_is_whole(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", versions=1)
    shop.damage(1)
    begin = time.monotonic()
    with pytest.raises(AssertionError, match="Nothing of 'delay' can serve"), Service(shop.root):
        pass
    assert time.monotonic() - begin < 60
