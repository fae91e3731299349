from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.registry.models import MODEL, Runs, gate, make_project
from workbench.errors import RejectedError
from workbench.ledger import MemoryLedger
from workbench.registry import Deployment, ModelState, Registry, fold
from workbench.registry.projection import Projection
from workbench.registry.shown import MemoryModels


@pytest.mark.soak
def test_no_order_of_wishes_leaves_an_impossible_deployment(
    tmp_path: Path, ledger: MemoryLedger, soak_count: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever people ask for, in whatever order: arms differ, shares have two arms, a step back is one."""
    monkeypatch.setattr("workbench.registry.registry.verify", lambda version, project: None)
    quality = '[models.delay.gates]\nquality = { metric = "auc", at_least = 0.7 }'
    runs = Runs(make_project(tmp_path / "shop", gates=quality), ledger)
    for name in "abcd":
        runs.train(name)
        runs.evaluate(name, [gate("quality")])
    registry = Registry(runs.project, ledger, Projection(ledger, MemoryModels(), tmp_path / "state"))
    random, refused, kinds = Random(5), 0, Counter[str]()
    for _ in range(soak_count(1000)):
        version, share = random.randint(1, 4), random.choice([0.0, 0.1, 0.5, 1.0, None])
        wish = random.choice(["champion", "challenger", "traffic", "shadow", "unshadow", "rollback"])
        before = runs.state
        try:
            match wish:
                case "champion":
                    registry.promote(MODEL, version)
                case "challenger":
                    registry.promote(MODEL, version, alias="challenger", share=share)
                case "traffic":
                    registry.set_traffic(MODEL, share or 0.25)
                case "shadow":
                    registry.add_shadow(MODEL, version)
                case "unshadow":
                    registry.remove_shadow(MODEL, version)
                case _:
                    registry.rollback(MODEL)
                    check_step_back(before, runs.state)
        except RejectedError:
            refused += 1
            assert runs.state.version == before.version
        else:
            kinds[wish] += 1
        check_possible(runs.state.deployment)
    assert fold(MODEL, ledger.read(f"model/{MODEL}")).deployment == runs.state.deployment
    assert refused
    assert len(kinds) == 6


def check_possible(now: Deployment) -> None:
    """Ask of a deployment what must hold of every one."""
    arms = [number for number in (now.champion, now.challenger) if number is not None]
    assert len({*arms, *now.shadows}) == len(arms) + len(now.shadows) == len(now.versions)
    assert 0 <= now.share <= 1
    assert now.share == 0 or len(arms) == 2


def check_step_back(before: ModelState, after: ModelState) -> None:
    """A rollback takes the traffic that is newest, or else one champion, and nothing else."""
    was, now = before.deployment, after.deployment
    assert now.shadows == tuple(number for number in was.shadows if number != now.champion)
    if before.newest_arm == "challenger":
        assert now == Deployment(was.champion, shadows=was.shadows)
    else:
        assert now.champion == before.replaced_by()
        assert (now.challenger, now.share) in ((was.challenger, was.share), (None, 0.0))
