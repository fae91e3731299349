"""One service, asked as its callers ask it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.registry.models import MODEL
from tests.serving.server.project import ROW, Shop
from tests.serving.server.service import Service, rows, until
from workbench.registry.decision import write_decision
from workbench.registry.traffic import add_shadow
from workbench.serving.log import PredictionLog
from workbench.serving.tokens import create_token, revoke_token

QUICK = "[serving]\ncompact_every = '1s'\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = Shop(tmp_path_factory.mktemp("shop") / "shop", versions=3, extra=QUICK)
    made.promote(2, alias="challenger", share=0.5)
    return made


@pytest.fixture(scope="module")
def service(shop: Shop) -> Iterator[Service]:
    with Service(shop.root) as running:
        yield running


def test_it_says_what_serves(service: Service) -> None:
    (split,) = service.started["models"]
    assert (split["model"], split["champion"], split["challenger"], split["share"]) == (MODEL, 1, 2, 0.5)
    assert service.started["workers"] == 2


def test_an_answer_is_that_of_its_version_and_says_which(service: Service, shop: Shop) -> None:
    seen = set()
    for number in range(24):
        row = [number, 0.25, "DL"]
        answer = service.predict(row)
        assert answer.status == 200
        version = int(answer.headers["x-model-version"])
        assert answer.json == {"predictions": [shop.score(version, row)]}
        assert answer.headers["x-arm"] == {1: "champion", 2: "challenger"}[version]
        seen.add(version)
    assert seen == {1, 2}


def test_an_entity_stays_with_its_arm(service: Service) -> None:
    arms = {e: {service.predict(ROW, x_entity=e).headers["x-arm"] for _ in range(3)} for e in "abcdefghij"}
    assert all(len(each) == 1 for each in arms.values())
    assert set().union(*arms.values()) == {"champion", "challenger"}


def test_a_version_may_be_named(service: Service, shop: Shop) -> None:
    for number in (1, 2):
        answer = service.predict(ROW, path=f"/models/{MODEL}/versions/{number}/invocations")
        assert answer.json == {"predictions": [shop.score(number)]}
    refused = service.predict(ROW, path=f"/models/{MODEL}/versions/3/invocations")
    assert (refused.status, refused.json["error_code"]) == (404, "unknown_version")
    assert refused.json["hint"] == "Serving: 1, 2."


def test_each_answered_row_is_logged_once_with_its_caller_and_version(service: Service, shop: Shop) -> None:
    answer = service.predict(ROW, [8, None, "AA"], x_entity="flight-7")
    request = answer.headers["x-prediction-id"]
    log = PredictionLog(shop.project)
    for number, score in enumerate(answer.json["predictions"]):
        found = log.find(f"{request}-{number}")
        assert found is not None
        assert found.version == int(answer.headers["x-model-version"])
        assert (found.entity, found.caller, found.arm) == ("flight-7", "anonymous", answer.headers["x-arm"])
        assert list(found.score or ()) == [score]
        features = found.features
    assert features == {"hour": 8, "wind": None, "carrier": "AA"}


def test_a_label_finds_its_prediction(service: Service, shop: Shop) -> None:
    prediction = service.predict(ROW).headers["x-prediction-id"]
    body = f'{{"prediction_id": "{prediction}", "label": 1}}'.encode()
    answer = service.ask("POST", "/feedback", body)
    assert (answer.status, answer.json) == (202, {"accepted": 1})
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    found = PredictionLog(shop.project).labelled(MODEL, now - hour, now + hour)
    assert found.filter(found["prediction_id"] == prediction)["label"].to_list() == [1.0]


def test_explanations_add_up(service: Service) -> None:
    answer = service.ask("POST", "/explain", b'{"instances": [{"hour": 7, "wind": 0.25, "carrier": "UA"}]}')
    (found,) = answer.json["explanations"]
    assert abs(sum(found["contributions"].values()) + found["base"] - found["score"]) < 1e-9
    assert answer.json["version"] == 1


def test_the_pages_are_there(service: Service) -> None:
    assert (service.ask("GET", "/ping").status, service.ask("GET", "/health").body) == (200, b"\n")
    assert service.ask("GET", "/version").body.count(b".") == 2
    document = service.ask("GET", "/openapi.json").json
    assert document["openapi"].startswith("3.1")
    page = service.ask("GET", "/docs").body.decode()
    assert "version 2 is challenger, 50%" in page
    assert "<pre>" in page
    assert service.ask("GET", "/v2/health/ready").json == {"ready": True}
    assert service.ask("GET", f"/v2/models/{MODEL}").json["versions"] == ["1", "2"]


WRONG = [  # method, path, body, status, code
    ("POST", "/invocations", b"{", 400, None),
    ("POST", "/invocations", b'{"instances": []}', 400, None),
    ("POST", "/invocations", b'{"instances": [{"hour": 1}]}', 400, None),
    ("POST", "/invocations", b'{"instances": [{"hour": NaN, "wind": 1, "carrier": "UA"}]}', 400, None),
    ("POST", "/invocations", b"[" * 100_000, 400, None),
    ("POST", "/invocations", b"x" * 8_000_001, 413, "body_too_large"),
    ("POST", f"/v2/models/{MODEL}/infer", b"{}", 400, None),
    ("POST", "/models/dely/invocations", b"{}", 404, "unknown_model"),
    ("POST", "/invocation", b"{}", 404, "unknown_path"),
    ("GET", "/invocations", None, 405, "wrong_method"),
    ("POST", "/feedback", b'{"label": 1}', 400, None),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), WRONG)
def test_what_is_wrong_gets_a_sentence(
    service: Service, method: str, path: str, body: bytes | None, status: int, code: str | None
) -> None:
    answer = service.ask(method, path, body)
    assert answer.status == status
    assert code in {None, answer.json["error_code"]}
    assert (answer.json.get("message") or answer.json["error"]).rstrip()[-1] in ".:)"


def test_too_many_rows_are_refused(service: Service) -> None:
    answer = service.predict(*([ROW] * 10_001))
    assert (answer.status, answer.json["error_code"]) == (413, "too_many_rows_at_once")


def test_workers_count_together(service: Service) -> None:
    before = service.metrics()["workbench_requests_total"]
    for _ in range(20):
        service.predict(ROW)
    assert service.metrics()["workbench_requests_total"] == before + 20
    assert service.metrics()["workbench_workers"] == 2


def test_a_shadow_scores_what_was_answered(service: Service, shop: Shop) -> None:
    ledger = shop.ledger()
    write_decision(ledger, MODEL, lambda state: add_shadow(state, 3))
    ledger.close()
    until(lambda: any(e["serves"].endswith("shadow 3") for e in service.events("service.changed")), "shadow")
    answer = service.predict(ROW)
    request = answer.headers["x-request-id"]
    now, hour = datetime.now(UTC), timedelta(hours=1)
    log = PredictionLog(shop.project)

    def shadowed() -> list[list[float]]:
        found = log.window(MODEL, now - hour, now + hour, arms=["shadow"])
        return [list(score) for score in found.filter(found["request_id"] == request)["score"]]

    until(lambda: bool(shadowed()), "a shadow's row")
    assert shadowed() == [[shop.score(3)]]


def test_the_log_joins_the_tables(service: Service, shop: Shop, tmp_path: Path) -> None:
    place = shop.root / ".workbench" / "predictions" / MODEL
    until(lambda: place.is_dir() and any(place.rglob("*.parquet")), "a compaction")


def test_a_token_names_its_caller_until_it_is_revoked(service: Service, shop: Shop) -> None:
    ledger = shop.ledger()
    token, secret = create_token(ledger, "webshop", ["predict"])
    sent = {"Authorization": f"Bearer {secret}"}
    answer = service.ask("POST", "/invocations", rows(ROW), sent)
    found = PredictionLog(shop.project).find(answer.headers["x-prediction-id"])
    assert found is not None
    assert found.caller == "webshop"
    wrong = service.ask("POST", "/explain", rows(ROW), sent)
    assert (wrong.status, wrong.json["error_code"]) == (403, "wrong_scope")
    revoke_token(ledger, token.id)
    ledger.close()

    def turned_away() -> bool:
        return service.ask("POST", "/invocations", rows(ROW), sent).status == 401

    assert until(turned_away, "the token's end") < 1.0
    unknown = service.ask("POST", "/invocations", rows(ROW), {"Authorization": "Bearer wb_no_such"})
    assert (unknown.status, unknown.headers["www-authenticate"]) == (401, "Bearer")
