from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from workbench.clock import ManualClock

pytest_plugins = ["tests.postgres"]


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at the beginning of 2013 until a test moves it."""
    return ManualClock(datetime(2013, 1, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """Leave the process's variables as they were: a person's session sets some for MLflow."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def soak_count() -> Callable[[int], int]:
    """Return how many rounds a soak test does: all of them under `make soak`, a tenth otherwise."""
    whole = os.environ.get("WORKBENCH_SOAK") == "1"
    return lambda full: full if whole else max(1, full // 10)
