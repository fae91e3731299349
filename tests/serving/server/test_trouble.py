"""What the service stands on goes away, and comes back."""

from __future__ import annotations

import resource
import sqlite3
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.postgres import make_cluster, running_cluster
from tests.serving.server.project import Shop
from tests.serving.server.promotions import logged
from tests.serving.server.service import Service, Told, load, until
from tests.system import find_postgres


def test_a_locked_ledger_or_one_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    """The promotion that comes after it takes effect; a ledger that is gone is not made anew."""
    shop = Shop(tmp_path / "shop")
    ledger, away = shop.root / ".workbench" / "ledger.db", shop.root / "away.db"
    with Service(shop.root, workers=1) as service, load(service.place, clients=2) as told:
        lock = sqlite3.connect(ledger, isolation_level=None)
        try:
            lock.execute("BEGIN EXCLUSIVE")
            _without(service, told, 1)
            lock.execute("ROLLBACK")
        finally:
            lock.close()
        _with(shop, service, told, 1)
        ledger.rename(away)
        _without(service, told, 2)
        assert not ledger.exists()
        away.rename(ledger)
        _with(shop, service, told, 2)
    assert told.wrong == []


def test_a_database_under_the_ledger_that_goes_away_stops_nobody(tmp_path: Path) -> None:
    """PostgreSQL is killed and started again, twice; the promotion that comes after it takes effect."""
    programs = find_postgres()
    assert programs is not None
    # Not pytest's own folder: the path of a socket must be short.
    temporary = tempfile.TemporaryDirectory(prefix="wb-pg-", ignore_cleanup_errors=True)
    with temporary as name, ExitStack() as database:
        folder = Path(name)
        make_cluster(programs, folder)
        database.enter_context(running_cluster(programs, folder, synchronous_commit="on"))
        url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        shop = Shop(tmp_path / "shop", extra=f'[stores]\nledger = "{url}"\n')
        with Service(shop.root, workers=1) as service, load(service.place, clients=2) as told:
            for times in (1, 2):
                database.close()
                _without(service, told, times)
                database.enter_context(running_cluster(programs, folder, synchronous_commit="on"))
                _with(shop, service, told, times)
        assert told.wrong == []
        rows = logged(shop.project)
    assert set(rows.values()) == {1}
    assert set(told.ids) <= {prediction for prediction, _, _ in rows}


def _without(service: Service, told: Told, times: int) -> None:
    """See that callers are answered while the ledger is away."""
    until(lambda: len(service.events("ledger.lost")) == times, "a word of the ledger")
    before = len(told.answers)
    until(lambda: len(told.answers) > before + 50, "answers without the ledger")
    assert service.metrics()["workbench_ledger_up"] == 0


def _with(shop: Shop, service: Service, told: Told, times: int) -> None:
    """See that a promotion takes effect once the ledger is there again."""
    until(lambda: len(service.events("ledger.found")) == times, "the ledger again")
    champion = 3 - told.answers[-1][2]
    shop.promote(champion)
    until(lambda: told.answers[-1][2] == champion, "the promotion")


@pytest.mark.parametrize("policy", ["answer", "refuse"])
def test_a_full_disk_under_the_log_is_answered_by_policy_and_recovers(tmp_path: Path, policy: str) -> None:
    shop = Shop(tmp_path / "shop", extra=f"[serving]\nlog_failure = '{policy}'\n")
    with Service(shop.root, workers=1) as service:
        ids = [service.predict([1, 0.5, "AA"]).headers["x-prediction-id"]]
        _room(service, 1)
        with load(service.place, clients=2) as told:
            until(lambda: len(told.answers) + len(told.wrong) > 3000, "a full disk")
            until(lambda: service.metrics().get("workbench_log_failures_total", 0) > 0, "failures")
        refused = [status for status, _ in told.wrong]
        assert set(refused) <= ({503} if policy == "refuse" else set())
        assert bool(refused) == (policy == "refuse")
        lost = service.metrics()["workbench_log_failures_total"]
        _room(service, resource.RLIM_INFINITY)
        until(lambda: service.predict([1, 0.5, "AA"]).status == 200, "an answer")
        until(lambda: bool(_logged_now(service)), "a logged row")
        ids.append(service.predict([2, 0.5, "AA"]).headers["x-prediction-id"])
    rows = logged(shop.project)
    known = {prediction for prediction, _, _ in rows}
    assert set(rows.values()) == {1}
    assert set(ids) <= known
    if policy == "refuse":
        assert set(told.ids) <= known
    else:
        assert len(set(told.ids) - known) <= lost


def _room(service: Service, most: int) -> None:
    """Let the workers' files grow to a size and no further, as on a disk that is full."""
    for worker in service.workers():
        _, hard = resource.prlimit(worker, resource.RLIMIT_FSIZE)
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (most, hard))


def _logged_now(service: Service) -> bool:
    before = service.metrics()["workbench_log_rows_total"]
    service.predict([1, 0.5, "AA"])
    return service.metrics()["workbench_log_rows_total"] > before
