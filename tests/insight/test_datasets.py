from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.insight.experiments.past import NOBODY
from workbench.errors import AccessError
from workbench.insight import Store
from workbench.insight.datasets import dataset_names, dataset_versions, previous_version, profile_dataset


@pytest.mark.parametrize(
    "ask",
    [
        dataset_names,
        lambda store, person: dataset_versions(store, person, "table"),
        lambda store, person: previous_version(store, person, "table", 2),
        lambda store, person: profile_dataset(store, person, "table"),
    ],
)
def test_who_lost_their_role_is_told_nothing(store: Store, ask: Callable[..., Any]) -> None:
    with pytest.raises(AccessError):
        ask(store, NOBODY)
