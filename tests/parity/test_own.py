"""This project's own notebooks: unchanged they raise no alarm, and what is planted in a copy is named."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from tests.parity.flights_scene import Scene
from tests.parity.planted import planted, plants
from workbench.parity import Kind

STAGES = ("ingest", "validate", "features", "train", "evaluate", "promote")
PLANTS = plants(staged=True)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The project's stages with what they read."""
    made = Scene(tmp_path_factory.mktemp("own"))
    yield made
    made.close()


@pytest.mark.soak
def test_what_is_planted_in_a_stage_is_named_and_nothing_else(
    scene: Scene, soak_count: Callable[[int], int]
) -> None:
    """Each class in each notebook; the unchanged notebook raises no alarm."""
    cases = [(stage, kind) for stage in STAGES for kind in (*PLANTS, None)]
    random.Random(8).shuffle(cases)
    count, wrong = soak_count(len(cases)), list[str]()
    if count < len(cases):  # of a tenth those that are quick
        cases, count = [case for case in cases if case[0] == "validate"], count // 2
    for stage, kind in cases[:count]:
        wrong += [f"{stage}, {kind}: {text}" for text in _wrong(scene, stage, kind)]
    assert wrong == []


def _wrong(scene: Scene, stage: str, kind: Kind | None) -> list[str]:
    if kind is None:
        return [str(fault) for fault in scene.check(stage).faults]
    cells, number = planted(scene.cells(stage), PLANTS[kind])
    faults = [fault for fault in scene.check(stage, cells).faults if fault.fails]
    named = any(fault.kind is kind and fault.cell == number for fault in faults)
    others = [str(fault) for fault in faults if fault.kind is not kind]
    return others if named else [f"not named in cell {number}: {[str(fault) for fault in faults]}"]
