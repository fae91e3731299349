"""Real places to read from: a web server that can fail, S3 as moto serves it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stamina


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Tries are counted as declared, but nobody waits between two."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@dataclass
class Web:
    """A web server.

    Attributes:
        pages: what lies under a path: bytes, headers.
        failures: how many times the next GETs answer 503 first; `status` if it is another one.
        asked: methods and paths, in order.
    """

    address: str = ""
    pages: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    failures: int = 0
    status: int = 503
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, content: bytes, **headers: str) -> str:
        """Lay a page there and return its address."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        self.pages[path] = (content, {"Content-Type": "text/csv", **named})
        return f"{self.address}{path}"

    @property
    def reads(self) -> int:
        """How many times a page was fetched whole or in part."""
        return sum(line.startswith("GET") for line in self.asked)


@pytest.fixture
def web() -> Iterator[Web]:
    """A web server on this machine."""
    told = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            path = self.path.partition("?")[0]
            told.asked.append(f"{self.command} {self.path}")
            if told.failures and with_body:
                told.failures -= 1
                self.send_error(told.status)
                return
            if path not in told.pages:
                self.send_error(404)
                return
            content, headers = told.pages[path]
            self.send_response(200)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class Bucket:
    """A bucket in moto's S3."""

    endpoint: str
    client: Any
    name: str = "deliveries"

    @property
    def storage(self) -> dict[str, Any]:
        """How a source reaches it."""
        return {"key": "secret:S3_KEY", "secret": "secret:S3_SECRET", "endpoint_url": self.endpoint}

    def put(self, key: str, content: bytes) -> str:
        """Lay an object there and return its URI."""
        self.client.put_object(Bucket=self.name, Key=key, Body=content)
        return f"s3://{self.name}/{key}"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of moto's server, started once."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket; what opens it stands in secrets, not in the environment of AWS."""
    import boto3  # type: ignore[import-untyped]

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("WORKBENCH_SECRET_S3_KEY", "the-key")
    monkeypatch.setenv("WORKBENCH_SECRET_S3_SECRET", "the-secret")
    client = boto3.client(
        "s3", endpoint_url=s3_endpoint, aws_access_key_id="the-key", aws_secret_access_key="the-secret"
    )
    made = Bucket(s3_endpoint, client)
    client.create_bucket(Bucket=made.name)
    for found in client.list_objects_v2(Bucket=made.name).get("Contents", []):
        client.delete_object(Bucket=made.name, Key=found["Key"])
    return made


@pytest.fixture
def closed_port() -> str:
    """An address of this machine where nobody listens."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def silent_port() -> Iterator[str]:
    """An address of this machine where somebody listens and never answers."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"127.0.0.1:{silent.getsockname()[1]}"
