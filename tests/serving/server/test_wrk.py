"""Promotions and rollbacks under the load of `wrk`, by its own count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serving.server.promotions import GOOD, logged, promote_and_roll_back, shop_of, strangers
from tests.serving.server.service import Service
from tests.serving.server.wrk import wrk

CONNECTIONS = 4
WITHIN = 1.0
"""Seconds from the return of a rollback until nobody meets what was rolled back."""


@pytest.mark.soak
def test_wrk_sees_no_failed_request_and_the_log_has_each_it_counted(
    tmp_path: Path, soak_count: Callable[[int], int]
) -> None:
    """Fifteen of fifty are of versions that fail; the log also has what was under way as wrk ended."""
    moves, bad = soak_count(35), soak_count(15)
    shop = shop_of(tmp_path / "shop")
    with Service(shop.root) as service, wrk(service.place, tmp_path, connections=CONNECTIONS) as caller:
        waits = promote_and_roll_back(shop, service, caller, clients=CONNECTIONS, moves=moves, bad=bad)
    assert "Socket errors" not in caller.summary, caller.summary
    assert "Non-2xx" not in caller.summary, caller.summary
    told = Counter((prediction, version, arm) for _, prediction, version, arm in caller.answers)
    assert told.total() == caller.requests
    assert max(waits) < WITHIN, waits
    rows = logged(shop.project)
    assert set(rows.values()) == {1}
    assert {version for _, version, _ in rows} <= set(range(1, GOOD + 1))
    assert not strangers(shop)
    assert not told - rows
    assert (rows - told).total() <= CONNECTIONS
    print(f"{moves + bad} promotions and rollbacks, {bad} of versions that fail, "
          f"slowest rollback {max(waits):.2f} s, {rows.total()} rows logged once each, "
          f"{(rows - told).total()} under way at the end; wrk says:\n{caller.summary}")  # fmt: skip
