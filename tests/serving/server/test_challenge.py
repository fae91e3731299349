"""With a challenge declared, champion and challenger both score every row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tests.registry.models import MODEL
from tests.serving.server.project import COLUMNS, Shop
from tests.serving.server.service import Service, until
from workbench.serving.log import PredictionLog

ENTITIES = [f"flight-{n}" for n in range(20)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = Shop(tmp_path_factory.mktemp("challenge") / "shop", extra="[models.delay.challenge]\n")
    path = made.root / "workbench.toml"
    path.write_text(path.read_text().replace("target = ", 'entity = "flight"\ntarget = '))
    made.promote(2, alias="challenger")
    return made


@pytest.fixture(scope="module")
def service(shop: Shop) -> Iterator[Service]:
    with Service(shop.root) as running:
        yield running


def _batch(service: Service) -> str:
    """Ask for a row of each entity; return the request's id."""
    data = [[n % 24, 0.25, "UA", entity] for n, entity in enumerate(ENTITIES)]
    body = json.dumps({"dataframe_split": {"columns": [*COLUMNS, "flight"], "data": data}}).encode()
    answer = service.ask("POST", "/invocations", body)
    assert answer.status == 200
    return answer.headers["x-request-id"]


def _logged(shop: Shop, request: str) -> pl.DataFrame:
    """Return what was logged of a request, when both versions have scored all of it."""
    now, hour = datetime.now(UTC), timedelta(hours=1)

    def rows() -> pl.DataFrame:
        found = PredictionLog(shop.project).window(MODEL, now - hour, now + hour, arms=None)
        return found.filter(request_id=request)

    until(lambda: rows().height >= 2 * len(ENTITIES), "both versions' rows")
    return rows().sort("row", "version")


@pytest.mark.parametrize(("share", "arms"), [(0.0, 1), (0.5, 2), (1.0, 1)])
def test_each_row_is_scored_by_both_and_answered_by_one(
    shop: Shop, service: Service, share: float, arms: int
) -> None:
    """At every share of the traffic: one row of each version under one id, the entity with both."""
    if share:
        shop.promote(2, alias="challenger", share=share)
        words = f"challenger 2 at {share * 100:g} %"
        until(lambda: any(words in e["serves"] for e in service.events("service.changed")), "the share")
    rows = _logged(shop, _batch(service))
    assert rows["version"].to_list() == [1, 2] * len(ENTITIES)
    answered = rows.filter(pl.col("arm") != "shadow")
    assert answered["row"].to_list() == list(range(len(ENTITIES)))
    assert answered["arm"].n_unique() == arms
    assert rows.filter(arm="shadow")["row"].to_list() == list(range(len(ENTITIES)))
    for row in rows.iter_rows(named=True):
        assert row["prediction_id"] == f"{row['request_id']}-{row['row']}"
        assert row["entity"] == ENTITIES[row["row"]]
        assert row["score"] == [shop.score(row["version"], [row["row"] % 24, 0.25, "UA"])]


def test_a_version_that_a_caller_names_is_scored_beside_by_the_other(shop: Shop, service: Service) -> None:
    """Who asks for the challenger gets it, and the champion scores the row, too."""
    tensors = [
        {"name": name, "shape": [20], "datatype": kind, "data": data}
        for name, kind, data in (
            ("hour", "INT64", [n % 24 for n in range(20)]),
            ("wind", "FP64", [0.25] * 20),
            ("carrier", "BYTES", ["UA"] * 20),
        )
    ]
    body = json.dumps({"inputs": tensors}).encode()
    answer = service.ask("POST", f"/v2/models/{MODEL}/versions/2/infer", body)
    assert (answer.status, answer.headers["x-model-version"]) == (200, "2")
    rows = _logged(shop, answer.headers["x-request-id"])
    assert rows["version"].to_list() == [1, 2] * 20
    assert rows.filter(arm="shadow")["version"].unique().to_list() == [1]
