from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.serving.traffic import Traffic

ENTITIES = [f"UA-{number}-2013-06-{number % 30:02d}" for number in range(20_000)]


@pytest.mark.parametrize("share", [0.01, 0.1, 0.25, 0.5, 0.9])
def test_the_challenger_gets_its_share_of_the_entities(share: float) -> None:
    """Within five standard deviations of a fair draw."""
    found = len(Traffic("delay", share).challenged(ENTITIES, "")) / len(ENTITIES)
    assert abs(found - share) < 5 * (share * (1 - share) / len(ENTITIES)) ** 0.5


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_growing_share_only_moves_entities_to_the_challenger(entity: str, one: float, other: float) -> None:
    """Whoever the challenger answers at a share, it answers at every greater one."""
    less, more = sorted((one, other))
    if Traffic("delay", less).arm(entity, "r") == "challenger":
        assert Traffic("delay", more).arm(entity, "r") == "challenger"


@pytest.mark.parametrize(("share", "arm"), [(0.0, "champion"), (1.0, "challenger"), (1e-30, "champion")])
def test_nothing_and_everything_are_exactly_that(share: float, arm: str) -> None:
    """No entity is left over on the other side."""
    assert {Traffic("delay", share).arm(entity, "") for entity in ENTITIES[:500]} == {arm}


def test_an_entity_stays_whatever_the_request_and_the_process() -> None:
    """The hash does not depend on the interpreter's own seed."""
    here = [Traffic("delay", 0.5).arm(entity, f"request-{n}") for n, entity in enumerate(ENTITIES[:64])]
    code = (
        "from workbench.serving.traffic import Traffic; import sys;"
        "print(*(Traffic('delay', 0.5).arm(e, '') for e in sys.argv[1:]))"
    )
    there = subprocess.run(
        [sys.executable, "-c", code, *ENTITIES[:64]], capture_output=True, text=True, check=True
    )
    assert there.stdout.split() == here


def test_who_is_early_for_one_model_is_not_for_another() -> None:
    """The same tenth is not experimented on everywhere: a tenth of a tenth is in both."""
    one, other = (set(Traffic(model, 0.1).challenged(ENTITIES, "")) for model in ("delay", "price"))
    assert 0.05 < len(one & other) / len(one) < 0.15


def test_without_an_entity_the_request_decides() -> None:
    """Each request by itself, one row with an empty entity likewise."""
    traffic = Traffic("delay", 0.5)
    arms = [traffic.arm(None, f"{n:032x}") for n in range(400)]
    assert 130 < arms.count("challenger") < 270
    assert traffic.challenged(["", ""], "0" * 32) == ([0, 1] if arms[0] == "challenger" else [])
