"""Promotions and rollbacks while callers ask without a break."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serving.server.project import Shop
from tests.serving.server.promotions import GOOD, logged, promote_and_roll_back, shop_of
from tests.serving.server.service import Service, load, until

CLIENTS = 4
WITHIN = 1.0
"""Seconds from the return of a rollback until nobody meets what was rolled back."""


@pytest.mark.soak
def test_no_caller_notices_fifty_promotions_and_rollbacks(
    tmp_path: Path, soak_count: Callable[[int], int]
) -> None:
    """Fifteen of them are of versions that fail, which never serve; every row is logged once."""
    moves, bad = soak_count(35), soak_count(15)
    shop = shop_of(tmp_path / "shop")
    with Service(shop.root) as service, load(service.place, clients=CLIENTS) as told:
        waits = promote_and_roll_back(shop, service, told, clients=CLIENTS, moves=moves, bad=bad)
    assert told.wrong == []
    assert told.broken == 0
    assert max(waits) < WITHIN, waits
    assert {version for _, _, version, _ in told.answers} <= set(range(1, GOOD + 1))
    rows = logged(shop.project)
    assert rows == Counter((prediction, version, arm) for _, prediction, version, arm in told.answers)
    print(f"{moves + bad} promotions and rollbacks, {bad} of versions that fail, "
          f"{len(told.answers)} answers, slowest rollback {max(waits):.2f} s")  # fmt: skip


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
