"""A service goes by the clock that its environment names, in every process of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.registry.models import MODEL
from tests.serving.server.project import ROW, Shop
from tests.serving.server.service import Service
from workbench.clock import VARIABLE, SharedClock
from workbench.serving.log import PredictionLog

SPRING = datetime(2013, 3, 1, 5, tzinfo=UTC)


def test_what_is_answered_and_labelled_happens_in_project_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day passes between the prediction and its label, though not for the machine."""
    shop = Shop(tmp_path / "shop", versions=1)
    clock = SharedClock.create(tmp_path / "clock", SPRING)
    monkeypatch.setenv(VARIABLE, str(clock.path))
    with Service(shop.root, workers=1) as service:
        prediction = service.predict(ROW).headers["x-prediction-id"]
        clock.set(SPRING + timedelta(days=1))
        service.predict(ROW)
        label = f'{{"prediction_id": "{prediction}", "label": 1}}'.encode()
        assert service.ask("POST", "/feedback", label).status == 202
        log = PredictionLog(shop.project)
        rows = log.window(MODEL, SPRING, SPRING + timedelta(days=2))
        (labelled,) = log.labelled(MODEL, SPRING, SPRING + timedelta(days=2)).iter_rows(named=True)
    assert rows["at"].to_list() == [SPRING, SPRING + timedelta(days=1)]
    assert (labelled["at"], labelled["labelled_at"]) == (SPRING, SPRING + timedelta(days=1))
