"""How much a caller may ask for."""

from __future__ import annotations

import pytest

from workbench.serving.app import rate
from workbench.serving.app.rate import Rate
from workbench.serving.refused import Refused


def test_a_bucket_empties_and_fills_again_for_each_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(rate, "monotonic", lambda: now)
    limit = Rate(10)
    for _ in range(10):
        limit.take("ada", 1)
    with pytest.raises(Refused, match="ada asked for more than 10 rows a second") as refused:
        limit.take("ada", 1)
    assert (refused.value.status, refused.value.hint) == (429, "Try again in 0.1 s.")
    limit.take("bob", 1)
    now += 0.1
    limit.take("ada", 1)
    with pytest.raises(Refused):
        limit.take("ada", 1)


def test_one_large_request_passes_and_is_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(rate, "monotonic", lambda: now)
    limit = Rate(10)
    limit.take("ada", 100)
    now = 8.9
    with pytest.raises(Refused):
        limit.take("ada", 1)
    now = 9.2
    limit.take("ada", 1)
