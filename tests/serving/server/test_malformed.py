"""Requests that are wrong in every way: a 4xx with a sentence each, and a process that does not grow."""

from __future__ import annotations

import json
import random
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.registry.models import MODEL
from tests.serving.server.documented import documented
from tests.serving.server.project import ROW, Shop
from tests.serving.server.service import Service, rows

PATHS = [
    "/invocations",
    f"/models/{MODEL}/invocations",
    f"/models/{MODEL}/versions/1/invocations",
    f"/v2/models/{MODEL}/infer",
    "/explain",
    "/feedback",
]
TYPES = ["application/json", "text/csv", "text/plain", "", "application/json; charset=latin-1", "a/b" * 99]
NASTY = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "null",
    '""',
    "[]",
    "{}",
    "9" * 400,
    '"\\ud800"',
    "[" * 3000,
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["dataframe_split", "dataframe_records", "instances", "inputs", "columns", "data",
                        "label", "entity", "prediction_id", "outputs", "id", "hour"])  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=200),
    JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(KEYS, JSON_VALUES, max_size=3).map(lambda value: json.dumps(value).encode()),
)
GROWTH = 30 * 10**6
"""Bytes that a worker may grow by: caches of what it has seen are bounded."""


@pytest.mark.soak
def test_ten_thousand_malformed_requests_get_no_5xx_and_cost_no_memory(
    tmp_path: Path, soak_count: Callable[[int], int]
) -> None:
    """Half are what Schemathesis makes of the service's own document, the rest spoilt and made up."""
    shop = Shop(tmp_path / "shop")
    count = soak_count(10_000)
    half, quarter = count // 2, count // 4
    with Service(shop.root, workers=1) as service:
        worker = psutil.Process(service.workers()[0])
        asker = _Asker(service)
        for path, kind, body in _spoilt(random.Random(3), quarter // 5):
            asker.ask(path, kind, body)
        before = worker.memory_info().rss
        for path, kind, body in _spoilt(random.Random(4), quarter - quarter // 5):
            asker.ask(path, kind, body)
        _made_up(asker, quarter)
        document = service.ask("GET", "/openapi.json").json
        valid = half // 5
        documented(document, asker.send, malformed=half - valid, valid=valid)
        asker.close()
        assert service.workers() == [worker.pid]
        growth = worker.memory_info().rss - before
        assert growth < GROWTH
        assert service.metrics().get("workbench_errors_total", 0) == 0
        assert service.predict(ROW).json == {"predictions": [shop.score(1)]}
    assert sum(asker.statuses.values()) == count
    assert asker.statuses[200] > valid // 10
    assert asker.refused > half
    print(f"{count} requests, {half} of them by Schemathesis: {dict(sorted(asker.statuses.items()))}, "
          f"{asker.refused} refused with a sentence, no 5xx, no connection closed, "
          f"memory {growth / 1e6:+.1f} MB")  # fmt: skip


def test_what_is_no_http_is_hung_up_on(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", extra="[serving]\ntimeout = '1s'\n")
    with Service(shop.root, workers=1) as service:
        chance = random.Random(8)
        for _ in range(50):
            with socket.create_connection(service.place, timeout=10) as connection:
                connection.sendall(chance.randbytes(200) + b"\r\n\r\n")
                assert b"200 OK" not in connection.recv(65536)
        with socket.create_connection(service.place, timeout=10) as connection:
            connection.sendall(b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
            assert b"408" in connection.recv(65536)
        assert service.predict(ROW).status == 200


class _Asker:
    """Asks over one connection, which the service is to leave open."""

    def __init__(self, service: Service) -> None:
        self._connection = HTTPConnection(*service.place, timeout=30)
        self.statuses: Counter[int] = Counter()

    @property
    def refused(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 400)

    def close(self) -> None:
        self._connection.close()

    def ask(self, path: str, kind: str, body: bytes) -> None:
        self.send("POST", path, {"Content-Type": kind}, body)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Ask, and let only an answer or a 4xx with a sentence pass."""
        asked = (method, path, headers, body)
        try:
            self._connection.request(method, path, body=body, headers=headers)
            response = self._connection.getresponse()
            content = response.read()
        except (HTTPException, OSError) as error:
            raise AssertionError(f"the connection was closed: {asked}") from error
        assert not response.will_close, asked
        assert response.status < 500, (asked, content)
        self.statuses[response.status] += 1
        if response.status >= 400:
            said = json.loads(content)
            sentence = said.get("message") or said.get("error")
            assert sentence, (asked, content)
            assert "Traceback" not in sentence


def _spoilt(chance: random.Random, count: int) -> Iterator[tuple[str, str, bytes]]:
    """Yield good bodies with something put in, cut off, doubled or exchanged."""
    good = [
        rows(ROW),
        rows(ROW, ROW),
        b'{"instances": [{"hour": 7, "wind": 0.25, "carrier": "UA"}]}',
        b'{"inputs": {"hour": [7], "wind": [0.25], "carrier": ["UA"]}}',
        b'{"inputs": [{"name": "hour", "shape": [1], "datatype": "INT64", "data": [7]}]}',
        b'[{"prediction_id": "01a1fe267c39716ab9fa-0", "label": 1, "at": "2013-01-01T00:00:00Z"}]',
    ]
    for _ in range(count):
        body = bytearray(chance.choice(good))
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(body) or 1)
            match chance.randrange(4):
                case 0:
                    del body[place:]
                case 1:
                    body[place:place] = chance.choice(NASTY).encode()
                case 2:
                    body[place : place + 1] = chance.randbytes(1)
                case _:
                    body[place:place] = body[place : place + chance.randint(1, 40)]
        kind = TYPES[0] if chance.random() < 0.8 else chance.choice(TYPES)
        yield chance.choice(PATHS), kind, bytes(body)


def _made_up(asker: _Asker, count: int) -> None:
    @seed(1)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(PATHS), st.sampled_from(TYPES), BODIES)
    def ask(path: str, kind: str, body: bytes) -> None:
        asker.ask(path, kind, body)

    ask()
