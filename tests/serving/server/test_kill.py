"""Workers that are killed at any moment: every answered row is in the log, exactly once."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serving.server.project import Shop
from tests.serving.server.promotions import logged
from tests.serving.server.service import Service, load, until

CLIENTS = 6


@pytest.mark.soak
def test_every_answered_row_is_logged_once_whoever_is_killed(
    tmp_path: Path, soak_count: Callable[[int], int]
) -> None:
    """One worker, or all of them, at random moments; the service goes on by itself."""
    shop = Shop(tmp_path / "shop", extra="[serving]\ncompact_every = '1s'\n")
    chance = random.Random(11)
    answered: set[str] = set()
    with Service(shop.root) as service:
        for round_ in range(soak_count(50)):
            with load(service.place, clients=CLIENTS, may_break=True) as told:
                until(lambda: len(told.answers) > 50, "answers")
                time.sleep(chance.random() * 0.1)  # the moment is what is drawn
                workers = service.workers()
                for victim in workers if round_ % 3 == 0 else workers[:1]:
                    os.kill(victim, signal.SIGKILL)
                before = len(told.answers)
                until(lambda at=before: len(told.answers) > at + 20, "answers after it")  # type: ignore[misc]
            assert told.wrong == []
            answered.update(told.ids)
            until(lambda: len(service.workers()) == 2, "workers")
        assert service.metrics()["workbench_worker_restarts_total"] >= soak_count(50)
    rows = logged(shop.project)
    assert set(rows.values()) == {1}
    missing = answered - {prediction for prediction, _, _ in rows}
    assert not missing
    print(f"{soak_count(50)} kills, {len(answered)} answers, none missing in the log, none twice")


def test_all_of_it_may_be_killed_and_started_again(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    answered: set[str] = set()
    with Service(shop.root, workers=1) as service:
        with load(service.place, clients=CLIENTS, may_break=True) as told:
            until(lambda: len(told.answers) > 50, "answers")
            victims = service.workers()
            service.process.kill()
            service.process.wait()
            until(lambda: told.broken > 0, "the end of all workers")
        answered.update(told.ids)
    for victim in victims:
        until(lambda victim=victim: not _lives(victim), "the worker's end")  # type: ignore[misc]
    with Service(shop.root, workers=1) as service:
        answered.add(service.predict([1, 0.5, "AA"]).headers["x-prediction-id"])
    rows = logged(shop.project)
    assert set(rows.values()) == {1}
    assert answered <= {prediction for prediction, _, _ in rows}


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.soak
def test_a_worker_that_starts_while_versions_change_serves_what_the_others_do(
    tmp_path: Path, soak_count: Callable[[int], int]
) -> None:
    """One that freezes stops nobody; a service that is told to stop answers what is under way."""
    shop = Shop(tmp_path / "shop")
    chance = random.Random(2)
    with Service(shop.root) as service:
        for number in range(soak_count(20)):
            os.kill(service.workers()[0], signal.SIGKILL)
            time.sleep(chance.random() * 4.0)  # the moment of the worker's start is what is drawn
            champion = 2 - number % 2
            shop.promote(champion)
            until(lambda: len(service.workers()) == 2, "workers")
            until(lambda: service.metrics()["workbench_workers"] == 2, "workers that serve")
            until(lambda at=champion: _answers(service) == {str(at)}, "the promotion")  # type: ignore[misc]
        victim = service.workers()[0]
        os.kill(victim, signal.SIGSTOP)
        try:
            with load(service.place, clients=2) as told:
                until(lambda: len(told.answers) > 100, "answers")
        finally:
            os.kill(victim, signal.SIGKILL)
        assert told.wrong == []
        with load(service.place, clients=CLIENTS, may_break=True) as told:
            until(lambda: len(told.answers) > 50, "answers")
            assert service.stop() == 0
        assert told.wrong == []
    assert set(told.ids) <= {prediction for prediction, _, _ in logged(shop.project)}


def _answers(service: Service) -> set[str]:
    return {service.predict([1, 0.5, "AA"]).headers["x-model-version"] for _ in range(20)}
