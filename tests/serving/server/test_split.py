"""What may serve, where what is wanted did not pass its trial or is still being tried."""

from __future__ import annotations

import pytest

from workbench.registry.deployment import Deployment
from workbench.serving.order import Split
from workbench.serving.supervisor.split import split_of

BEFORE = Split("m", 1, 2, 0.1, (3,))
CASES = [  # wanted, good versions, what serves before, what serves then
    (Deployment(1), {1}, None, Split("m", 1)),
    (Deployment(1), set(), None, None),
    (Deployment(4), {1}, Split("m", 1), Split("m", 1)),
    (Deployment(4), {1, 4}, Split("m", 1), Split("m", 4)),
    (Deployment(1, 2, 0.5), {1, 2}, BEFORE, Split("m", 1, 2, 0.5)),
    (Deployment(1, 4, 0.5), {1, 2}, BEFORE, Split("m", 1, 2, 0.1)),
    (Deployment(4, 2, 0.1), {1, 2}, BEFORE, Split("m", 1, 2, 0.1)),
    (Deployment(2, 4, 0.1), {1, 2}, BEFORE, Split("m", 2)),
    (Deployment(2), {1, 2}, BEFORE, Split("m", 2)),
    (Deployment(None), {1}, BEFORE, Split("m", 1)),
    (Deployment(1, None, 0.0, (3, 4)), {1, 3}, BEFORE, Split("m", 1, None, 0.0, (3,))),
    (Deployment(3, None, 0.0, (3,)), {3}, BEFORE, Split("m", 3)),
]


@pytest.mark.parametrize(("wanted", "good", "before", "then"), CASES)
def test_who_is_not_whole_does_not_take_a_place(
    wanted: Deployment, good: set[int], before: Split | None, then: Split | None
) -> None:
    assert split_of("m", wanted, good, before) == then
