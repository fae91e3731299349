"""A real PostgreSQL for the tests, in a temporary folder, reached by a Unix socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system import find_postgres

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",  # what a test loses with the machine, it does not miss
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "120",
    "log_checkpoints": "off",
    "log_min_messages": "log",
}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a running PostgreSQL, owned by its superuser; started once for all tests."""
    programs = find_postgres()
    if programs is None:
        pytest.fail("The tests need PostgreSQL 15 or later, which was not found: apt-get install postgresql")
    # Not pytest's own folder: the path of a socket must be short.
    temporary = tempfile.TemporaryDirectory(prefix="wb-pg-", ignore_cleanup_errors=True)
    with temporary as folder, running_server(programs, Path(folder)):
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The URL of an empty schema, for one test: a database of its own would cost a second each."""
    return empty_schema(postgres_server)


@pytest.fixture(scope="session")
def shared_tracking(postgres_server: str) -> str:
    """The URL of a schema for MLflow that all tests share: it takes seconds to make its tables."""
    return empty_schema(postgres_server)


def empty_schema(server: str) -> str:
    """Make a schema on a server and return the URL under which it is the only one."""
    from sqlalchemy import create_engine, text

    name = f"test_{uuid.uuid4().hex}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    engine.dispose()
    return f"{server}&options=-csearch_path%3D{name}"


@contextmanager
def running_server(programs: Path, folder: Path) -> Iterator[None]:
    make_cluster(programs, folder)
    with running_cluster(programs, folder):
        yield


def make_cluster(programs: Path, folder: Path) -> None:
    """Make what a server keeps its databases in."""
    become = _unprivileged(folder)
    initdb: list[str | Path] = [
        *become,
        programs / "initdb",
        "-D",
        folder / "data",
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "-N",
    ]
    environment = {**os.environ, "LC_ALL": "C"}
    made = subprocess.run(initdb, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.fail(f"initdb failed:\n{made.stdout}{made.stderr}")


@contextmanager
def running_cluster(programs: Path, folder: Path, **settings: str) -> Iterator[None]:
    """Let a server run on what `make_cluster` made; it ends as if it were killed.

    Args:
        programs: the folder with the server's programs.
        folder: of the cluster and its socket.
        settings: others than those of all tests.
    """
    options = [
        part for name, value in {**_SETTINGS, **settings}.items() for part in ("-c", f"{name}={value}")
    ]
    become, environment = _unprivileged(folder), {**os.environ, "LC_ALL": "C"}
    command: list[str | Path] = [
        *become,
        programs / "postgres",
        "-D",
        folder / "data",
        "-k",
        folder,
        *options,
    ]
    with subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.PIPE, text=True) as server:
        listener = _Listener(server)
        try:
            listener.wait_until_ready()
            yield
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing is to be kept
            listener.join()


class _Listener(threading.Thread):
    """Reads what the server says, so that it never waits for a reader."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        super().__init__()
        self._lines = server.stderr or ()
        self._told: list[str] = []
        self._known = threading.Event()
        self._ready = False
        self.start()

    def run(self) -> None:
        for line in self._lines:
            self._told.append(line)
            if "ready to accept connections" in line:
                self._ready = True
                self._known.set()
        self._known.set()

    def wait_until_ready(self) -> None:
        self._known.wait()
        if not self._ready:
            pytest.fail(f"PostgreSQL did not start:\n{''.join(self._told)}")


def _unprivileged(folder: Path) -> list[str]:
    """Return what stands before a server program: it ends with us, and never runs as root."""
    ends_with_us = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
    if os.geteuid() != 0:
        return ends_with_us
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        pytest.fail(
            "PostgreSQL refuses to run as root, and there is no user postgres: apt-get install postgresql"
        )
    os.chown(folder, user.pw_uid, user.pw_gid)
    if not ends_with_us:
        return ["runuser", "-u", "postgres", "--"]
    return [*ends_with_us, "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
