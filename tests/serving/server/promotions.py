"""Promotions and rollbacks in an order that is drawn, some of versions that must not serve."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import polars as pl

from tests.registry.models import MODEL
from tests.serving.model.models import rewritten
from tests.serving.server.project import Shop
from tests.serving.server.service import Service, until
from workbench.project import Project
from workbench.registry.version import Version
from workbench.serving.log import PredictionLog

GOOD = 4
BAD = {5: "verify", 6: "verify", 7: "load"}
"""The step that each bad version fails: a flipped bit, a file gone, an example that does not fit."""


class Heard(Protocol):
    """What callers were told: for each answer its status, prediction id, version and arm."""

    @property
    def answers(self) -> Sequence[tuple[int, str, int, str]]: ...


def shop_of(root: Path) -> Shop:
    """Return a project with versions that serve well and versions that fail."""
    wrong_example = rewritten("input_example.json", lambda text: text.replace(b'"hour"', b'"day"'))

    def changed(version: Version, project: Project) -> Version:
        return wrong_example(version, project) if BAD.get(version.number) == "load" else version

    versions = GOOD + len(BAD)
    shop = Shop(root, versions=versions, extra="[serving]\ncompact_every = '1s'\n", changed=changed)
    shop.damage(5)
    (root / "saved" / "6" / "model.lgb").unlink()
    return shop


def logged(project: Project) -> Counter[tuple[str, int, str]]:
    """Return how often each answered row stands in the log, with its version and arm."""
    rows = _rows(project, ())
    return Counter(zip(rows["prediction_id"], rows["version"], rows["arm"], strict=True))


def strangers(shop: Shop) -> list[tuple[int, int, float]]:
    """Return version, hour and score of logged rows whose score is not what that version says."""
    rows = _rows(shop.project, ("hour",)).unnest("features").explode("score")
    scores = rows.select("version", "hour", "score").unique().rows()
    return [(v, hour, score) for v, hour, score in scores if score != shop.score(v, [hour, 0.25, "UA"])]


def _rows(project: Project, columns: Sequence[str]) -> pl.DataFrame:
    now = datetime.now(UTC)
    day = timedelta(days=1)
    return PredictionLog(project).window(MODEL, now - day, now + day, columns=columns)


def serves(heard: Heard, version: int, clients: int) -> Callable[[], bool]:
    """Return what tells whether all clients were answered by a version, each more than once."""
    seen = len(heard.answers)

    def all_of_them() -> bool:
        answers = heard.answers
        news = answers[max(seen, len(answers) - 3 * clients) :]
        return len(news) >= 3 * clients and {answer[2] for answer in news} == {version}

    return all_of_them


def promote_and_roll_back(
    shop: Shop, service: Service, heard: Heard, *, clients: int, moves: int, bad: int
) -> list[float]:
    """Change the champion many times; return the seconds from each rollback until callers met it.

    Args:
        shop: from `shop_of`, version 1 champion.
        service: of that project.
        heard: what callers are told meanwhile.
        clients: how many callers there are.
        moves: promotions and rollbacks among versions that serve.
        bad: promotions of versions that fail, each taken back.
    """
    steps = ["move"] * moves + ["bad"] * bad
    chance = random.Random(7)
    chance.shuffle(steps)
    champions, waits = [1], []
    for step in steps:
        if step == "bad":
            _refused(shop, service, heard, chance.choice(list(BAD)), champions[-1], clients)
        elif len(champions) > 1 and chance.random() < 0.5:
            shop.rollback()
            champions.pop()
            waits.append(until(serves(heard, champions[-1], clients), "a rollback"))
        else:
            champions.append(chance.choice([n for n in range(1, GOOD + 1) if n != champions[-1]]))
            shop.promote(champions[-1])
            until(serves(heard, champions[-1], clients), "a promotion")
    return waits


def _refused(shop: Shop, service: Service, heard: Heard, number: int, champion: int, clients: int) -> None:
    """Promote a version that fails, see it refused with its step, and take it back."""
    before = len(service.events("service.changed"))
    refusals = shop.state().refusals
    shop.promote(number)
    until(lambda: number in shop.state().refusals, "a refusal in the ledger")
    assert refusals.get(number) != shop.state().refusals[number]
    assert shop.state().refusals[number].step == BAD[number]
    shop.rollback()
    until(serves(heard, champion, clients), "answers of the champion")
    assert not [
        e for e in service.events("service.changed")[before:] if e["serves"] != f"champion {champion}"
    ]
