"""A ledger on PostgreSQL whose server goes away: what was known stands, and it goes on by itself."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.insight.scene import Scene
from tests.postgres import make_cluster, running_cluster
from tests.registry.models import MODEL, make_project
from tests.system import find_postgres
from workbench.access import Person, Role
from workbench.insight import Store
from workbench.insight.overview import overview

VIEWER = Person("vic", Role.VIEWER, "vic@dashboards")


def _until(store: Store, holds: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends, what
        store.refresh(wait=0.2)


def test_a_server_that_stops_and_starts_again_is_told_and_followed_again(tmp_path: Path) -> None:
    """Meanwhile the cards stand as they were; afterwards what was written then is seen."""
    programs = find_postgres()
    if programs is None:
        pytest.fail("The tests need PostgreSQL 15 or later: apt-get install postgresql")
    with (
        tempfile.TemporaryDirectory(prefix="wb-pg-", ignore_cleanup_errors=True) as place,
        ExitStack() as stack,
    ):
        folder = Path(place)
        make_cluster(programs, folder)
        server = stack.enter_context(ExitStack())
        server.enter_context(running_cluster(programs, folder, synchronous_commit="on"))
        url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        project = make_project(
            tmp_path / "shop", policy="one-approval", extra=f'[stores]\nledger = "{url}"\n'
        )
        scene = Scene(project.root, project=project)
        stack.callback(scene.close)
        scene.all()
        store = Store(project, scene.clock, every=0.0, patience=20.0)
        stack.callback(store.close)
        _until(store, lambda: store.seen is not None and bool(store.alerts(MODEL)), "the ledger was not read")
        known = overview(store, VIEWER)

        server.close()
        _until(store, lambda: store.trouble is not None, "nothing was said of the server that is away")
        assert store.trouble is not None
        assert store.trouble.hint
        assert overview(store, VIEWER) == known

        server.enter_context(running_cluster(programs, folder, synchronous_commit="on"))
        _until(store, lambda: store.trouble is None, "it was not followed again")
        scene.propose(2, 2)
        _until(
            store,
            lambda: len(overview(store, VIEWER)[0].waiting) == 2,
            "what was written afterwards is missing",
        )
