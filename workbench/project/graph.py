"""What follows from inputs and outputs: who writes what, and in which order stages run."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping

from workbench.project.config import StageConfig


def writers(stages: Mapping[str, StageConfig]) -> dict[str, list[str]]:
    """Return for each output the stages that declare it, in declared order."""
    found: dict[str, list[str]] = {}
    for name, stage in stages.items():
        for output in stage.outputs:
            found.setdefault(output, []).append(name)
    return found


def upstream(stages: Mapping[str, StageConfig], stage: str, within: Iterable[str]) -> tuple[str, ...]:
    """Return the stages whose outputs a stage reads, of those within, in declared order."""
    allowed, inputs = set(within), set(stages[stage].inputs)
    return tuple(name for name, other in stages.items() if name in allowed and inputs & set(other.outputs))


def order(stages: Mapping[str, StageConfig], chosen: Iterable[str]) -> tuple[str, ...]:
    """Return the chosen stages, each after those it reads from; otherwise as they were listed.

    Raises:
        graphlib.CycleError: they read from each other in a circle.
    """
    waiting = list(chosen)
    before = {name: set(upstream(stages, name, waiting)) for name in waiting}
    found: list[str] = []
    while waiting:
        ready = next((name for name in waiting if before[name] <= set(found)), None)
        if ready is None:
            graphlib.TopologicalSorter(before).prepare()
            raise AssertionError("stages that wait for each other form a cycle")
        waiting.remove(ready)
        found.append(ready)
    return tuple(found)


def cycle(stages: Mapping[str, StageConfig]) -> list[str] | None:
    """Return stages that each read from the one before, the first again at the end; None if none do."""
    try:
        order(stages, stages)
    except graphlib.CycleError as error:
        found: list[str] = error.args[1]
        return found
    return None
